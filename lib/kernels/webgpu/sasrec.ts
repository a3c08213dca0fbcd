/** SASRec's two passes, one workgroup a window each way. */
import dropout from "./dropout.wgsl" with { type: "text" };
import backward from "./sasrec_backward.wgsl" with { type: "text" };
import forward from "./sasrec_forward.wgsl" with { type: "text" };
import window from "./sasrec_window.wgsl" with { type: "text" };
import { type Kernel, kernel, roundUp } from "./kernel.ts";
import type { SasRecLayout } from "./sasrec_layout.ts";
import type { Constants } from "./template.ts";

/** Parts into which a row of scores is split for its maximum and sum. */
const PARTS = 8;

/** Workgroup storage that every adapter has. */
const STORAGE_BYTES = 16384;

/** Embeddings, blocks and the final norm; leaves a record a row and one a target. */
export function sasRecForward(l: SasRecLayout, size: number, storageBytes = STORAGE_BYTES): Kernel {
  const groups = queryGroups(l.sizes.maxLen, l.sizes.maxLen + 2 * PARTS, storageBytes);
  return pass("sasRecForward", l, size, forward, {
    QUERY_GROUPS: groups,
    SCORES: groups * l.sizes.maxLen,
    REDUCED: groups * PARTS,
  });
}

/** Everything back down to the embeddings' rows. */
export function sasRecBackward(
  l: SasRecLayout,
  size: number,
  storageBytes = STORAGE_BYTES,
): Kernel {
  const keys = roundUp(l.sizes.maxLen, 4);
  const groups = queryGroups(l.sizes.maxLen, 2 * keys, storageBytes);
  return pass("sasRecBackward", l, size, backward, { QUERY_GROUPS: groups, SCORES: groups * keys });
}

/**
 * Groups of four queries whose scores fit, `quads` a group, in as few and even passes as possible.
 */
function queryGroups(maxLen: number, quads: number, storageBytes: number): number {
  const all = Math.ceil(maxLen / 4);
  const fitting = Math.max(1, Math.floor(storageBytes / 16 / quads));
  return Math.ceil(all / Math.ceil(all / fitting));
}

function pass(name: string, l: SasRecLayout, size: number, text: string, own: Constants): Kernel {
  const { numBlocks, numHeads, feedForwardDim, maxLen, layerNormEps } = l.sizes;
  const [first] = l.blocks;
  return kernel({
    name,
    bindings: { plan: "u32", weights: "vec4f", activations: "vec4f" },
    key: {
      SIZE: size,
      ...own,
      BLOCKS: numBlocks,
      HEADS: numHeads,
      HIDDEN: l.hidden,
      INNER: feedForwardDim,
      MAX_LENGTH: maxLen,
      SHARDED: +l.sharded,
      EPSILON_BITS: new Uint32Array(Float32Array.of(layerNormEps).buffer)[0],
      EMBEDDING: l.embedding / 4,
      POSITIONS: l.positions / 4,
      BLOCK_PARAMETERS: l.blockParameters / 4,
      BLOCK_COPIES: l.blockCopies / 4,
      IN_WEIGHT: first.inWeight / 4,
      IN_BIAS: first.inBias / 4,
      OUT_WEIGHT: first.outWeight / 4,
      OUT_BIAS: first.outBias / 4,
      INNER_WEIGHT: first.innerWeight / 4,
      INNER_BIAS: first.innerBias / 4,
      OUTER_WEIGHT: first.outerWeight / 4,
      OUTER_BIAS: first.outerBias / 4,
      NORM1_SCALE: first.norm1Scale / 4,
      NORM1_SHIFT: first.norm1Shift / 4,
      NORM2_SCALE: first.norm2Scale / 4,
      NORM2_SHIFT: first.norm2Shift / 4,
      NORM_SCALE: l.normScale / 4,
      NORM_SHIFT: l.normShift / 4,
      IN_TRANSPOSED: l.inTransposed / 4,
      OUT_TRANSPOSED: l.outTransposed / 4,
      INNER_TRANSPOSED: l.innerTransposed / 4,
      OUTER_TRANSPOSED: l.outerTransposed / 4,
    },
    text: [dropout, window, text],
    dispatch: ({ windows }) => [windows],
  });
}

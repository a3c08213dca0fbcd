/** SASRec's two passes, one workgroup a window each way. */
import dropout from "./dropout.wgsl" with { type: "text" };
import attention from "./sasrec_attention.wgsl" with { type: "text" };
import attentionBackward from "./sasrec_attention_backward.wgsl" with { type: "text" };
import backward from "./sasrec_backward.wgsl" with { type: "text" };
import forward from "./sasrec_forward.wgsl" with { type: "text" };
import linear from "./sasrec_linear.wgsl" with { type: "text" };
import rows from "./sasrec_rows.wgsl" with { type: "text" };
import {
  attentionSite,
  EMBEDDING_SITE,
  innerSite,
  outerSite,
  projectionSite,
} from "../../random/dropout.ts";
import { placesInQuads } from "./fields.ts";
import { type Kernel, kernel, roundUp, unrolled } from "./kernel.ts";
import type { SasRecLayout } from "./sasrec_layout.ts";
import { recordConstants } from "./sasrec_records.ts";
import type { Constants } from "./template.ts";

/** Parts into which a row of scores is split for its maximum and sum. */
const PARTS = 8;

/** Workgroup storage that every adapter has. */
const STORAGE_BYTES = 16384;

/** Embeddings, blocks and the final norm; leaves a record a row and one a target. */
export function sasRecForward(l: SasRecLayout, size: number, storageBytes = STORAGE_BYTES): Kernel {
  const { maxLen } = l.sizes;
  const groups = queryGroups(maxLen, maxLen + 2 * PARTS, storageBytes);
  return pass("sasRecForward", [attention, forward], l, {
    SIZE: size,
    PARTS,
    QUERY_GROUPS: groups,
    SCORES: groups * maxLen,
    REDUCED: groups * PARTS,
  });
}

/** Everything back down to the embeddings' rows. */
export function sasRecBackward(
  l: SasRecLayout,
  size: number,
  storageBytes = STORAGE_BYTES,
): Kernel {
  const { maxLen } = l.sizes;
  const keys = roundUp(maxLen, 4);
  const groups = queryGroups(maxLen, 2 * keys, storageBytes);
  return pass("sasRecBackward", [attentionBackward, backward], l, {
    SIZE: size,
    QUERY_GROUPS: groups,
    SCORES: groups * keys,
  });
}

/**
 * Groups of four queries whose scores fit, `quads` a group, in as few and even passes as possible.
 */
function queryGroups(maxLen: number, quads: number, storageBytes: number): number {
  const all = Math.ceil(maxLen / 4);
  const fitting = Math.max(1, Math.floor(storageBytes / 16 / quads));
  return Math.ceil(all / Math.ceil(all / fitting));
}

function pass(name: string, text: readonly string[], l: SasRecLayout, own: Constants): Kernel {
  const { numBlocks, numHeads, feedForwardDim, maxLen, layerNormEps } = l.sizes;
  const { embedding, positions, normScale, normShift } = l;
  const { inTransposed, outTransposed, innerTransposed, outerTransposed } = l;
  const { blockParameters, blockCopies } = l;
  return kernel({
    name,
    bindings: { plan: "u32", weights: "vec4f", activations: "vec4f" },
    key: {
      ...own,
      BLOCKS: numBlocks,
      HEADS: numHeads,
      HIDDEN_QUADS: l.hidden / 4,
      INNER_QUADS: feedForwardDim / 4,
      HEAD_QUADS: l.hidden / numHeads / 4,
      UNROLL: Math.min(unrolled(l.hidden / 4, 2), unrolled(feedForwardDim / 4, 2)),
      HEAD_UNROLL: unrolled(l.hidden / numHeads / 4, 4),
      MAX_LENGTH: maxLen,
      SHARDED: +l.sharded,
      EPSILON_BITS: new Uint32Array(Float32Array.of(layerNormEps).buffer)[0],
      ...placesInQuads({ embedding, positions, ...l.blocks[0], normScale, normShift }),
      ...placesInQuads({ inTransposed, outTransposed, innerTransposed, outerTransposed }),
      ...placesInQuads({ blockParameters, blockCopies }),
      ...recordConstants(l.records),
      ...SITES,
    },
    text: [dropout, rows, linear, ...text],
    dispatch: ({ windows }) => [windows],
  });
}

/** Dropout sites: the embeddings', those of the first block, and how many a block has. */
const SITES: Constants = {
  EMBEDDING_SITE,
  ATTENTION_SITE: attentionSite(0),
  PROJECTION_SITE: projectionSite(0),
  INNER_SITE: innerSite(0),
  OUTER_SITE: outerSite(0),
  BLOCK_SITES: attentionSite(1) - attentionSite(0),
};

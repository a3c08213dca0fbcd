/** SASRec's two passes, one workgroup a window each way. */
import dropout from "./dropout.wgsl" with { type: "text" };
import attention from "./sasrec_attention.wgsl" with { type: "text" };
import attentionBackward from "./sasrec_attention_backward.wgsl" with { type: "text" };
import backward from "./sasrec_backward.wgsl" with { type: "text" };
import forward from "./sasrec_forward.wgsl" with { type: "text" };
import linear from "./sasrec_linear.wgsl" with { type: "text" };
import lines from "./sasrec_lines.wgsl" with { type: "text" };
import rows from "./sasrec_rows.wgsl" with { type: "text" };
import {
  attentionSite,
  EMBEDDING_SITE,
  innerSite,
  outerSite,
  projectionSite,
} from "../../random/dropout.ts";
import { placesInQuads } from "./fields.ts";
import { type Kernel, kernel, largestDivisor, roundUp, unrolled } from "./kernel.ts";
import type { SasRecLayout } from "./sasrec_layout.ts";
import { recordConstants } from "./sasrec_records.ts";
import type { Constants } from "./template.ts";

/** Parts into which a row of scores is split for its maximum and sum. */
const PARTS = 8;

/** Most threads that share a sum. */
const MOST_PARTS = 8;

/** Keys, and rows of a norm, that a thread of several takes at least. */
const LEAST_KEYS = 4;

/** Threads that a row's norm takes at most. */
const MOST_LANES = 8;

/** Workgroup storage that every adapter has. */
const STORAGE_BYTES = 16384;

/** Embeddings, blocks and the final norm; leaves a record a row and one a target. */
export function sasRecForward(l: SasRecLayout, size: number, storageBytes = STORAGE_BYTES): Kernel {
  const { maxLen, numHeads } = l.sizes;
  const split = attentionSplit({ maxLen, numHeads, storageBytes, quads: maxLen + 2 * PARTS });
  const maxima = split.LINES * maxLen;
  const sums = maxima + split.LINES * PARTS;
  return pass("sasRecForward", [attention, forward], l, {
    SIZE: size,
    PARTS,
    ...split,
    MAXIMA: maxima,
    SUMS: sums,
    SCRATCH: Math.max(sums + split.LINES * PARTS, 4 * size),
  });
}

/** Everything back down to the embeddings' rows. */
export function sasRecBackward(
  l: SasRecLayout,
  size: number,
  storageBytes = STORAGE_BYTES,
): Kernel {
  const { maxLen, numHeads } = l.sizes;
  const keys = roundUp(maxLen, 4);
  const split = attentionSplit({ maxLen, numHeads, storageBytes, quads: 2 * keys });
  const slopes = split.LINES * keys;
  return pass("sasRecBackward", [attentionBackward, backward], l, {
    SIZE: size,
    ...split,
    SLOPES: slopes,
    SCRATCH: Math.max(2 * slopes, 4 * size),
  });
}

/** What decides how an attention is split. */
export interface AttentionSizes {
  readonly maxLen: number;
  readonly numHeads: number;
  readonly storageBytes: number;
  /** Workgroup storage of a line. */
  readonly quads: number;
}

/**
 * Lines, heads of groups of four queries, that are worked on at once: as many heads as fit, then
 * groups in as few and even passes as possible. Keys after a pass's last query are left out, so
 * that few groups of all heads are less work than all groups of few heads.
 */
export function attentionSplit({ maxLen, numHeads, storageBytes, quads }: AttentionSizes) {
  const fitting = Math.max(1, Math.floor(storageBytes / 16 / quads));
  const heads = largestDivisor(numHeads, fitting);
  const all = Math.ceil(maxLen / 4);
  const groups = Math.ceil(all / Math.ceil(all / Math.max(1, Math.floor(fitting / heads))));
  return { HEADS_AT_ONCE: heads, QUERY_GROUPS: groups, LINES: heads * groups };
}

/** Threads that a row's norm takes, rows that this makes at once, and quads that a thread has. */
export function normSplit(hiddenQuads: number, size: number) {
  const lanes = largestDivisor(hiddenQuads, MOST_LANES);
  return {
    NORM_LANES: lanes,
    NORM_ROWS: Math.floor(size / lanes),
    NORM_QUADS: hiddenQuads / lanes,
  };
}

function pass(
  name: string,
  text: readonly string[],
  l: SasRecLayout,
  own: Constants & { readonly SIZE: number },
): Kernel {
  const { numBlocks, numHeads, feedForwardDim, maxLen, layerNormEps } = l.sizes;
  const { embedding, positions, normScale, normShift } = l;
  const { inTransposed, outTransposed, innerTransposed, outerTransposed } = l;
  const { blockParameters, blockCopies } = l;
  const unroll = Math.min(unrolled(l.hidden / 4, 2), unrolled(feedForwardDim / 4, 2));
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
      UNROLL: unroll,
      MOST_PARTS,
      LEAST_KEYS,
      LEAST_QUADS: 2 * unroll,
      ...normSplit(l.hidden / 4, own.SIZE),
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
    text: [dropout, rows, linear, lines, ...text],
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

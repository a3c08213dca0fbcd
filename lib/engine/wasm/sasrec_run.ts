/**
 * What the parts of one SASRec pass share: the tokens and which of them go together, the step's
 * dropout, and scratch that one part after the other uses.
 */
import { gemmScratch, maskScratch, pad4 } from "../../kernels/wasm/sizes.ts";
import type { SasRecModel } from "../../models/sasrec.ts";
import { threshold } from "../../random/dropout.ts";
import type { ShareSize } from "./deal.ts";
import { takePacked } from "./linear.ts";
import type { Tokens } from "./sasrec_tokens.ts";
import type { Scratch } from "./scratch.ts";
import type { Thread } from "./thread.ts";

/** One pass over a share. */
export interface SasRecRun {
  readonly thread: Thread<SasRecModel>;
  readonly tokens: Tokens;
  readonly masking: Masking;
  readonly work: WorkBuffers;
}

/**
 * Tokens that a block takes at once: what is made of them fits the second cache. A longer window
 * goes alone.
 */
export const GROUP = 192;

/** Most tokens of a group. */
export function groupSize({ tokens, longest }: ShareSize): number {
  return Math.min(tokens, Math.max(GROUP, longest));
}

/** [from, to) of the windows that go together. */
export function groupsOf({ offsets }: Tokens): [number, number][] {
  const groups: [number, number][] = [];
  for (let from = 0, to = 0; from < offsets.length - 1; from = to) {
    for (to = from + 1; to < offsets.length - 1 && offsets[to + 1] - offsets[from] <= GROUP;) to++;
    groups.push([from, to]);
  }
  return groups;
}

/**
 * Dropout of a step: draws below `limit` drop, others are scaled by `keep`; 0 and 1 when nothing is
 * dropped.
 */
export interface Masking {
  readonly limit: number;
  readonly keep: number;
  readonly step: number;
}

/** The dropout of optimiser step `step`, from 1; 0 scores. */
export function maskingOf({ dropout }: SasRecModel, step: number): Masking {
  if (step === 0) return { limit: 0, keep: 1, step };
  return { limit: threshold(dropout), keep: 1 / (1 - dropout), step };
}

/** Drops elements of x [count × width] by the mask of a site; `indices` holds each row's index. */
export function drop(
  { thread, masking, work }: SasRecRun,
  site: number,
  count: number,
  width: number,
  x: number,
  indices: number,
): void {
  const { limit, keep, step } = masking;
  if (limit === 0) return;
  thread.kernels.dropoutRows({
    rows: count,
    width,
    ld: pad4(width),
    x,
    indices,
    seed: thread.seed,
    site,
    step,
    limit,
    keep,
    scratch: work.products,
  });
}

/** Scratch that one part after the other uses. */
export type WorkBuffers = ReturnType<typeof takeWork>;

/** Takes it. */
export function takeWork(scratch: Scratch, model: SasRecModel, { longest }: ShareSize) {
  const { hiddenDim: h, feedForwardDim: f, numHeads } = model;
  const projected = 3 * pad4(h);
  const widest = Math.max(projected, pad4(f));
  return {
    /** Scratch of products, or masks of one row. */
    products: scratch.take(
      Math.max(gemmScratch(widest, widest), maskScratch(Math.max(longest, widest))),
    ),
    /** Packed weights of a block's layers: queries, keys and values; then the rows' three. */
    projection: takePacked(scratch, projected, h),
    project: takePacked(scratch, h, h),
    widen: takePacked(scratch, f, h),
    narrow: takePacked(scratch, h, f),
    /** Packed weights of the read-out: the queries' and one head's of keys or values. */
    query: takePacked(scratch, h, h),
    head: takePacked(scratch, h / numHeads, h),
  };
}

/**
 * The causal attention of a block in which every position asks: all windows of a group, all heads.
 */
import { attentionScratch, pad4 } from "../../kernels/wasm/sizes.ts";
import type { SasRecModel } from "../../models/sasrec.ts";
import { attentionSite } from "../../random/dropout.ts";
import type { ShareSize } from "./deal.ts";
import type { SasRecRun } from "./sasrec_run.ts";
import type { Scratch } from "./scratch.ts";
import type { Thread } from "./thread.ts";

/** What a block's attention keeps; byte addresses. */
export type AttentionKept = ReturnType<typeof takeAttention>;

/** Takes it. */
export function takeAttention(scratch: Scratch, model: SasRecModel, size: ShareSize) {
  return {
    /** Queries, keys and values side by side [tokens × 3 × hidden]. */
    projected: scratch.take(size.tokens * 3 * pad4(model.hiddenDim)),
    /** Shares of the keys, per window and head [length × longest]; dropped ones are negative. */
    shares: scratch.take(size.tokens * model.numHeads * pad4(size.longest)),
  };
}

/** What the attentions of all blocks compute with, one after the other. */
export type AttentionWork = ReturnType<typeof takeAttentionWork>;

/** Queries, keys, values, mixed values, and the gradients of the first three. */
const OPERANDS = 7;

/** Takes it. */
export function takeAttentionWork(scratch: Scratch, model: SasRecModel, { longest }: ShareSize) {
  const headDim = model.hiddenDim / model.numHeads;
  const copied = headDim % 4 === 0 ? 0 : OPERANDS;
  return {
    kernel: scratch.take(attentionScratch(longest, headDim)),
    /** Each [longest × head]: copies of a head's columns, where its width needs them. */
    copies: Array.from({ length: copied }, () => scratch.take(longest * pad4(headDim))),
  };
}

/** Attends in windows from..to-1: `mixed` [tokens × hidden] gets the mixed values. */
export function attentionForward(
  { thread, tokens, masking }: SasRecRun,
  block: number,
  work: AttentionWork,
  { projected, shares }: AttentionKept,
  mixed: number,
): (from: number, to: number) => void {
  const { kernels, seed, model } = thread;
  const { hiddenDim, numHeads, maxLen } = model;
  const { offsets, row, longest } = tokens;
  const { limit, keep, step } = masking;
  const stride = pad4(hiddenDim);
  const lds = pad4(longest);
  const headDim = hiddenDim / numHeads;
  const site = attentionSite(block);
  const columns = columnsOf(thread, work);
  return (from, to) => {
    for (let i = from; i < to; i++) {
      const first = offsets[i];
      const length = offsets[i + 1] - first;
      for (let head = 0; head < numHeads; head++) {
        const [q, k, v] = [0, 1, 2].map((part) => {
          const home = projected + 4 * (3 * first * stride + part * stride + head * headDim);
          return columns.read(part, length, home, 3 * stride);
        });
        const out = columns.place(3, mixed + 4 * (first * stride + head * headDim), stride);
        kernels.attentionForward({
          length,
          headDim,
          q: q.at,
          k: k.at,
          v: v.at,
          ld: q.ld,
          shares: shares + 4 * (first * numHeads + head * length) * lds,
          ldShares: lds,
          out: out.at,
          ldOut: out.ld,
          limit,
          keep,
          seed,
          site,
          step,
          base: (row[i] * numHeads + head) * maxLen * maxLen,
          maxLen,
          scratch: work.kernel,
        });
        columns.write(out, length);
      }
    }
  };
}

/**
 * The backward pass in windows from..to-1: from `dMixed` to `dProjected`, both beginning with the
 * first token of window `from`.
 */
export function attentionBackward(
  { thread, tokens, masking }: SasRecRun,
  work: AttentionWork,
  { projected, shares }: AttentionKept,
): (from: number, to: number, dMixed: number, dProjected: number) => void {
  const { kernels, model } = thread;
  const { hiddenDim, numHeads } = model;
  const { offsets, longest } = tokens;
  const stride = pad4(hiddenDim);
  const lds = pad4(longest);
  const headDim = hiddenDim / numHeads;
  const columns = columnsOf(thread, work);
  return (from, to, dMixed, dProjected) => {
    const begin = offsets[from];
    thread.clear(dProjected, (offsets[to] - begin) * 3 * stride);
    for (let i = from; i < to; i++) {
      const first = offsets[i];
      const length = offsets[i + 1] - first;
      for (let head = 0; head < numHeads; head++) {
        const part = (of: number, token: number, which: number) =>
          of + 4 * (3 * token * stride + which * stride + head * headDim);
        const [q, k, v] = [0, 1, 2].map((which) =>
          columns.read(which, length, part(projected, first, which), 3 * stride)
        );
        const home = dMixed + 4 * ((first - begin) * stride + head * headDim);
        const dOut = columns.read(3, length, home, stride);
        const [dq, dk, dv] = [0, 1, 2].map((which) =>
          columns.read(4 + which, length, part(dProjected, first - begin, which), 3 * stride)
        );
        kernels.attentionBackward({
          length,
          headDim,
          q: q.at,
          k: k.at,
          v: v.at,
          ld: q.ld,
          shares: shares + 4 * (first * numHeads + head * length) * lds,
          ldShares: lds,
          dOut: dOut.at,
          ldOut: dOut.ld,
          keep: masking.keep,
          dq: dq.at,
          dk: dk.at,
          dv: dv.at,
          scratch: work.kernel,
        });
        for (const gradient of [dq, dk, dv]) columns.write(gradient, length);
      }
    }
  };
}

/** Columns of a head where the kernels work on them, and where they belong. */
interface Columns {
  readonly at: number;
  readonly ld: number;
  readonly home: number;
  readonly homeLd: number;
}

/**
 * Kernels write whole vectors: a head whose width is no multiple of four is copied to a place of
 * its own, and back.
 */
function columnsOf({ kernels, clear, model }: Thread<SasRecModel>, { copies }: AttentionWork) {
  const headDim = model.hiddenDim / model.numHeads;
  const ld = pad4(headDim);
  const whole = copies.length === 0;
  const place = (which: number, home: number, homeLd: number): Columns =>
    whole ? { at: home, ld: homeLd, home, homeLd } : { at: copies[which], ld, home, homeLd };
  return {
    place,
    read(which: number, length: number, home: number, homeLd: number): Columns {
      const columns = place(which, home, homeLd);
      if (!whole) {
        clear(columns.at, length * ld);
        kernels.copyColumns(length, headDim, home, homeLd, columns.at, ld);
      }
      return columns;
    },
    write({ at, home, homeLd }: Columns, length: number): void {
      if (!whole) kernels.copyColumns(length, headDim, at, ld, home, homeLd);
    },
  };
}

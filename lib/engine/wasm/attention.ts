/**
 * The causal attention of a block in which every position asks: all windows of a group, all heads.
 */
import { attentionSite } from "../../random/dropout.ts";
import type { SasRecModel } from "../../models/sasrec.ts";
import { pad4 } from "./arena.ts";
import type { Masking, Windowed } from "./sasrec.ts";
import type { Thread } from "./thread.ts";

/**
 * What a block's attention keeps: queries, keys and values side by side [tokens × 3·hidden], and
 * the shares of the keys.
 */
export interface AttentionPass {
  readonly projected: number;
  /** Per window and head [length × longest, padded]; dropped shares are negative. */
  readonly shares: number;
}

/** Room for it. */
export function takeAttention(thread: Thread, { offsets, longest }: Windowed): AttentionPass {
  const { hiddenDim, numHeads } = thread.model as SasRecModel;
  const tokens = offsets[offsets.length - 1];
  return {
    projected: thread.take(tokens * 3 * pad4(hiddenDim)),
    shares: thread.take(tokens * numHeads * pad4(longest)),
  };
}

/** Attends in windows from..to-1: `mixed` [tokens × hidden] gets the mixed values. */
export function attentionForward(
  thread: Thread,
  block: number,
  windowed: Windowed,
  { limit, keep, step }: Masking,
  { projected, shares }: AttentionPass,
  mixed: number,
): (from: number, to: number) => void {
  const { hiddenDim: h, numHeads, maxLen } = thread.model as SasRecModel;
  const { k, seed } = thread;
  const { offsets, row, longest } = windowed;
  const hp = pad4(h);
  const lp = pad4(longest);
  const headDim = h / numHeads;
  const site = attentionSite(block);
  const scratch = thread.take(attentionScratch(longest, headDim));
  const columns = columnsOf(thread, longest, headDim, 4);
  return (from, to) => {
    for (let i = from; i < to; i++) {
      const first = offsets[i];
      const length = offsets[i + 1] - first;
      for (let head = 0; head < numHeads; head++) {
        const [q, key, v] = [0, 1, 2].map((part) =>
          columns.read(
            part,
            length,
            projected + 4 * (3 * first * hp + part * hp + head * headDim),
            3 * hp,
          )
        );
        const out = columns.place(3, mixed + 4 * (first * hp + head * headDim), hp);
        const own = shares + 4 * (first * numHeads + head * length) * lp;
        const base = (row[i] * numHeads + head) * maxLen * maxLen;
        k.attentionForward(
          length,
          headDim,
          q.at,
          key.at,
          v.at,
          q.ld,
          own,
          lp,
          out.at,
          out.ld,
          limit,
          keep,
          seed,
          site,
          step,
          base,
          maxLen,
          scratch,
        );
        columns.write(out, length);
      }
    }
  };
}

/**
 * The way back in windows from..to-1: from `dMixed` to `dProjected`, both beginning with the first
 * token of window `from`.
 */
export function attentionBackward(
  thread: Thread,
  { offsets, longest }: Windowed,
  keep: number,
  { projected, shares }: AttentionPass,
): (from: number, to: number, dMixed: number, dProjected: number) => void {
  const { hiddenDim: h, numHeads } = thread.model as SasRecModel;
  const { k, f32 } = thread;
  const hp = pad4(h);
  const lp = pad4(longest);
  const headDim = h / numHeads;
  const scratch = thread.take(attentionScratch(longest, headDim));
  const columns = columnsOf(thread, longest, headDim, 7);
  return (from, to, dMixed, dProjected) => {
    const begin = offsets[from];
    f32.fill(0, dProjected / 4, dProjected / 4 + (offsets[to] - begin) * 3 * hp);
    for (let i = from; i < to; i++) {
      const first = offsets[i];
      const length = offsets[i + 1] - first;
      for (let head = 0; head < numHeads; head++) {
        const part = (of: number, token: number, which: number) =>
          of + 4 * (3 * token * hp + which * hp + head * headDim);
        const [q, key, v] = [0, 1, 2].map((which) =>
          columns.read(which, length, part(projected, first, which), 3 * hp)
        );
        const dOut = columns.read(
          3,
          length,
          dMixed + 4 * ((first - begin) * hp + head * headDim),
          hp,
        );
        const [dq, dk, dv] = [0, 1, 2].map((which) =>
          columns.read(4 + which, length, part(dProjected, first - begin, which), 3 * hp)
        );
        const own = shares + 4 * (first * numHeads + head * length) * lp;
        k.attentionBackward(
          length,
          headDim,
          q.at,
          key.at,
          v.at,
          q.ld,
          own,
          lp,
          dOut.at,
          dOut.ld,
          keep,
          dq.at,
          dk.at,
          dv.at,
          scratch,
        );
        for (const gradient of [dq, dk, dv]) columns.write(gradient, length);
      }
    }
  };
}

/** Floats that the kernels need for one head of a window. */
export function attentionScratch(longest: number, headDim: number): number {
  return 2 * (longest + 16) * (headDim + 16) + 6 * 16 * (longest + headDim + 32) +
    7 * longest * pad4(headDim);
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
function columnsOf(thread: Thread, longest: number, headDim: number, places: number) {
  const { k, f32 } = thread;
  const whole = headDim % 4 === 0;
  const ld = pad4(headDim);
  const copies = whole ? [] : Array.from({ length: places }, () => thread.take(longest * ld));
  const place = (which: number, home: number, homeLd: number): Columns =>
    whole ? { at: home, ld: homeLd, home, homeLd } : { at: copies[which], ld, home, homeLd };
  return {
    place,
    read(which: number, length: number, home: number, homeLd: number): Columns {
      const columns = place(which, home, homeLd);
      if (!whole) {
        f32.fill(0, columns.at / 4, columns.at / 4 + length * ld);
        k.copyColumns(length, headDim, home, homeLd, columns.at, ld);
      }
      return columns;
    },
    write({ at, home, homeLd }: Columns, length: number): void {
      if (!whole) k.copyColumns(length, headDim, at, ld, home, homeLd);
    },
  };
}

/** A share's windows as the GRU's tokens: by time step, with their distinct items. */
import type { Share } from "./deal.ts";
import type { Thread } from "./thread.ts";

/** The share's tokens by time step. */
export interface Tokens {
  /** [steps + 1] first token of each step; the windows alive at step t are the first ones. */
  readonly offsets: Int32Array;
  /** Ids of the distinct items, in order of appearance. */
  readonly distinct: Int32Array;
}

/** Packs the tokens by step and writes each one's place among the distinct items to `slots`. */
export function packTokens(thread: Thread, { start, length }: Share, slots: number): Tokens {
  const { ints, slotOf, shared } = thread;
  const steps = length[0] ?? 0;
  const offsets = new Int32Array(steps + 1);
  for (let t = 0, alive = length.length; t < steps; t++) {
    while (alive > 0 && length[alive - 1] <= t) alive--;
    offsets[t + 1] = offsets[t] + alive;
  }
  const distinct: number[] = [];
  const items = shared.items / 4;
  for (let t = 0; t < steps; t++) {
    for (let i = 0, token = offsets[t]; token < offsets[t + 1]; i++, token++) {
      const item = ints[items + start[i] + t];
      let slot = slotOf[item];
      if (slot < 0) slotOf[item] = slot = distinct.push(item) - 1;
      ints[slots / 4 + token] = slot;
    }
  }
  for (const item of distinct) slotOf[item] = -1;
  return { offsets, distinct: Int32Array.from(distinct) };
}

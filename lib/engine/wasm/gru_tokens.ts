/** A share's windows as the GRU's tokens: by time step, with the inputs that they read. */
import type { GruModel } from "../../models/gru.ts";
import type { Share } from "./deal.ts";
import type { Thread } from "./thread.ts";

/** The share's tokens by time step. */
export interface Tokens {
  /** [steps + 1] first token of each step; the windows alive at step t are the first ones. */
  readonly offsets: Int32Array;
  /**
   * [inputs] rows of the item table: the distinct ones in order of appearance, or each token's own.
   */
  readonly ids: Int32Array;
  /** [tokens] row·maxLen + position, which dropout masks count by; none where inputs are shared. */
  readonly indices: Int32Array;
}

/**
 * Packs the tokens by step and writes each one's place among the inputs to `slots`. `own` gives
 * each token an input of its own.
 */
export function packTokens(
  thread: Thread<GruModel>,
  { start, length, row }: Share,
  slots: number,
  own: boolean,
): Tokens {
  const { ints, slotOf, shared, model } = thread;
  const steps = length[0] ?? 0;
  const offsets = new Int32Array(steps + 1);
  for (let t = 0, alive = length.length; t < steps; t++) {
    while (alive > 0 && length[alive - 1] <= t) alive--;
    offsets[t + 1] = offsets[t] + alive;
  }
  const ids: number[] = [];
  const indices: number[] = [];
  const items = shared.items / 4;
  for (let t = 0; t < steps; t++) {
    for (let i = 0, token = offsets[t]; token < offsets[t + 1]; i++, token++) {
      const item = ints[items + start[i] + t];
      let slot = own ? -1 : slotOf[item];
      if (slot < 0) slot = ids.push(item) - 1;
      if (own) indices.push(row[i] * model.maxLen + t);
      else slotOf[item] = slot;
      ints[slots / 4 + token] = slot;
    }
  }
  for (const item of ids) slotOf[item] = -1;
  return { offsets, ids: Int32Array.from(ids), indices: Int32Array.from(indices) };
}

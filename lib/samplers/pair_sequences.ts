/**
 * Training pairs as an engine's windows: one window a pair, its label at the last item (the
 * notebook's protocol).
 */
import type { Pairs } from "../dataset/dataset.ts";
import { permutation, streamKey } from "../random/threefry.ts";
import type { Plan, Sequences } from "./sequences.ts";

/** One window a pair, in file order; a prefix keeps its last `maxLen` items. */
export function pairSequences(pairs: Pairs, maxLen: number): Sequences {
  const length = pairs.prefixLength.map((n) => Math.min(n, maxLen));
  return {
    items: pairs.items,
    start: length.map((n, i) => pairs.prefixStart[i] + pairs.prefixLength[i] - n),
    length,
    targetOffsets: Int32Array.from({ length: pairs.count + 1 }, (_, i) => i),
    targetPosition: length.map((n) => n - 1),
    targetLabel: pairs.label,
  };
}

/**
 * The plan of one epoch: every window once, in an order of its own for (seed, model, epoch), the
 * last batch ragged.
 *
 * @example
 * ```ts
 * import { shuffledPlan } from "./pair_sequences.ts";
 *
 * const { order, offsets } = shuffledPlan(10, 4, 1, "gru_global", 1);
 * if (offsets.join() !== "0,4,8,10") throw new Error("three batches, the last of two windows");
 * if (new Set(order).size !== 10) throw new Error("every window once");
 * ```
 */
export function shuffledPlan(
  windows: number,
  batchSize: number,
  seed: number,
  model: string,
  epoch: number,
): Plan {
  const batches = Math.ceil(windows / batchSize);
  return {
    order: permutation(seed, streamKey(`shuffle/${model}/${epoch}`), windows),
    offsets: Int32Array.from({ length: batches + 1 }, (_, b) => Math.min(windows, b * batchSize)),
  };
}

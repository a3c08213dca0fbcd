/**
 * Deals a batch's windows to the threads: longest first, in turn, so that every thread has about
 * the same work.
 */
import type { Rows } from "./gru.ts";
import type { Thread } from "./thread.ts";

/**
 * The windows of `order` that are this thread's, and the number of targets of the whole batch.
 * `row` is the place in the batch.
 */
export interface Dealt {
  readonly rows: Rows & { readonly row: Int32Array };
  readonly targets: number;
}

/** The thread of the i-th longest window: in turn, to and fro. */
export function ownerOf(i: number, threads: number): number {
  return Math.floor(i / threads) % 2 === 0 ? i % threads : threads - 1 - i % threads;
}

/** Deals the windows of a batch. */
export function deal({ i32, shared, thread, threads }: Thread, order: Int32Array): Dealt {
  const n = order.length;
  const word = (address: number, i: number) => i32[address / 4 + i];
  const lengths = Int32Array.from(order, (w) => word(shared.length, w));
  const first = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) {
    first[i + 1] = first[i] + word(shared.targetOffsets, order[i] + 1) -
      word(shared.targetOffsets, order[i]);
  }
  const byLength = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) =>
    lengths[b] - lengths[a] || a - b
  );
  const own = byLength.filter((_, i) => ownerOf(i, threads) === thread);
  const targetFirst = new Int32Array(own.length + 1);
  const position: number[] = [];
  const place: number[] = [];
  own.forEach((i, at) => {
    const from = word(shared.targetOffsets, order[i]);
    for (let j = 0; j < first[i + 1] - first[i]; j++) {
      position.push(word(shared.targetPosition, from + j));
      place.push(first[i] + j);
    }
    targetFirst[at + 1] = position.length;
  });
  return {
    rows: {
      row: own,
      start: Int32Array.from(own, (i) => word(shared.start, order[i])),
      length: Int32Array.from(own, (i) => lengths[i]),
      targetFirst,
      targetPosition: Int32Array.from(position),
      targetPlace: Int32Array.from(place),
    },
    targets: first[n],
  };
}

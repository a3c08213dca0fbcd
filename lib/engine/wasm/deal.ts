/**
 * Deals the work to the threads: a batch's windows longest first, so that every thread has about
 * the same; and everything that lies in a row, in equal slices.
 */
import type { Plan, Sequences } from "../../samplers/sequences.ts";
import type { Thread } from "./thread.ts";

/** The size of one thread's share of a batch: what its scratch is made for. */
export interface ShareSize {
  /** Targets of the whole batch. */
  readonly targets: number;
  readonly windows: number;
  /** Items of the windows; with padding, where the model reads the last column. */
  readonly tokens: number;
  /** Columns of the longest window, or of the padded batch. */
  readonly longest: number;
}

/** One thread's windows of a batch, longest first, and where their targets go. */
export interface Share {
  readonly size: ShareSize;
  /** Whether its windows are to be padded to `size.longest` columns. */
  readonly padded: boolean;
  /** [windows] the window's row in the batch, which the dropout masks count by. */
  readonly row: Int32Array;
  /** [windows] first item in the pool, number of items. */
  readonly start: Int32Array;
  readonly length: Int32Array;
  /** [windows + 1] targets of window i are targetFirst[i] .. targetFirst[i + 1]. */
  readonly targetFirst: Int32Array;
  /** [targets of the share] position in the window; place among the batch's targets. */
  readonly targetPosition: Int32Array;
  readonly targetPlace: Int32Array;
}

/**
 * The threads that windows of these lengths go to, the longest window first. Windows of one target
 * each, hundreds of them, go round in turn, to and fro. Sessions are fewer and their lengths differ
 * more: each goes to the first of the threads that have the fewest items so far.
 */
function ownersOf(lengths: Int32Array, targets: number, threads: number): Int32Array {
  if (targets === lengths.length) {
    return lengths.map((_, i) => {
      const turn = Math.floor(i / threads);
      return turn % 2 === 0 ? i % threads : threads - 1 - i % threads;
    });
  }
  const items = new Float64Array(threads);
  return lengths.map((length) => {
    let owner = 0;
    for (let t = 1; t < threads; t++) if (items[t] < items[owner]) owner = t;
    items[owner] += length;
    return owner;
  });
}

/** The slice [begin, end) of n things that a thread has. */
export function sliceOf(n: number, index: number, threads: number): [number, number] {
  return [Math.floor(n * index / threads), Math.floor(n * (index + 1) / threads)];
}

/** This thread's share of the windows `order`; `padded` to the batch's longest window. */
export function deal(
  { ints, shared, index, threads }: Thread,
  order: Int32Array,
  padded: boolean,
): Share {
  const n = order.length;
  const word = (address: number, i: number) => ints[address / 4 + i];
  const lengths = Int32Array.from(order, (w) => word(shared.length, w));
  const first = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) {
    const targets = word(shared.targetOffsets, order[i] + 1) - word(shared.targetOffsets, order[i]);
    first[i + 1] = first[i] + targets;
  }
  const byLength = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) =>
    lengths[b] - lengths[a] || a - b
  );
  const owners = ownersOf(byLength.map((i) => lengths[i]), first[n], threads);
  const row = byLength.filter((_, i) => owners[i] === index);
  const length = Int32Array.from(row, (i) => lengths[i]);
  const targetFirst = new Int32Array(row.length + 1);
  const targetPosition: number[] = [];
  const targetPlace: number[] = [];
  row.forEach((i, window) => {
    const from = word(shared.targetOffsets, order[i]);
    for (let j = 0; j < first[i + 1] - first[i]; j++) {
      targetPosition.push(word(shared.targetPosition, from + j));
      targetPlace.push(first[i] + j);
    }
    targetFirst[window + 1] = targetPosition.length;
  });
  const longest = (padded ? lengths[byLength[0]] : length[0]) ?? 0;
  return {
    size: {
      targets: first[n],
      windows: row.length,
      tokens: padded ? row.length * longest : length.reduce((sum, items) => sum + items, 0),
      longest,
    },
    padded,
    row,
    start: Int32Array.from(row, (i) => word(shared.start, order[i])),
    length,
    targetFirst,
    targetPosition: Int32Array.from(targetPosition),
    targetPlace: Int32Array.from(targetPlace),
  };
}

/** In each respect the largest share that any thread has of a plan's batch. */
export function largestShare(
  { order, offsets }: Plan,
  batch: number,
  { length, targetOffsets }: Sequences,
  threads: number,
  padded: boolean,
): ShareSize {
  const windows = order.subarray(offsets[batch], offsets[batch + 1]);
  const lengths = Int32Array.from(windows, (w) => length[w]).sort().reverse();
  const targets = windows.reduce((sum, w) => sum + targetOffsets[w + 1] - targetOffsets[w], 0);
  const tokens = new Float64Array(threads);
  const dealt = new Int32Array(threads);
  ownersOf(lengths, targets, threads).forEach((owner, i) => {
    tokens[owner] += lengths[i];
    dealt[owner]++;
  });
  const most = Math.max(...dealt);
  const longest = lengths[0] ?? 0;
  return {
    targets,
    windows: most,
    tokens: padded ? most * longest : Math.max(...tokens),
    longest,
  };
}

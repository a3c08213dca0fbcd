/**
 * One pass a session: the prefixes of a session are nested, so one window over it has the states of
 * all of them, and each pair is a target at its own position. The sum of the losses and the
 * gradients are those of the expanded pairs; only the grouping into batches differs.
 */
import type { Pairs } from "../dataset/dataset.ts";
import { permutation, streamKey } from "../random/threefry.ts";
import type { Plan, Sequences } from "./sequences.ts";

/**
 * A window for each stretch of the pool that pairs share, and one of its own for each pair whose
 * prefix is longer than `maxLen`: it sees the last `maxLen` items alone, and so must start from an
 * empty state.
 */
export function sessionSequences(pairs: Pairs, maxLen: number): Sequences {
  const byWindow = new Map<number, number[]>();
  const alone: number[] = [];
  for (let row = 0; row < pairs.count; row++) {
    if (pairs.prefixLength[row] > maxLen) alone.push(row);
    else {
      const rows = byWindow.get(pairs.prefixStart[row]);
      if (rows === undefined) byWindow.set(pairs.prefixStart[row], [row]);
      else rows.push(row);
    }
  }
  const windows = [...byWindow.values()].map((rows) =>
    rows.sort((a, b) => pairs.prefixLength[a] - pairs.prefixLength[b] || a - b)
  );
  const count = windows.length + alone.length;
  const start = new Int32Array(count);
  const length = new Int32Array(count);
  const targetOffsets = new Int32Array(count + 1);
  const targetPosition: number[] = [];
  const targetLabel: number[] = [];
  const add = (
    w: number,
    from: number,
    items: number,
    rows: readonly number[],
    position: (row: number) => number,
  ) => {
    start[w] = from;
    length[w] = items;
    for (const row of rows) {
      targetPosition.push(position(row));
      targetLabel.push(pairs.label[row]);
    }
    targetOffsets[w + 1] = targetLabel.length;
  };
  windows.forEach((rows, w) =>
    add(
      w,
      pairs.prefixStart[rows[0]],
      pairs.prefixLength[rows[rows.length - 1]],
      rows,
      (row) => pairs.prefixLength[row] - 1,
    )
  );
  alone.forEach((row, i) =>
    add(windows.length + i, pairs.prefixStart[row] + pairs.prefixLength[row] - maxLen, maxLen, [
      row,
    ], () => maxLen - 1)
  );
  return {
    items: pairs.items,
    start,
    length,
    targetOffsets,
    targetPosition: Int32Array.from(targetPosition),
    targetLabel: Int32Array.from(targetLabel),
  };
}

/**
 * The plan of one epoch: every window once, shuffled; a batch closes when it has at least
 * `batchSize` targets.
 */
export function sessionPlan(
  { targetOffsets }: Sequences,
  batchSize: number,
  seed: number,
  model: string,
  epoch: number,
): Plan {
  const order = permutation(
    seed,
    streamKey(`shuffle/${model}/sessions/${epoch}`),
    targetOffsets.length - 1,
  );
  const offsets = [0];
  let targets = 0;
  order.forEach((window, i) => {
    targets += targetOffsets[window + 1] - targetOffsets[window];
    if (targets >= batchSize || i === order.length - 1) {
      offsets.push(i + 1);
      targets = 0;
    }
  });
  return { order, offsets: Int32Array.from(offsets) };
}

/** Windows padded on the right to the longest, for engines that compute on rectangles. */
import type { Windows } from "./sequences.ts";

/** A rectangle of items. */
export interface PaddedBatch {
  readonly rows: number;
  /** Length of the longest window. */
  readonly columns: number;
  /** [rows × columns] */
  readonly items: Int32Array;
  /** [rows] */
  readonly lengths: Int32Array;
}

/** The windows `order` as a rectangle, padded with the item `padding`. */
export function padWindows(
  windows: Windows,
  order: ArrayLike<number>,
  padding: number,
): PaddedBatch {
  const rows = order.length;
  const lengths = Int32Array.from(order, (i) => windows.length[i]);
  const columns = lengths.reduce((longest, n) => Math.max(longest, n), 0);
  const items = new Int32Array(rows * columns).fill(padding);
  for (let row = 0; row < rows; row++) {
    const start = windows.start[order[row]];
    items.set(windows.items.subarray(start, start + lengths[row]), row * columns);
  }
  return { rows, columns, items, lengths };
}

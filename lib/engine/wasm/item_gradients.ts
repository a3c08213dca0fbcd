/** The item table's gradients of one thread, summed by item for all threads to read. */
import type { Thread } from "./thread.ts";
import { writeTouchedItems } from "./update.ts";

/**
 * Sums the tokens' gradients [tokens × stride] by item, in the tokens' order. Padding, and a course
 * that shares its row, have none.
 */
export function sumItemGradients(
  thread: Thread,
  items: Int32Array,
  dTokens: number,
  stride: number,
): void {
  const { kernels, exchange, slotOf, index, layout } = thread;
  const distinct: number[] = [];
  const rows = exchange.itemGradients[index];
  items.forEach((item, token) => {
    if (item === layout.paddingRow) return;
    let slot = slotOf[item];
    if (slot < 0) {
      slotOf[item] = slot = distinct.push(item) - 1;
      thread.clear(rows + 4 * slot * stride, stride);
    }
    kernels.addTo(stride, rows + 4 * slot * stride, dTokens + 4 * token * stride);
  });
  for (const item of distinct) slotOf[item] = -1;
  writeTouchedItems(thread, distinct);
}

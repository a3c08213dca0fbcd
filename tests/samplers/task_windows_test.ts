/** Tasks as windows: sessions shared, cuts apart, every pair a target once. */
import { assertEquals } from "@std/assert";
import { type TaskPairs, taskWindows } from "../../lib/samplers/task_windows.ts";

const pool = Int32Array.of(1, 2, 3, 4, 5, 9, 8);
const pair = (from: number, length: number, label: number) => ({
  prefix: pool.subarray(from, from + length),
  label,
});
const TASK: TaskPairs = {
  support: [pair(0, 2, 3), pair(5, 1, 8), pair(0, 1, 2), pair(0, 4, 5)],
  queries: [pair(0, 2, 3), pair(0, 1, 2)],
};

function windowsOf(queries: "shared" | "apart", maxLen: number) {
  const { windows, parts } = taskWindows([TASK], maxLen, queries);
  const { items, start, length, targetOffsets, targetPosition, targetLabel } = windows;
  const all = Array.from(start, (from, w) => ({
    items: [...items.subarray(from, from + length[w])],
    targets: Array.from(
      { length: targetOffsets[w + 1] - targetOffsets[w] },
      (_, i) => [targetPosition[targetOffsets[w] + i], targetLabel[targetOffsets[w] + i]],
    ),
  }));
  return { all, parts: [...parts] };
}

Deno.test("pairs of a session share a window, targets in order of their positions", () => {
  assertEquals(windowsOf("shared", 50), {
    all: [
      { items: [1, 2, 3, 4], targets: [[0, 2], [1, 3], [3, 5]] },
      { items: [9], targets: [[0, 8]] },
      { items: [1, 2], targets: [[0, 2], [1, 3]] },
    ],
    parts: [0, 2, 3],
  });
});

Deno.test("apart: a window a query, in their order", () => {
  assertEquals(windowsOf("apart", 50).all.slice(2), [
    { items: [1, 2], targets: [[1, 3]] },
    { items: [1], targets: [[0, 2]] },
  ]);
});

Deno.test("a prefix that is cut has a window of its own and keeps its last items", () => {
  assertEquals(windowsOf("shared", 3).all.slice(0, 3), [
    { items: [1, 2], targets: [[0, 2], [1, 3]] },
    { items: [9], targets: [[0, 8]] },
    { items: [2, 3, 4], targets: [[2, 5]] },
  ]);
});

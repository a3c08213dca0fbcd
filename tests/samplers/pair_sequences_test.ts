import { assert, assertEquals } from "@std/assert";
import { padWindows } from "../../lib/samplers/padded_batch.ts";
import { pairSequences, shuffledPlan } from "../../lib/samplers/pair_sequences.ts";
import { batchCount } from "../../lib/samplers/sequences.ts";
import { pairsOf } from "../dataset/tiny.ts";

const pairs = pairsOf([
  { user: "a", prefix: [3], label: 4, time: 1 },
  { user: "a", prefix: [3, 4], label: 5, time: 2 },
  { user: "a", prefix: [3, 4, 5], label: 6, time: 3 },
  { user: "b", prefix: [6, 6, 1, 2], label: 0, time: 1 },
]);

Deno.test("a window is the end of its own prefix, never its label or later", () => {
  for (const maxLen of [1, 2, 3, 50]) {
    const { items, start, length, targetPosition, targetLabel, targetOffsets } = pairSequences(
      pairs,
      maxLen,
    );
    const prefixes = [[3], [3, 4], [3, 4, 5], [6, 6, 1, 2]];
    prefixes.forEach((prefix, i) =>
      assertEquals([...items.subarray(start[i], start[i] + length[i])], prefix.slice(-maxLen))
    );
    assertEquals([...targetPosition], [...length].map((n) => n - 1));
    assertEquals([...targetLabel], [4, 5, 6, 0]);
    assertEquals([...targetOffsets], [0, 1, 2, 3, 4]);
  }
});

Deno.test("a plan has every window once and keeps the ragged last batch", () => {
  for (const [windows, size] of [[10, 3], [9, 3], [1, 256], [257, 256]]) {
    const plan = shuffledPlan(windows, size, 1, "m", 1);
    assertEquals(
      [...plan.order].sort((a, b) => a - b),
      Array.from({ length: windows }, (_, i) => i),
    );
    assertEquals(batchCount(plan), Math.ceil(windows / size));
    assertEquals(plan.offsets[batchCount(plan)], windows);
    assert(
      plan.offsets.every((offset, b) =>
        b === 0 || (offset > plan.offsets[b - 1] && offset - plan.offsets[b - 1] <= size)
      ),
    );
  }
});

Deno.test("epochs and models shuffle differently, the same ones alike", () => {
  const order = (model: string, epoch: number) => shuffledPlan(50, 8, 1, model, epoch).order.join();
  assertEquals(order("m", 1), order("m", 1));
  assertEquals(new Set([order("m", 1), order("m", 2), order("n", 1)]).size, 3);
});

Deno.test("padding is on the right, to the longest of the batch", () => {
  for (const padding of [0, 7]) {
    const { rows, columns, ...batch } = padWindows(pairSequences(pairs, 50), [2, 0], padding);
    assertEquals([rows, columns, [...batch.lengths]], [2, 3, [3, 1]]);
    assertEquals([...batch.items], [3, 4, 5, 3, padding, padding]);
  }
});

import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { LIST_METRICS, listMetrics } from "../../lib/metrics/lists.ts";

Deno.test("lists that show every course alike: full coverage, no inequality", () => {
  const metrics = listMetrics([5, 5, 5, 5], { learners: 8, took: Int32Array.of(8, 4, 2, 1) });
  assertEquals(metrics["coverage@10"], 1);
  assertEquals(metrics["gini@10"], 0);
  assertEquals(metrics["popularity@10"], (8 + 4 + 2 + 1) / 8 / 4);
  assertEquals(metrics["novelty@10"], (0 + 1 + 2 + 3) / 4);
  assertEquals(Object.keys(metrics), [...LIST_METRICS]);
});

Deno.test("one course in every list: the Gini index is 1 − 1/courses", () => {
  const known = { learners: 10, took: new Int32Array(50).fill(1) };
  const counts = new Int32Array(50);
  counts[49] = 7;
  const metrics = listMetrics(counts, known);
  assertAlmostEquals(metrics["gini@10"], 1 - 1 / 50, 1e-15);
  assertEquals(metrics["coverage@10"], 1 / 50);
});

Deno.test("a course that nobody took is as new as one that one learner took", () => {
  const novelty = (took: number) =>
    listMetrics([1], { learners: 16, took: Int32Array.of(took) })["novelty@10"];
  assertEquals([novelty(0), novelty(1), novelty(16)], [4, 4, 0]);
});

Deno.test("no lists, and another catalogue, are refused", () => {
  const known = { learners: 1, took: new Int32Array(3) };
  assertThrows(() => listMetrics([0, 0, 0], known), RangeError, "at least one course");
  assertThrows(() => listMetrics([1, 2], known), RangeError, "training has 3");
});

import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import oracle from "../fixtures/metrics.json" with { type: "json" };
import { computeMetrics, ndcgAt, recallAt } from "../../lib/metrics/metrics.ts";
import { pairwiseSum } from "../../lib/metrics/pairwise_sum.ts";
import { isTied, rankOf, ranksOf, topK } from "../../lib/metrics/rank.ts";

assertEquals(oracle.format, 1);

for (const { name, scores, labels, ranks_1_based, metrics } of oracle.cases) {
  Deno.test(`ranks and metrics equal NumPy's: ${name}`, () => {
    const nItems = scores[0].length;
    const ranks = ranksOf(Float64Array.from(scores.flat()), nItems, labels);
    assertEquals([...ranks], ranks_1_based);
    const wanted = metrics as Record<string, number>;
    const got = computeMetrics(ranks);
    for (const key of ["accuracy@1", "recall@5", "recall@10", "mrr"] as const) {
      assertEquals(got[key], wanted[key], key);
    }
    for (const k of [5, 10]) assertAlmostEquals(ndcgAt(ranks, k), wanted[`ndcg@${k}`], 1e-15);
  });
}

Deno.test("a tie goes to the lower id, or to the middle, or last", () => {
  const scores = Float32Array.of(1, 2, 1, 1, 0);
  assertEquals(rankOf(scores, 0, 5, 2), 1 + 1 + 1);
  assertEquals(rankOf(scores, 0, 5, 2, "mid"), 1 + 1 + 2 / 2);
  assertEquals(rankOf(scores, 0, 5, 2, "pessimistic"), 1 + 1 + 2);
  assertEquals(rankOf(scores, 0, 5, 0), 2);
  assert(isTied(scores, 0, 5, 0) && !isTied(scores, 0, 5, 1));
});

Deno.test("extreme rows: one course, all equal, infinities", () => {
  assertEquals(rankOf(Float64Array.of(7), 0, 1, 0), 1);
  assertEquals([...ranksOf(new Float64Array(6), 3, [0, 2])], [1, 3]);
  assertEquals(rankOf(Float64Array.of(-Infinity, Infinity, 0), 0, 3, 0), 3);
});

Deno.test("a score that is not a number never gets a rank", () => {
  assertThrows(() => rankOf(Float64Array.of(1, NaN, 0), 0, 3, 0), RangeError, "not a number");
  assertThrows(() => rankOf(Float64Array.of(1, NaN, 0), 0, 3, 1), RangeError, "not a number");
  assertThrows(() => rankOf(Float64Array.of(1, 2), 0, 2, 2), RangeError, "label 2");
  assertThrows(() => ranksOf(new Float64Array(5), 3, [0, 1]), RangeError, "5 scores");
  assertThrows(() => computeMetrics([]), RangeError, "at least one");
});

Deno.test("the top k: best first, ties to the lower id, exclusions, k beyond the catalogue", () => {
  const scores = Float32Array.of(0, 9, 9, 1, 5, 9);
  assertEquals(topK(scores, 0, 6, 3), [1, 2, 5]);
  assertEquals(topK(scores, 0, 6, 3, new Set([1])), [2, 5, 4]);
  assertEquals(topK(scores, 0, 6, 99), [1, 2, 5, 4, 3, 0]);
  assertEquals(topK(scores, 3, 3, 1), [2]);
});

Deno.test("recall of a rank at the edge", () => {
  assertEquals(recallAt([5, 6], 5), 1 / 2);
});

Deno.test("sums equal NumPy's pairwise sums", () => {
  // np.add.reduce of 1/(1..n); a plain loop differs in the last digits from n = 8 on
  const harmonic = (n: number) =>
    pairwiseSum(Float64Array.from({ length: n }, (_, i) => 1 / (i + 1)));
  assertEquals(harmonic(7), 2.5928571428571425);
  assertEquals(harmonic(100), 5.187377517639621);
  assertEquals(harmonic(1000), 7.485470860550345);
  assertEquals(harmonic(12345), 9.998262568361625);
});

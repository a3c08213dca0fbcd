import { assertEquals } from "@std/assert";
import type { Evaluation } from "../../../lib/evaluation/evaluate.ts";
import { chooseSamples, topCourses } from "../../../lib/jobs/baselines/samples.ts";
import { computeMetrics } from "../../../lib/metrics/metrics.ts";
import { queriesOf } from "../../../lib/evaluation/queries.ts";
import { synthesize } from "../../../lib/dataset/synthetic/synthesize.ts";

/** Evaluations of models with these ranks. */
const ranked = (ranks: Record<string, number[]>): Record<string, Evaluation> =>
  Object.fromEntries(
    Object.entries(ranks).map(([name, list]) => [
      name,
      { ranks: Float64Array.from(list), metrics: computeMetrics(list) },
    ]),
  );

Deno.test("one win, one loss, one disagreement, of the first by Accuracy@1", () => {
  const evaluations = ranked({
    best: [1, 1, 1, 9, 20, 2],
    other: [1, 2, 1, 8, 1, 40],
    third: [1, 1, 7, 6, 3, 400],
  });
  assertEquals(chooseSamples(evaluations), [
    { kind: "win", query: 1 }, // of those that it has first, one other has it too
    { kind: "loss", query: 4 }, // another has it first
    { kind: "disagreement", query: 5 }, // 2 against 400
  ]);
});

Deno.test("no query is shown twice, and none that does not fit", () => {
  const kinds = (ranks: Record<string, number[]>) =>
    chooseSamples(ranked(ranks)).map(({ kind, query }) => `${kind} ${query}`);
  assertEquals(kinds({ alone: [1, 30] }), ["win 0", "loss 1"]);
  assertEquals(kinds({ a: [30, 40], b: [30, 40] }), ["loss 0"]);
  assertEquals(kinds({ a: [1, 1], b: [2, 3] }), ["win 0", "disagreement 1"]);
  assertEquals(kinds({ a: new Array(400).fill(5), b: [...new Array(399).fill(5), 1] }), []);
});

Deno.test("a model that draws from a stream is asked everything up to the query", async () => {
  const dataset = synthesize("demo", 1, 2, 1, { users: 300, courses: 30, topics: 5 });
  const queries = queriesOf(dataset.splits.test);
  const nItems = dataset.courses.length;
  let asked = 0;
  const scorer = (streams: boolean) => ({
    nItems,
    streams,
    score: (part: readonly unknown[]) =>
      Float64Array.from({ length: part.length * nItems }, (_, i) => {
        // the best course is the one of the number asked so far
        const row = Math.floor(i / nItems);
        const isBest = i % nItems === (asked + row) % nItems;
        if (i === part.length * nItems - 1) asked += part.length;
        return isBest ? 1 : 0;
      }),
  });
  const chosen = [{ kind: "win", query: 7 }, { kind: "loss", query: 3 }] as const;
  const first = async (streams: boolean) => {
    asked = 0;
    const lists = await topCourses(scorer(streams), queries, dataset, chosen);
    return lists.map(([course]) => dataset.courses.indexOf(course));
  };
  assertEquals([await first(true), asked], [[7, 3], 8]);
  assertEquals([await first(false), asked], [[0, 1], 2]);
});

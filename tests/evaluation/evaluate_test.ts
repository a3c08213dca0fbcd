import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Split } from "../../lib/dataset/dataset.ts";
import { evaluate } from "../../lib/evaluation/evaluate.ts";
import { queriesOf } from "../../lib/evaluation/queries.ts";

/** Two users, the second one in two episodes that share a query. */
const SPLIT: Split = {
  pairs: {
    count: 5,
    pairId: Float64Array.of(10, 11, 12, 13, 14),
    users: ["a", "b"],
    user: Int32Array.of(0, 0, 1, 1, 1),
    items: Int32Array.of(0, 1, 2, 3, 4, 5),
    prefixStart: Int32Array.of(0, 0, 2, 2, 2),
    prefixLength: Int32Array.of(1, 2, 1, 2, 3),
    label: Int32Array.of(1, 3, 0, 4, 5),
    labelTime: Float64Array.of(1, 2, 3, 4, 5),
  },
  episodes: {
    count: 3,
    episodeId: Float64Array.of(0, 1, 2),
    user: Int32Array.of(0, 1, 1),
    supportOffsets: Int32Array.of(0, 1, 2, 3),
    supportRows: Int32Array.of(0, 2, 2),
    queryOffsets: Int32Array.of(0, 1, 3, 4),
    queryRows: Int32Array.of(1, 3, 4, 4),
  },
};

Deno.test("every query has its user, over all episodes", () => {
  const { users, labels, episodeOffsets } = queriesOf(SPLIT);
  assertEquals([...users], [0, 1, 1, 1]);
  assertEquals([...labels], [3, 4, 5, 5]);
  assertEquals([...episodeOffsets], [0, 1, 3, 4]);
});

Deno.test("ties: the policy's ranks, and what random order gives on average", async () => {
  const row = [9, 1, 1, 1, 1, 0]; // 3 and 4 share the second to fifth place, 5 is last
  const scorer = {
    nItems: 6,
    score: (queries: readonly unknown[]) => Float64Array.from(queries.flatMap(() => row)),
  };
  const { ranks, metrics, tiedQueries, underTies } = await evaluate(scorer, queriesOf(SPLIT));
  assertEquals([...ranks], [4, 5, 6, 6]);
  assertEquals([metrics["recall@5"], tiedQueries], [0.5, 2]);
  assertEquals(underTies!.meanRank, (3.5 + 3.5 + 6 + 6) / 4);
  const { metrics: expected } = underTies!;
  assertEquals([expected["accuracy@1"], expected["recall@5"], expected["recall@10"]], [0, 0.5, 1]);
  assertAlmostEquals(expected.mrr, (2 * (1 / 2 + 1 / 3 + 1 / 4 + 1 / 5) / 4 + 2 / 6) / 4, 1e-15);
});

Deno.test("one score for every course is right at chance, in expectation", async () => {
  const scorer = {
    nItems: 6,
    score: (queries: readonly unknown[]) => new Float64Array(6 * queries.length),
  };
  const { metrics, underTies } = await evaluate(scorer, queriesOf(SPLIT));
  assertEquals(metrics["recall@5"], 0.5); // the labels 3 and 4 of 3, 4, 5, 5
  assertAlmostEquals(underTies!.metrics["accuracy@1"], 1 / 6, 1e-15);
  assertAlmostEquals(underTies!.metrics["recall@5"], 5 / 6, 1e-15);
  assertEquals(underTies!.meanRank, 3.5);
});

Deno.test("without ties both agree; ranked on a device, ties are unknown", async () => {
  const scores = (queries: readonly unknown[]) =>
    Float64Array.from(queries.flatMap((_, i) => [0, 1, 2, 3, 4, 5].map((x) => x * (i % 2 - 0.5))));
  const known = await evaluate({ nItems: 6, score: scores }, queriesOf(SPLIT));
  assertEquals(known.underTies!.metrics, known.metrics);
  const ranked = await evaluate(
    { nItems: 6, score: scores, rank: (_, labels) => Promise.resolve(labels.map(() => 2)) },
    queriesOf(SPLIT),
  );
  assert(ranked.tiedQueries === undefined && ranked.underTies === undefined);
});

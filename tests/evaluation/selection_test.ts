import { assert, assertEquals, assertThrows } from "@std/assert";
import { SESSIONKNN } from "../../lib/baselines/sessionknn.ts";
import { evaluate } from "../../lib/evaluation/evaluate.ts";
import { bestOf, outOfPatience, selectorOn } from "../../lib/evaluation/selection.ts";
import type { Queries } from "../../lib/evaluation/queries.ts";
import { computeMetrics } from "../../lib/metrics/metrics.ts";
import { madeUpLog } from "../baselines/made_up_log.ts";

const curve = (...values: number[]) => values.map((mrr) => ({ mrr, "recall@5": 1 - mrr }));

Deno.test("the best is the first of the highest, by the metric that was chosen", () => {
  assertEquals(bestOf(curve(0.25, 0.5, 0.5, 0.375), "mrr"), 1);
  assertEquals(bestOf(curve(0.25, 0.5, 0.5, 0.375), "recall@5"), 0);
  assertEquals(bestOf(curve(0), "mrr"), 0);
  assertThrows(() => bestOf([], "mrr"), RangeError, "no scores");
});

Deno.test("patience ends after so many scores in a row that are no better", () => {
  const ends = (patience: number, ...values: number[]) =>
    values.findIndex((_, i) => outOfPatience(curve(...values.slice(0, i + 1)), "mrr", patience));
  assertEquals(ends(1, 0.1, 0.2, 0.3), -1, "it goes up to the end");
  assertEquals(ends(1, 0.1, 0.2, 0.2, 0.3), 2, "as good is no better");
  assertEquals(ends(2, 0.1, 0.2, 0.1, 0.3, 0.2, 0.3), 5, "a better one begins anew");
  assertEquals(ends(3, 0.5, 0.4, 0.3, 0.2, 0.1), 3);
  assertEquals(outOfPatience([], "mrr", 1), false);
});

/** Queries over the log's courses, every third label one that a prefix has. */
function askedOf({ queries, nItems }: ReturnType<typeof madeUpLog>, from: number): Queries {
  const some = queries.slice(from, from + 20);
  return {
    queries: some,
    labels: Int32Array.from(some, ({ prefix }, i) => i % 3 === 0 ? prefix[0] : i % nItems),
    episodeOffsets: Int32Array.of(0, 20),
    users: Int32Array.from(some, (_, i) => i % 5),
  };
}

Deno.test("a stream starts afresh a measurement: no split changes another's numbers", async () => {
  const log = madeUpLog(5, 60);
  const config = { k: 3, sampleSize: 12 }; // 12 of 60 learners are drawn for each query
  const { fitted } = await SESSIONKNN.fit(log, config, {
    seed: 7,
    create: () => Promise.reject(new Error("no engine is needed")),
    training: { epochs: 1, batchSize: 1, batching: "pairs", maxSeqLen: 50, learningRate: 1 },
  });
  let open = 0;
  const scorer = async () => {
    const opened = await SESSIONKNN.scorer(fitted, {
      create: () => Promise.reject(new Error("no engine is needed")),
    });
    open++;
    return { ...opened, dispose: () => void open-- };
  };
  const test = askedOf(log, 20);
  const { ranks } = await evaluate(await scorer(), test);
  open = 0;

  const selector = selectorOn(askedOf(log, 0));
  const first = await selector.measure(scorer);
  assertEquals(await selector.measure(scorer), first);
  const asTest = await selectorOn(test, "recall@10").measure(scorer);
  const { mrr } = computeMetrics(ranks);
  assertEquals(asTest.mrr, mrr, "as though nothing had been asked before");
  assertEquals(open, 0, "every scorer is disposed");
  assert(first.mrr !== asTest.mrr);

  // without a fresh stream it would not be so
  const going = await scorer();
  await evaluate(going, askedOf(log, 0));
  assert(computeMetrics((await evaluate(going, test)).ranks).mrr !== mrr);
});

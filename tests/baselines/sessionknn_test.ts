import { assertEquals } from "@std/assert";
import oracle from "../fixtures/session_knn.json" with { type: "json" };
import {
  fitSessionKnn,
  scoreSessionKnn,
  type SessionKnnModel,
} from "../../lib/baselines/sessionknn.ts";
import { fromPythonSeed } from "../../lib/random/mt19937.ts";
import { fitPopularity, mostPopular } from "../../lib/baselines/popularity.ts";
import { pairsOf } from "../dataset/tiny.ts";

assertEquals(oracle.format, 1);

for (const { k, sample_size, scores } of oracle.cases) {
  Deno.test(`Session-KNN equals the notebook's code: k ${k}, sample ${sample_size}`, () => {
    const offsets = new Int32Array(oracle.sessions.length + 1);
    oracle.sessions.forEach((session, i) => offsets[i + 1] = offsets[i] + session.length);
    const model: SessionKnnModel = {
      architecture: "sessionknn",
      nItems: oracle.n_items,
      k,
      sampleSize: sample_size,
      seed: oracle.python_random_seed_before_each_case,
      offsets,
      items: Int32Array.from(oracle.sessions.flat()),
    };
    const stream = fromPythonSeed(model.seed);
    oracle.prefixes.forEach((prefix, i) =>
      assertEquals([...scoreSessionKnn(model, Int32Array.from(prefix), stream)], scores[i])
    );
  });
}

Deno.test("the database: users by code point, pairs by time, each course once", () => {
  const pairs = pairsOf([
    { user: "b", prefix: [4], label: 2, time: 10 },
    { user: "a", prefix: [3, 1], label: 3, time: 20 }, // later in time, earlier in the file
    { user: "a", prefix: [1], label: 0, time: 5 },
  ]);
  const { offsets, items } = fitSessionKnn(5, pairs, { seed: 0 });
  assertEquals([...offsets], [0, 3, 5]);
  assertEquals([...items], [1, 0, 3, 4, 2]);
});

Deno.test("popularity is the share of the labels; ties to the lower id", () => {
  const model = fitPopularity(4, Int32Array.of(2, 2, 3, 1));
  assertEquals([...model.shares], [0, 1 / 4, 2 / 4, 1 / 4]);
  assertEquals(mostPopular(model, 3), [2, 1, 3]);
});

import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { prefixOf, SPLITS } from "../../../lib/dataset/dataset.ts";
import { describe } from "../../../lib/dataset/synthetic/describe.ts";
import type { Changes } from "../../../lib/dataset/synthetic/presets.ts";
import { synthesize } from "../../../lib/dataset/synthetic/synthesize.ts";
import { encodeDataset } from "../../../lib/dataset/write_dataset.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { ceilingScorer, ceilingWithSessions } from "../../../lib/evaluation/ceiling.ts";
import { sha256 } from "../../../lib/files/fingerprint.ts";
import { tasksOf } from "../../../lib/fewshot/task.ts";
import { computeMetrics } from "../../../lib/metrics/metrics.ts";
import { ranksOf } from "../../../lib/metrics/rank.ts";
import { chooseEngine } from "../../../lib/engine/device.ts";
import { evaluate } from "../../../lib/evaluation/evaluate.ts";
import { queriesOf } from "../../../lib/evaluation/queries.ts";
import { fitPopularity, POPULARITY } from "../../../lib/baselines/popularity.ts";
import { fitSessionKnn, SESSIONKNN } from "../../../lib/baselines/sessionknn.ts";

const near = (got: number, wanted: number, share: number, what: string) =>
  assert(
    Math.abs(got - wanted) <= share * wanted,
    `${what}: ${got}, expected ${wanted} within ${100 * share} %`,
  );

Deno.test("preset xuetangx has the notebook's scale and marginals", () => {
  const { courses, users, pairs, episodes, prefix, topShares } = describe(
    synthesize("xuetangx", 5, 10),
  );
  assertEquals(courses, 343);
  assertEquals(users, { train: 28633, val: 3579, test: 3580 });
  near(pairs.train, 139_349, 0.01, "training pairs");
  assertEquals(prefix.p50, 3);
  near(prefix.p90, 18, 0.1, "p90");
  near(prefix.p99, 87, 0.1, "p99");
  assert(prefix.max >= 300 && prefix.max <= 500, `max ${prefix.max}`);
  [0.0525, 0.0292, 0.0257, 0.0256, 0.0255].forEach((share, i) =>
    near(topShares[i], share, 0.15, `share of label ${i + 1}`)
  );
  near(episodes.test, 248, 0.1, "test episodes");
});

Deno.test("the same bytes for a seed, others for another, and the mark in every file", () => {
  const make = (
    seed: number,
  ) => [...encodeDataset(synthesize("demo", 3, 4, seed, { users: 300, courses: 30, topics: 5 }))];
  assertEquals(make(1), make(1));
  assertNotEquals(make(1), make(2));
  for (const { path, bytes } of make(1)) {
    if (path.endsWith("course2id.json")) continue; // the names say it: made-up:…
    const text = new TextDecoder("latin1").decode(bytes).replaceAll("\\", "").replaceAll(" ", "");
    for (
      const part of [`"preset":"demo"`, `"seed":1`, `"process_version":"learners-`, `"users":300`]
    ) {
      assert(text.includes(part), `${path}: ${part}`);
    }
  }
});

Deno.test("learners-1 stays as it is: items, labels, times and episodes", async () => {
  const { splits, synthetic } = synthesize("demo", 3, 4, 1, { users: 300 });
  assertEquals(synthetic?.process_version, "learners-1");
  const parts = SPLITS.flatMap((split) => {
    const { pairs: { items, label, labelTime }, episodes: { queryRows } } = splits[split];
    return [items, label, labelTime, queryRows].map((part) => part.slice());
  });
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  assertEquals(
    await sha256(bytes),
    "2eba381b60dbc768bca1a1832d8ffaf78ebeca89af508684be01a8d502bf31f5",
  );
});

Deno.test("preset habits: support is worth five points and more", async () => {
  const dataset = synthesize("habits", 5, 10, 7, { users: 3000 });
  assertEquals(dataset.synthetic?.process_version, "learners-2");
  const { tasks, asked } = tasksOf(dataset.splits.test);
  const withSupport = ceilingWithSessions(dataset)!;
  const nItems = dataset.courses.length;
  const ranks = tasks.flatMap(({ support: { sessions }, queries }, t) => {
    const known = queries.map(({ prefix, own }) => (
      { prefix, sessions: sessions.filter((_, i) => i !== own) }
    ));
    const labels = asked.labels.subarray(asked.episodeOffsets[t], asked.episodeOffsets[t + 1]);
    return [...ranksOf(withSupport(known), nItems, labels)];
  });
  const prefix = (await evaluate(ceilingScorer(dataset)!, asked)).metrics;
  const both = computeMetrics(ranks);
  for (const metric of ["accuracy@1", "mrr"] as const) {
    const gain = both[metric] - prefix[metric];
    assert(gain >= 0.05, `${metric}: ${prefix[metric]}, with support ${both[metric]}`);
  }
});

Deno.test("it looks like learners: few courses a session, returns, a long tail, no repeats", () => {
  const dataset = synthesize("xuetangx", 5, 10, 5);
  const { pairs } = dataset.splits.train;
  const { returns } = describe(dataset);
  assert(returns > 0.25 && returns < 0.6, `returns ${returns}`);
  const labels = new Float64Array(dataset.courses.length);
  const distinct: number[] = [];
  for (let row = 0; row < pairs.count; row++) {
    const prefix = prefixOf(pairs, row);
    assert(prefix.at(-1) !== pairs.label[row]);
    labels[pairs.label[row]]++;
    if (prefix.length === 20) distinct.push(new Set(prefix).size);
  }
  const shares = [...labels].sort((a, b) => b - a).map((n) => n / pairs.count);
  const tail = shares.slice(171).reduce((a, b) => a + b, 0);
  assert(tail > 0.02 && tail < 0.25, `the rarer half of the courses has ${tail} of the labels`);
  const mean = distinct.reduce((a, b) => a + b, 0) / distinct.length;
  assert(mean > 3 && mean < 12, `${mean} courses in 20 events`);
});

Deno.test("no model passes the ceiling; its belief does not go by the cut of queries", async () => {
  const dataset = synthesize("demo", 5, 10);
  const queries = queriesOf(dataset.splits.test);
  const { train } = dataset.splits;
  const run = async (scorer: Parameters<typeof evaluate>[0]) => await evaluate(scorer, queries);
  const oracle = await run(ceilingScorer(dataset)!);
  const none = await chooseEngine("wasm"); // neither needs an engine
  const models = {
    popularity: await POPULARITY.scorer(
      fitPopularity(dataset.courses.length, train.pairs.label),
      none,
    ),
    knn: await SESSIONKNN.scorer(
      fitSessionKnn(dataset.courses.length, train.pairs, { seed: 1 }),
      none,
    ),
  };
  for (const [name, scorer] of Object.entries(models)) {
    const { metrics } = await run(scorer);
    for (const metric of ["accuracy@1", "recall@5", "recall@10", "mrr"] as const) {
      assert(
        metrics[metric] < oracle.metrics[metric],
        `${name} ${metric}: ${metrics[metric]}, oracle ${oracle.metrics[metric]}`,
      );
    }
  }
  const whole = await ceilingScorer(dataset)!.score(queries.queries.slice(0, 60));
  const backwards = ceilingScorer(dataset)!;
  for (let query = 59; query >= 0; query--) {
    const n = dataset.courses.length;
    assertEquals(
      await backwards.score([queries.queries[query]]),
      whole.slice(query * n, query * n + n),
    );
  }
});

Deno.test("what no platform can have is refused by name", () => {
  for (
    const [changes, word] of [[{ topics: 500 }, "topics"], [{ users: 0 }, "users"], [{
      courses: 1.5,
    }, "courses"], [
      { other: 1 },
      "other",
    ]] as const
  ) {
    assertThrows(() => synthesize("demo", 5, 10, 1, changes), InputError, word);
  }
});

Deno.test("platforms from 2 courses to 5,000 keep every rule", () => {
  const sizes: Changes[] = [{ courses: 2, topics: 1, terms: 1, users: 200 }, {
    courses: 5000,
    topics: 100,
    users: 2000,
  }, { users: 10 }];
  for (const changes of sizes) {
    const { splits } = synthesize("demo", 1, 1, 9, changes);
    assertEquals(
      SPLITS.reduce((sum, split) => sum + splits[split].pairs.users.length, 0),
      changes.users,
    );
  }
});

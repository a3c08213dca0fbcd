/**
 * Rules and neighbours against an independent script's numbers on a tiny log of ours
 * (tests/fixtures/make_session_models.py), settings of every kind; and single values by hand.
 */
import { assert, assertEquals } from "@std/assert";
import fixture from "../fixtures/session_models.json" with { type: "json" };
import type { Baseline } from "../../lib/baselines/baseline.ts";
import { BASELINES } from "../../lib/baselines/registry.ts";
import { fitSettings } from "./fit_settings.ts";
import { rankRange } from "../../lib/jobs/conform/rank_range.ts";
import { madeUpLog } from "./made_up_log.ts";
import { pairRows, pairsOf } from "../dataset/tiny.ts";
import { assertClose } from "../close.ts";

assertEquals(fixture.format, 1);

const { n_items: nItems, sessions, queries } = fixture;
const data = { nItems, pairs: pairsOf(pairRows(sessions)) };

for (const { model, settings, ranks, scores } of fixture.cases) {
  Deno.test(`${model} ${JSON.stringify(settings)} equals the script's scores and ranks`, () => {
    const score = fitSettings(model, data, settings);
    queries.forEach(({ prefix, time, label }, i) => {
      const own = score([{ prefix: Int32Array.from(prefix), time }]);
      assertClose(own, scores[i], `query ${i}`, 1e-14, 1e-12);
      const { low, high } = rankRange(Float64Array.from(own), label);
      assert(low <= ranks[i] && ranks[i] <= high, `query ${i}: ${ranks[i]}, not ${low} to ${high}`);
    });
  });
}

Deno.test("the fixture has ranks of all sizes, and every rule and neighbour model", () => {
  const seen = new Set(fixture.cases.flatMap(({ ranks }) => ranks));
  assertEquals([...seen].sort((a, b) => a - b), Array.from({ length: nItems }, (_, i) => i + 1));
  const models = BASELINES.filter(({ name, family }) =>
    name !== "sessionknn" && (family === "rules" || family === "neighbours")
  );
  assertEquals([...new Set(fixture.cases.map(({ model }) => model))].sort(), names(models));
});

const names = (baselines: readonly Baseline[]) => baselines.map(({ name }) => name).sort();

Deno.test("an empty query, and one of courses that nobody took, have scores of zero", () => {
  const pairs = pairsOf(pairRows([{ items: [0, 1], times: [1, 2] }]));
  for (const { model } of fixture.cases) {
    const score = fitSettings(model, { nItems: 4, pairs }, {});
    for (const prefix of [[], [2], [3, 2, 3]]) {
      assertEquals([...score([{ prefix: Int32Array.from(prefix) }])], [0, 0, 0, 0], model);
    }
  }
});

Deno.test("a Markov chain counts what came right after", () => {
  const pairs = pairsOf(pairRows([
    { items: [0, 1, 2, 1], times: [1, 2, 3, 4] },
    { items: [1, 2], times: [1, 2] },
  ]));
  const score = fitSettings("markov", { nItems: 3, pairs }, {});
  assertEquals([...score([{ prefix: Int32Array.of(2, 1) }])], [0, 0, 2]);
  assertEquals([...score([{ prefix: Int32Array.of(1, 2) }])], [0, 1, 0]);
});

Deno.test("addReminders lifts a query's first courses above the score at place 17", () => {
  const log = madeUpLog(2, 60, 24);
  const own = { own: "all", k: 20 };
  const plain = fitSettings("vsknn", log, own);
  const reminded = fitSettings("vsknn", log, { ...own, addReminders: true });
  let lifted = 0;
  for (const query of log.queries) {
    const wanted = [...plain([query])];
    const place17 = wanted.toSorted((a, b) => b - a)[16];
    const first = [...query.prefix].filter((course) => wanted[course] > 0).slice(0, 3);
    for (const course of first.filter((course) => wanted[course] < place17)) {
      wanted[course] = place17 + 1e-4;
      lifted++;
    }
    assertEquals([...reminded([query])], wanted);
  }
  assert(lifted > 3, `${lifted} courses were lifted`);
});

Deno.test("random samples depend on the seed and the query, not on what was asked before", () => {
  const settings = { sampling: "random", sampleSize: 5, k: 5 };
  const ask = (seed: number, order: readonly number[]) => {
    const score = fitSettings("vsknn", data, settings, seed);
    const answers = new Map(order.map((i) => {
      const { prefix, time } = queries[i];
      return [i, [...score([{ prefix: Int32Array.from(prefix), time }])].join()];
    }));
    return queries.map((_, i) => answers.get(i));
  };
  const forward = queries.map((_, i) => i);
  assertEquals(ask(1, forward), ask(1, forward.toReversed()));
  assert(ask(1, forward).join() !== ask(2, forward).join());
});

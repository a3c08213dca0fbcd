/**
 * Every metric of every group equals ranx, RecTools and RecBole (tests/fixtures/make_measures.py),
 * from scores to measures through the evaluation that runs use.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import reference from "../fixtures/measures.json" with { type: "json" };
import { evaluate } from "../../lib/evaluation/evaluate.ts";
import { type Measured, type MeasuredGroup, measureRun } from "../../lib/evaluation/measures.ts";
import type { Queries, Query } from "../../lib/evaluation/queries.ts";
import { LIST_METRICS } from "../../lib/metrics/lists.ts";
import { RANK_METRICS } from "../../lib/metrics/metrics.ts";

assertEquals(reference.format, 1);

type Case = typeof reference.cases[number];
type Expected = Case["seen_excluded"];

const queriesOf = ({ queries }: Case): Queries => ({
  queries: queries.map(({ prefix }) => ({ prefix: Int32Array.from(prefix) })),
  labels: Int32Array.from(queries, ({ label }) => label),
  episodeOffsets: Int32Array.of(0, queries.length),
  users: Int32Array.from(queries, (_, query) => query % 7),
});

async function measured(reference: Case, excludeSeen: boolean) {
  const asked = queriesOf(reference);
  const at = new Map(asked.queries.map((query, i) => [query, i]));
  const scorer = {
    nItems: reference.courses,
    score: (some: readonly Query[]) =>
      Float64Array.from(some.flatMap((query) => reference.queries[at.get(query)!].scores)),
  };
  const took = new Int32Array(reference.courses);
  for (const course of reference.taken.flat()) took[course]++;
  const evaluations = { toy: await evaluate(scorer, asked, { excludeSeen }) };
  return measureRun(evaluations, asked, { learners: reference.taken.length, took });
}

function assertMeasures({ measures }: Measured, expected: Expected, what: string): void {
  for (const metric of RANK_METRICS) {
    assertAlmostEquals(measures[metric], expected[metric], 1e-12, `${what}, ${metric}`);
  }
  for (const library of [expected.rectools, expected.recbole]) {
    for (const metric of LIST_METRICS) {
      const wanted = (library as Partial<Record<typeof metric, number>>)[metric];
      if (wanted !== undefined) {
        assertAlmostEquals(measures[metric]!, wanted, 1e-12, `${what}, ${metric}`);
      }
    }
  }
}

for (const one of reference.cases) {
  Deno.test(`measures of all queries and of every group: ${one.name}`, async () => {
    const { all, groups, seenExcluded } = await measured(one, false);
    const expected: Record<string, Expected> = one.expected;
    const names = [all, ...groups].map(({ name }) => name);
    assertEquals(names.sort(), Object.keys(expected).sort());
    for (const { name, queries, models } of [all, ...groups]) {
      assertEquals(queries, expected[name].queries, name);
      assertMeasures(models.toy, expected[name], name);
    }
    assertEquals(seenExcluded, undefined);
  });

  Deno.test(`the variant without seen courses: ${one.name}`, async () => {
    const plain = await measured(one, false);
    const { seenExcluded, ...rest } = await measured(one, true);
    assertEquals(rest, plain, "the variant changes nothing else");
    const { all, groups } = seenExcluded!;
    assertEquals(all.queries, one.seen_excluded.queries);
    assertMeasures(all.models.toy, one.seen_excluded, "seen excluded");
    assertEquals(counted(groups, "label"), [["new", all.queries]]);
    const lengths = counted(groups, "prefix_length");
    assertEquals(lengths.reduce((sum, [, count]) => sum + count, 0), all.queries);
  });
}

const counted = (groups: readonly MeasuredGroup[], by: string) =>
  groups.filter((group) => group.by === by).map(({ name, queries }) => [name, queries] as const);

Deno.test("intervals of a group are over its users", async () => {
  const { all, groups } = await measured(reference.cases[0], false);
  assertEquals(all.users, 7);
  for (const { name, models, queries } of [all, ...groups]) {
    const { measures, intervals } = models.toy;
    for (const metric of RANK_METRICS) {
      const { low, high } = intervals[metric];
      assert(low <= measures[metric] && measures[metric] <= high, `${name}, ${metric}`);
      assert(queries < 2 || low < high, `${name}, ${metric}: no width`);
    }
  }
});

Deno.test("ranked on a device there are no lists; the variant has the model score", async () => {
  const scorer = {
    nItems: 23,
    score: (some: readonly Query[]) => new Float64Array(23 * some.length).map((_, i) => i % 23),
    rank: (_: readonly Query[], labels: Int32Array) => Promise.resolve(labels.map(() => 3)),
  };
  const asked = queriesOf(reference.cases[1]);
  const ranked = await evaluate(scorer, asked);
  assertEquals([ranked.tally, ranked.ranks[0]], [undefined, 3]);
  const known = { learners: 2, took: new Int32Array(23) };
  assertEquals(
    measureRun({ ranked }, asked, known).all.models.ranked.measures["gini@10"],
    undefined,
  );
  const both = await evaluate(scorer, asked, { excludeSeen: true });
  assertEquals(both.ranks[0], 23 - asked.labels[0]);
  assert(both.tally !== undefined && both.seenExcluded !== undefined);
});

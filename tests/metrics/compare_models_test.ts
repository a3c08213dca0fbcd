import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { clustersOf } from "../../lib/metrics/clusters.ts";
import { byMerit, compareModels, judge, standing } from "../../lib/metrics/compare_models.ts";
import { holm } from "../../lib/metrics/holm.ts";
import { computeMetrics } from "../../lib/metrics/metrics.ts";
import { uniform } from "../../lib/random/threefry.ts";

const words = new Uint32Array(2);

/** Ranks of `users` users, four queries each, that hit with this chance. */
function ranksOf(users: number, chance: number, stream: number): number[] {
  return Array.from(
    { length: 4 * users },
    (_, i) => uniform(1, stream, i, words) < chance ? 1 : 2 + i % 40,
  );
}
const clusters = (users: number) =>
  clustersOf(Array.from({ length: 4 * users }, (_, i) => Math.floor(i / 4)));

/** Everything about a run of models. */
function compared(ranks: Record<string, number[]>) {
  const users = Object.values(ranks)[0].length / 4;
  const metrics = Object.fromEntries(
    Object.entries(ranks).map(([name, list]) => [name, computeMetrics(list)]),
  );
  const comparisons = compareModels(ranks, clusters(users), 1);
  return { metrics, comparisons, first: standing(metrics, comparisons, "accuracy@1") };
}

Deno.test("every pair by every metric, the better one first, adjusted for all of them", () => {
  const { comparisons: { comparisons, adjustedFor, enough }, metrics } = compared({
    a: ranksOf(40, 0.2, 1),
    b: ranksOf(40, 0.6, 2),
    c: ranksOf(40, 0.65, 3),
  });
  assertEquals([comparisons.length, adjustedFor, enough], [3 * 4, 3 * 4, true]);
  const adjusted = holm(comparisons.map(({ p }) => p));
  comparisons.forEach(({ metric, better, worse, difference, interval, pHolm, p }, i) => {
    assertAlmostEquals(difference, metrics[better][metric] - metrics[worse][metric], 1e-12);
    assert(difference >= 0 && interval.low <= difference && difference <= interval.high);
    assertEquals(pHolm, adjusted[i]);
    assert(pHolm >= p);
  });
});

Deno.test("the best within noise: who cannot be told from the first shares its mark", () => {
  const { first } = compared({
    low: ranksOf(60, 0.1, 1),
    second: ranksOf(60, 0.58, 2),
    first: ranksOf(60, 0.62, 3),
  });
  assertEquals(first.first, ["first"]);
  assertEquals(first.best, ["first", "second"]);
});

Deno.test("ties for first place are ties, whatever their names and order", () => {
  const ranks = ranksOf(30, 0.5, 1);
  const tied = ranks.map((rank) => rank === 1 ? 1 : 50); // the same hits, lower by MRR
  const { first } = compared({ z: ranks, a: tied, low: ranksOf(30, 0.02, 2) });
  assertEquals(first.first, ["z", "a"]);
  assertEquals(first.best, ["z", "a"]);
});

Deno.test("nobody is the best at a value of zero", () => {
  const { first } = compared({ random: ranksOf(20, 0, 1), other: ranksOf(20, 0, 2) });
  assertEquals([first.value, first.best, first.first.length], [0, [], 2]);
});

Deno.test("fewer than ten users give no verdict, however clear it looks", () => {
  const models = (users: number) => ({ a: ranksOf(users, 1, 1), b: ranksOf(users, 0, 2) });
  for (const users of [1, 2, 3, 5, 9]) {
    const { comparisons, first } = compared(models(users));
    assert(!comparisons.enough);
    assert(comparisons.comparisons.every(({ distinguishable }) => !distinguishable));
    assertEquals([first.first, first.best], [["a"], []]);
  }
  const { comparisons, first } = compared(models(10));
  assert(
    comparisons.enough && comparisons.comparisons.every(({ distinguishable }) => distinguishable),
  );
  assertEquals(first.best, ["a"]);
});

Deno.test("comparisons in which nothing differs do not count among those adjusted for", () => {
  const same = ranksOf(30, 0.3, 1);
  const { comparisons: { adjustedFor, comparisons } } = compared({
    a: same,
    b: same,
    c: ranksOf(30, 0.4, 2),
  });
  assertEquals([comparisons.length, adjustedFor], [12, 8]);
  const alike = comparisons.filter(({ differing }) => differing === 0);
  assert(
    alike.length === 4 &&
      alike.every(({ pHolm, distinguishable }) => pHolm === 1 && !distinguishable),
  );
  assertEquals(judge([], 20), { judged: [], adjustedFor: 0 });
});

Deno.test("models stand in the order of Accuracy@1, then MRR, then name", () => {
  const of = (ranks: number[]) => computeMetrics(ranks);
  assertEquals(
    byMerit({ b: of([1, 9]), c: of([1, 2]), a: of([1, 9]), d: of([1, 1]) }),
    ["d", "c", "a", "b"],
  );
});

Deno.test("five equal models: hardly any run calls two of them different", () => {
  let runs = 0;
  for (let run = 0; run < 100; run++) {
    const ranks = Object.fromEntries(
      Array.from({ length: 5 }, (_, model) => [`${model}`, ranksOf(20, 0.3, 100 * run + model)]),
    );
    const { comparisons } = compareModels(ranks, clusters(20), run);
    if (comparisons.some(({ distinguishable }) => distinguishable)) runs++;
  }
  assert(runs <= 10, `${runs} of 100`); // at most 5 expected
});

import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { clustersOf } from "../../lib/metrics/clusters.ts";
import { differenceInterval, metricInterval } from "../../lib/metrics/interval.ts";
import { pairedDifference } from "../../lib/metrics/paired.ts";
import { seedDifference, seedEstimate, type SeedSums, seedSums } from "../../lib/metrics/seeds.ts";
import { drawSigns } from "../../lib/metrics/sign_flips.ts";
import { meanAndDeviation } from "../../lib/metrics/spread.ts";
import { studentQuantile } from "../../lib/metrics/student_t.ts";

/** Hits of three trainings by six users with ten queries each. */
const HITS = [[3, 5, 2, 8, 6, 1], [4, 6, 2, 9, 7, 3], [2, 5, 1, 7, 7, 1]];
const sumsOf = (rows: readonly (readonly number[])[], queries = 10): SeedSums => ({
  trainings: rows.map((row) => Float64Array.from(row)),
  counts: new Float64Array(rows[0].length).fill(queries),
});
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: readonly number[]) =>
  values.reduce((sum, x) => sum + (x - mean(values)) ** 2, 0) / (values.length - 1);
const signs = (clusters: number) => () => drawSigns(1, clusters);

/** The parts by the two-way analysis of variance of users' shares. */
function parts(rows: readonly (readonly number[])[]) {
  const shares = rows.map((row) => row.map((hits) => hits / 10));
  const [seeds, users] = [rows.length, rows[0].length];
  const ofSeeds = shares.map(mean);
  const ofUsers = shares[0].map((_, user) => mean(shares.map((row) => row[user])));
  const all = mean(ofSeeds);
  const rest = shares.flatMap((row, seed) =>
    row.map((share, user) => (share - ofSeeds[seed] - ofUsers[user] + all) ** 2)
  );
  const interaction = rest.reduce((a, b) => a + b, 0) / ((seeds - 1) * (users - 1));
  return {
    all,
    sd: Math.sqrt(variance(ofSeeds)),
    users: variance(ofUsers) / users,
    seeds: Math.max(0, variance(ofSeeds) / seeds - interaction / (seeds * users)),
  };
}

Deno.test("trainings that reach the same have no spread at all, and its very mean", () => {
  for (const count of [2, 3, 7, 10]) {
    const rows = Array.from({ length: count }, () => [0.1, 0.7, 1 / 3, 0.2, 0.3, 0.9]);
    const [one] = rows;
    const { mean, sd, interval } = seedEstimate(sumsOf(rows, 1));
    assertEquals(sd, 0);
    assertEquals({ mean, interval }, {
      mean: seedEstimate(sumsOf([one], 1)).mean,
      interval: seedEstimate(sumsOf([one], 1)).interval,
    });
    assertEquals(meanAndDeviation(Array(count).fill(0.1)), { mean: 0.1, sd: 0 });
  }
  assertEquals(meanAndDeviation([0.1]), { mean: 0.1, sd: null });
  assertEquals(meanAndDeviation([1, 2, 3, 4]), { mean: 2.5, sd: Math.sqrt(5 / 3) });
});

Deno.test("several seeds: mean, sd, and a variance of users and trainings, each with its t", () => {
  const wanted = parts(HITS);
  const { mean: found, sd, interval } = seedEstimate(sumsOf(HITS));
  assertAlmostEquals(found, wanted.all, 1e-12);
  assertAlmostEquals(sd!, wanted.sd, 1e-12);
  assert(wanted.seeds > 0);
  // a difference is on the plain scale, where the reach can be written down
  const other = sumsOf([[1, 1, 1, 1, 1, 1]]);
  const paired = seedDifference(sumsOf(HITS), other, signs(6));
  const reach = Math.sqrt(
    studentQuantile(0.975, 5) ** 2 * wanted.users + studentQuantile(0.975, 2) ** 2 * wanted.seeds,
  );
  assertAlmostEquals(paired.difference, wanted.all - 0.1, 1e-12);
  assertAlmostEquals(paired.interval.low, Math.max(-1, wanted.all - 0.1 - reach), 1e-9);
  assert(interval.low < found - 0.6 * reach && found + 0.6 * reach < interval.high);
});

Deno.test("the p-value is 0.05 where the interval ends at zero", () => {
  const { users, seeds } = parts(HITS);
  const reach = Math.sqrt(
    studentQuantile(0.975, 5) ** 2 * users + studentQuantile(0.975, 2) ** 2 * seeds,
  );
  const shifted = HITS.map((row) => row.map((hits) => hits - 10 * (parts(HITS).all - reach)));
  const { p, interval } = seedDifference(sumsOf(shifted), sumsOf([[0, 0, 0, 0, 0, 0]]), signs(6));
  assertAlmostEquals(interval.low, 0, 1e-9);
  assertAlmostEquals(p, 0.05, 1e-6);
});

Deno.test("one seed is what a run says; seeds that agree add nothing", () => {
  const users = clustersOf([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
  const ranks = [1, 3, 2, 1, 1, 7, 9, 1, 2, 1];
  const others = [2, 3, 2, 4, 1, 7, 9, 1, 2, 3];
  for (const metric of ["accuracy@1", "mrr"] as const) {
    const one = seedSums([ranks], users, metric);
    const same = seedSums([ranks, ranks, ranks], users, metric);
    assertEquals(seedEstimate(one).interval, metricInterval(ranks, users, metric));
    assertEquals([seedEstimate(one).sd, seedEstimate(same).sd], [undefined, 0]);
    const { low, high } = seedEstimate(same).interval;
    assertAlmostEquals(low, seedEstimate(one).interval.low, 1e-12);
    assertAlmostEquals(high, seedEstimate(one).interval.high, 1e-12);
    const other = seedSums([others], users, metric);
    assertEquals(
      seedDifference(one, other, signs(5)),
      pairedDifference(ranks, others, users, metric, 1),
    );
  }
  const none = seedDifference(sumsOf(HITS), sumsOf(HITS), signs(6));
  assertEquals([none.difference, none.differing], [0, 0]);
  const zero = { sums: new Float64Array(6), counts: new Float64Array(6).fill(10) };
  assertEquals(none.p === 1 || none.interval.low < differenceInterval(zero).high, true);
  assertThrows(() => seedSums([], users, "mrr"), RangeError, "at least one training");
});

/**
 * A model that was trained several times, asked the same queries each time: what it reaches on
 * average, and how far that is uncertain for other users and other seeds together. Trainings and
 * users are crossed random effects, so that the variance of the mean is that of users, plus that
 * of trainings, minus what both have counted (Owen, "The pigeonhole bootstrap", 2007; Cameron,
 * Gelbach & Miller, "Robust inference with multiway clustering", 2011). docs/statistics.md has the
 * formulas and what the intervals cover.
 */
import { type Clusters, contributions, type Estimate, estimate } from "./clusters.ts";
import { differenceInterval, estimateInterval, freedomOf, type Interval } from "./interval.ts";
import type { RankMetric } from "./metrics.ts";
import type { PairedDifference } from "./paired.ts";
import { meanAndDeviation, meanOf } from "./spread.ts";
import { signFlipTest, type Signs } from "./sign_flips.ts";
import { studentQuantile } from "./student_t.ts";

/** What each training contributes, over the same clusters. */
export interface SeedSums {
  /** [trainings][clusters] */
  readonly trainings: readonly Float64Array[];
  /** [clusters] queries. */
  readonly counts: Float64Array;
}

/** A mean over trainings, and how far it is uncertain. */
export interface SeedEstimate {
  readonly mean: number;
  /** Standard deviation of the trainings' values; none of a single training. */
  readonly sd?: number;
  /** For other users; of several trainings for other seeds too. */
  readonly interval: Interval;
}

/** A standard error below this is rounding, not spread. */
const ROUNDING = 1e-12;

/** A part of the variance of a mean, and the degrees of freedom with which it is known. */
interface Part {
  readonly variance: number;
  readonly freedom: number;
}

/**
 * What the trainings' ranks contribute to a metric. `ranks` are [trainings][queries], 1-based.
 * @throws RangeError without trainings or queries.
 */
export function seedSums(
  ranks: readonly ArrayLike<number>[],
  clusters: Clusters,
  metric: RankMetric,
): SeedSums {
  if (ranks.length === 0) throw new RangeError("an estimate needs at least one training");
  const all = ranks.map((each) => contributions(each, clusters, metric));
  return { trainings: all.map(({ sums }) => sums), counts: all[0].counts };
}

/**
 * The mean of a metric in [0, 1] over trainings and queries, its spread over trainings, and its
 * 95 % interval.
 * @example
 * ```ts
 * import { clustersOf } from "./clusters.ts";
 * import { seedEstimate, seedSums } from "./seeds.ts";
 * const users = clustersOf([7, 7, 8, 8, 9, 9]);
 * const ranks = [[1, 4, 2, 9, 1, 1], [1, 1, 2, 9, 1, 1]]; // two seeds
 * const { mean, sd } = seedEstimate(seedSums(ranks, users, "accuracy@1"));
 * console.assert(mean === 7 / 12 && Math.abs(sd! - Math.SQRT2 / 12) < 1e-12);
 * ```
 */
export function seedEstimate(sums: SeedSums): SeedEstimate {
  const users = overUsers(sums);
  const { mean, effective } = users;
  const parts = [partOf(users), ...overSeeds(sums)];
  const error = errorOf(parts);
  const t = error > 0 ? reachOf(parts, 0.05) / error : 0;
  // trainings are taken to lie evenly around their mean: what is skewed are the users
  const skewness = error > 0 ? users.skewness * (users.error / error) ** 3 : 0;
  return {
    mean,
    sd: sdOf(sums),
    interval: estimateInterval({ mean, error, skewness, effective }, t),
  };
}

/**
 * Mean of `a` minus mean of `b` over the same queries: users are paired, trainings are not. With a
 * single training each, the sign-flip test over users; otherwise Student's t over users and
 * trainings.
 */
export function seedDifference(a: SeedSums, b: SeedSums, signs: () => Signs): PairedDifference {
  const { counts } = a;
  const [left, right] = [average(a), average(b)];
  const sums = left.map((sum, cluster) => {
    const difference = sum - right[cluster];
    return Math.abs(difference) < 1e-12 * counts[cluster] ? 0 : difference;
  });
  const users = estimate({ sums, counts });
  const { mean: difference } = users;
  const differing = sums.filter((x) => x !== 0).length;
  const seeds = [a, b].flatMap(overSeeds);
  const parts = [partOf(users), ...pooled(seeds)];
  if (seeds.length === 0 || errorOf(parts) < ROUNDING) {
    const interval = differenceInterval({ sums, counts });
    return { difference, interval, ...signFlipTest(sums, signs), differing };
  }
  const reach = reachOf(parts, 0.05);
  return {
    difference,
    interval: { low: Math.max(-1, difference - reach), high: Math.min(1, difference + reach) },
    p: pOf(difference, parts),
    exact: false,
    differing,
  };
}

/** [clusters] the trainings' mean. */
function average({ trainings, counts }: SeedSums): Float64Array {
  return counts.map((_, cluster) => meanOf(trainings.map((sums) => sums[cluster])));
}

function overUsers(sums: SeedSums): Estimate {
  return estimate({ sums: average(sums), counts: sums.counts });
}

function partOf({ error, effective }: Estimate): Part {
  return { variance: error ** 2, freedom: freedomOf(effective) };
}

/** [trainings] each training's value. */
function valuesOf({ trainings, counts }: SeedSums): number[] {
  const queries = counts.reduce((a, b) => a + b, 0);
  return trainings.map((sums) => sums.reduce((a, b) => a + b, 0) / queries);
}

function sdOf(sums: SeedSums): number | undefined {
  return meanAndDeviation(valuesOf(sums)).sd ?? undefined;
}

/**
 * What trainings add to the variance of the mean beside users: the variance of their values over
 * their number, less the part of it that the users' variance has counted, the interaction of user
 * and training. Not below zero. Nothing of a single training, of which nothing is known.
 */
function overSeeds(sums: SeedSums): readonly Part[] {
  const { trainings, counts } = sums;
  const seeds = trainings.length;
  if (seeds < 2) return [];
  const values = valuesOf(sums);
  const mean = meanOf(values);
  const means = average(sums);
  const queries = counts.reduce((a, b) => a + b, 0);
  let squares = 0;
  trainings.forEach((of, seed) =>
    of.forEach((sum, user) => {
      squares += (sum - means[user] - (values[seed] - mean) * counts[user]) ** 2;
    })
  );
  const users = counts.length;
  const correction = users > 1 ? users / (users - 1) : 1;
  const interaction = correction * squares / (seeds * (seeds - 1) * queries ** 2);
  const variance = Math.max(0, sdOf(sums)! ** 2 / seeds - interaction);
  return [{ variance, freedom: seeds - 1 }];
}

/** Parts of one kind as one, its degrees of freedom after Satterthwaite (1946). */
function pooled(parts: readonly Part[]): readonly Part[] {
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  if (variance === 0) return [];
  const spread = parts.reduce((sum, part) => sum + part.variance ** 2 / part.freedom, 0);
  return [{ variance, freedom: variance ** 2 / spread }];
}

/**
 * How far the mean reaches to each side at the two-sided level `p`: each part of the variance
 * counts with its own t (after Cochran 1964), since with few seeds theirs is known least.
 */
function reachOf(parts: readonly Part[], p: number): number {
  const square = (t: number) => t * t;
  return Math.sqrt(parts.reduce(
    (sum, { variance, freedom }) =>
      variance === 0 ? sum : sum + variance * square(studentQuantile(1 - p / 2, freedom)),
    0,
  ));
}

const errorOf = (parts: readonly Part[]): number =>
  Math.sqrt(parts.reduce((sum, { variance }) => sum + variance, 0));

/** The least p-value that is told apart from 0. */
const LEAST_P = 1e-12;

/**
 * The level at which the reach is just the difference, in its logarithm: by false positions, of
 * which one that stays is counted half (Illinois).
 */
function pOf(difference: number, parts: readonly Part[]): number {
  const size = Math.abs(difference);
  if (size === 0) return 1;
  if (reachOf(parts, LEAST_P) <= size) return LEAST_P;
  const beyond = (logarithm: number) => reachOf(parts, Math.exp(logarithm)) - size;
  let [low, high] = [Math.log(LEAST_P), Math.log(1 - 1e-9)];
  let [above, below] = [beyond(low), beyond(high)];
  if (below >= 0) return 1;
  for (let step = 0; step < 40 && high - low > 1e-9; step++) {
    const at = high - below * (high - low) / (below - above);
    const found = beyond(at);
    if (Math.abs(found) < 1e-12) return Math.exp(at);
    if (found > 0) {
      [low, above, below] = [at, found, below / 2];
    } else {
      [high, below, above] = [at, found, above / 2];
    }
  }
  return Math.exp(high);
}

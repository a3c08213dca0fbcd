/**
 * Queries of one learner are not independent, so that what is uncertain is counted over learners:
 * the queries of one user are a cluster, whether they stand in one episode or in many windows that
 * overlap.
 */
import { CONTRIBUTION, type RankMetric } from "./metrics.ts";

/** The fewest clusters on which models are called different. */
export const FEWEST_CLUSTERS = 10;

/** Why there is no verdict, where there are too few; undefined where there are enough. */
export function tooFewOf(users: number, episodes: number): string | undefined {
  if (users >= FEWEST_CLUSTERS) return undefined;
  return `too few ${users < episodes ? "users" : "episodes"} to tell`;
}

/** Sums of a quantity and number of queries, a cluster each. */
export interface ClusterSums {
  /** [clusters] */
  readonly sums: Float64Array;
  /** [clusters] queries, at least one. */
  readonly counts: Float64Array;
}

/** Clusters as numbers from 0: [queries] each query's, and how many there are. */
export interface Clusters {
  /** [queries] the number of its cluster. */
  readonly of: Int32Array;
  /** Number of clusters. */
  readonly count: number;
}

/** Numbers the distinct values of `users` [queries] in the order of their first query. */
export function clustersOf(users: ArrayLike<number>): Clusters {
  const numbers = new Map<number, number>();
  const of = Int32Array.from(users, (user) => {
    const known = numbers.get(user) ?? numbers.size;
    numbers.set(user, known);
    return known;
  });
  return { of, count: numbers.size };
}

/**
 * What the queries of each cluster contribute to a metric.
 * @throws RangeError without queries, or when ranks and clusters are not as many.
 */
export function contributions(
  ranks: ArrayLike<number>,
  { of, count }: Clusters,
  metric: RankMetric,
): ClusterSums {
  if (ranks.length !== of.length || of.length === 0) {
    throw new RangeError(
      `an interval needs a rank for each of at least one query, got ${ranks.length} ranks of ` +
        `${of.length} queries`,
    );
  }
  const sums = new Float64Array(count);
  const counts = new Float64Array(count);
  const contribution = CONTRIBUTION[metric];
  for (let query = 0; query < of.length; query++) {
    sums[of[query]] += contribution(ranks[query]);
    counts[of[query]]++;
  }
  return { sums, counts };
}

/** A mean over all queries, and what its clusters say of its uncertainty. */
export interface Estimate {
  readonly mean: number;
  /** Standard error by the jackknife over clusters; 0 with a single cluster. */
  readonly error: number;
  /** Skewness of the mean's own distribution (of the clusters, divided by √clusters). */
  readonly skewness: number;
  /**
   * As many clusters of equal size would say as much: (Σ counts)² / Σ counts² (Kish 1965). The
   * number of clusters where all are of one size.
   */
  readonly effective: number;
}

/**
 * The mean and its uncertainty. The jackknife leaves out one cluster at a time; with clusters of
 * one size it is the usual standard error of the clusters' means, with unequal ones it does not
 * understate as the linearised error does (Bell & McCaffrey 2002).
 */
export function estimate({ sums, counts }: ClusterSums): Estimate {
  const clusters = sums.length;
  const sum = sums.reduce((a, b) => a + b, 0);
  const count = counts.reduce((a, b) => a + b, 0);
  const mean = sum / count;
  const effective = count * count / counts.reduce((total, n) => total + n * n, 0);
  if (clusters === 1) return { mean, error: 0, skewness: 0, effective };
  let squares = 0;
  let cubes = 0;
  for (let c = 0; c < clusters; c++) {
    const influence = mean - (sum - sums[c]) / (count - counts[c]);
    squares += influence ** 2;
    cubes += influence ** 3;
  }
  const known = clusters > 2 && squares > 0;
  return {
    mean,
    error: Math.sqrt((clusters - 1) / clusters * squares),
    skewness: known
      ? cubes / squares ** 1.5 * Math.sqrt(clusters * (clusters - 1)) / (clusters - 2)
      : 0,
    effective,
  };
}

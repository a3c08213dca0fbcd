/**
 * 95 % intervals over clusters of queries. Which method covers what it should was simulated:
 * docs/statistics.md has the tables, and `deno task statistics` makes them.
 */
import {
  type Clusters,
  type ClusterSums,
  contributions,
  type Estimate,
  estimate,
} from "./clusters.ts";
import type { RankMetric } from "./metrics.ts";
import { studentQuantile } from "./student_t.ts";

/** A 95 % interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The normal distribution's 97.5 % quantile. */
const NORMAL = 1.959963984540054;
/** A standard error below this share of the largest possible one is rounding, not spread. */
const ROUNDING = 1e-9;

/**
 * The 95 % interval of a metric, in [0, 1]. `ranks` [queries] are 1-based.
 * @throws RangeError without queries, or when ranks and clusters are not as many.
 * @example
 * ```ts
 * import { clustersOf } from "./clusters.ts";
 * import { metricInterval } from "./interval.ts";
 * const users = clustersOf([7, 7, 8, 8, 9, 9]); // whose each query is
 * const { low, high } = metricInterval([1, 4, 2, 9, 1, 1], users, "accuracy@1");
 * console.assert(low < 0.5 && 0.5 < high);
 * ```
 */
export function metricInterval(
  ranks: ArrayLike<number>,
  clusters: Clusters,
  metric: RankMetric,
): Interval {
  return shareInterval(contributions(ranks, clusters, metric));
}

/**
 * The 95 % interval of a mean of values in [0, 1]: Student's t over clusters on the logit scale,
 * which stays inside and leans to the longer side. Where the clusters are skewed beyond what the
 * logit takes away, as reciprocal ranks are, its far end is moved on by Hall's transformation
 * (1992, J. R. Stat. Soc. B 54). Where clusters show no spread (no hits, only hits, one cluster,
 * all alike) it is Wilson's over clusters, which needs none: no spread of clusters is larger than
 * that of clusters that are all hits or all misses.
 */
export function shareInterval(sums: ClusterSums): Interval {
  const estimated = estimate(sums);
  return estimateInterval(estimated, studentQuantile(0.975, freedomOf(estimated.effective)));
}

/** As `shareInterval`, of an estimate that reaches `t` standard errors to each side. */
export function estimateInterval(
  { mean, error, skewness, effective }: Estimate,
  t: number,
): Interval {
  const largest = mean * (1 - mean);
  if (!(largest > 0) || error <= ROUNDING * largest) return wilsonInterval(mean, effective);
  const centre = Math.log(mean / (1 - mean));
  const spread = error / largest;
  const left = skewness - 1.5 * (1 - 2 * mean) * spread;
  const skewed = left * skewness > 0 ? left : 0;
  return {
    low: logistic(centre - spread * Math.max(t, unskewed(t, skewed))),
    high: logistic(centre - spread * Math.min(-t, unskewed(-t, skewed))),
  };
}

/**
 * The 95 % interval of a mean of values in [-1, 1], the differences of two models: Student's t over
 * clusters. Where no cluster differs it is as wide as Wilson's interval of the share of clusters
 * that do; where they show no spread otherwise, Wilson's with [-1, 1] as the whole.
 */
export function differenceInterval(sums: ClusterSums): Interval {
  const { mean, error, effective } = estimate(sums);
  if (sums.sums.every((sum) => sum === 0)) {
    const { high } = wilsonInterval(0, effective);
    return { low: -high, high };
  }
  if (error <= ROUNDING) {
    const { low, high } = wilsonInterval((1 + mean) / 2, effective);
    return { low: 2 * low - 1, high: 2 * high - 1 };
  }
  const reach = studentQuantile(0.975, freedomOf(effective)) * error;
  return { low: Math.max(-1, mean - reach), high: Math.min(1, mean + reach) };
}

/** Wilson's 95 % score interval of a share seen in `n` trials (Wilson 1927). */
export function wilsonInterval(share: number, n: number): Interval {
  const square = NORMAL ** 2 / n;
  const centre = (share + square / 2) / (1 + square);
  const reach = NORMAL * Math.sqrt(share * (1 - share) / n + square / (4 * n)) / (1 + square);
  return {
    low: share === 0 ? 0 : Math.max(0, centre - reach),
    high: share === 1 ? 1 : Math.min(1, centre + reach),
  };
}

/** Degrees of freedom of a standard error over so many clusters of equal size. */
export const freedomOf = (effective: number): number => Math.max(1, effective - 1);
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * Where a statistic of this skewness lies when its normalised value is t: Hall's cubic, inverted.
 */
function unskewed(t: number, skewness: number): number {
  if (Math.abs(skewness) < 1e-6) return t;
  return 3 / skewness * (Math.cbrt(1 + skewness * (t - skewness / 6)) - 1);
}

/** The same queries answered by two models: how far apart they are, and whether that is noise. */
import { type Clusters, contributions } from "./clusters.ts";
import { differenceInterval, type Interval } from "./interval.ts";
import type { MetricName } from "./metrics.ts";
import { drawSigns, signFlipTest, type Signs } from "./sign_flips.ts";

/** A model's metric minus another's over the same queries. */
export interface PairedDifference {
  readonly difference: number;
  /** 95 % interval of the difference. */
  readonly interval: Interval;
  /** Two-sided mid-p of the sign-flip test over clusters; 1 where no cluster differs. */
  readonly p: number;
  /** Whether every assignment of signs was counted; else some were drawn. */
  readonly exact: boolean;
  /** Clusters whose contributions differ. */
  readonly differing: number;
}

/**
 * Metric of `a` minus metric of `b`. `signs` are drawn where they cannot be enumerated: a seed, or
 * signs that several comparisons share.
 * @throws RangeError when the models were not asked the same number of queries.
 * @example
 * ```ts
 * import { clustersOf } from "./clusters.ts";
 * import { pairedDifference } from "./paired.ts";
 * const users = clustersOf([7, 7, 8, 8, 9, 9]);
 * const better = [1, 1, 1, 9, 1, 1];
 * const { difference, p } = pairedDifference(better, [1, 4, 2, 9, 1, 3], users, "accuracy@1", 1);
 * console.assert(difference === 0.5 && p === 1 / 8);
 * ```
 */
export function pairedDifference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  clusters: Clusters,
  metric: MetricName,
  signs: number | (() => Signs),
): PairedDifference {
  if (a.length !== b.length) {
    throw new RangeError(
      `a paired comparison needs the same queries, got ${a.length} and ${b.length} ranks`,
    );
  }
  const { sums, counts } = contributions(a, clusters, metric);
  contributions(b, clusters, metric).sums.forEach((sum, cluster) => {
    const difference = sums[cluster] - sum;
    // sums of the same reciprocal ranks in another order are the same
    sums[cluster] = Math.abs(difference) < 1e-12 * counts[cluster] ? 0 : difference;
  });
  const drawn = typeof signs === "number" ? () => drawSigns(signs, clusters.count) : signs;
  const queries = counts.reduce((total, n) => total + n, 0);
  return {
    difference: sums.reduce((total, x) => total + x, 0) / queries,
    interval: differenceInterval({ sums, counts }),
    ...signFlipTest(sums, drawn),
    differing: sums.filter((x) => x !== 0).length,
  };
}

/**
 * Signs drawn once, when they are first asked for, for several comparisons of the same clusters.
 */
export function sharedSigns(seed: number, clusters: number): () => Signs {
  let drawn: Signs | undefined;
  return () => drawn ??= drawSigns(seed, clusters);
}

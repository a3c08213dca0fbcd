/**
 * Metrics from 1-based ranks alone, with one relevant course a query: Accuracy@1 = Recall@1 = HR@1;
 * MRR over the full ranking (notebook cell 06-05); NDCG@k with one relevant item is 1/log2(rank +
 * 1) inside the top k (Järvelin & Kekäläinen 2002). Means sum as NumPy does, so that they equal the
 * notebook's to the last bit.
 */
import { pairwiseSum } from "./pairwise_sum.ts";

/** The metrics of the notebook, under its names. */
export interface Metrics {
  "accuracy@1": number;
  "recall@5": number;
  "recall@10": number;
  mrr: number;
}

/** The notebook's metric names, in its order. */
export const METRIC_NAMES = ["accuracy@1", "recall@5", "recall@10", "mrr"] as const;
/** One of the notebook's metrics. */
export type MetricName = typeof METRIC_NAMES[number];

/** Every metric that follows from the label's rank: the notebook's first. */
export const RANK_METRICS = [...METRIC_NAMES, "ndcg@5", "ndcg@10", "ndcg@20"] as const;
/** A metric that follows from the label's rank. */
export type RankMetric = typeof RANK_METRICS[number];

/** What one query of rank r contributes to a metric; the metric is the mean of these. */
export const CONTRIBUTION: Readonly<Record<RankMetric, (rank: number) => number>> = {
  "accuracy@1": (rank) => rank <= 1 ? 1 : 0,
  "recall@5": (rank) => rank <= 5 ? 1 : 0,
  "recall@10": (rank) => rank <= 10 ? 1 : 0,
  mrr: (rank) => 1 / rank,
  "ndcg@5": discounted(5),
  "ndcg@10": discounted(10),
  "ndcg@20": discounted(20),
};

function discounted(k: number): (rank: number) => number {
  return (rank) => rank <= k ? 1 / Math.log2(rank + 1) : 0;
}

/**
 * Share of queries whose label is among the first k. `ranks` [queries] are 1-based.
 * @throws RangeError without ranks.
 *
 * @example
 * ```ts
 * import { meanReciprocalRank, ndcgAt, recallAt } from "./metrics.ts";
 *
 * const ranks = [1, 3, 12, 2];
 * if (recallAt(ranks, 3) !== 3 / 4) throw new Error("three of four labels are among the first 3");
 * if (meanReciprocalRank(ranks) !== (1 + 1 / 3 + 1 / 12 + 1 / 2) / 4) throw new Error("MRR");
 * if (ndcgAt([1, 3], 10) !== (1 + 1 / 2) / 2) throw new Error("1/log2(3 + 1) for rank 3");
 * ```
 */
export function recallAt(ranks: ArrayLike<number>, k: number): number {
  return mean(ranks, (rank) => rank <= k ? 1 : 0);
}

/** Mean of 1/rank. `ranks` [queries] are 1-based. @throws RangeError without ranks. */
export function meanReciprocalRank(ranks: ArrayLike<number>): number {
  return mean(ranks, (rank) => 1 / rank);
}

/**
 * Normalised discounted cumulative gain at k with one relevant course (Järvelin & Kekäläinen 2002):
 * the mean of 1/log2(rank + 1) where the rank is at most k, else 0. @throws RangeError without
 * ranks.
 */
export function ndcgAt(ranks: ArrayLike<number>, k: number): number {
  return mean(ranks, discounted(k));
}

/** One metric over all ranks. @throws RangeError without ranks. */
export function rankMetric(ranks: ArrayLike<number>, metric: RankMetric): number {
  return mean(ranks, CONTRIBUTION[metric]);
}

/**
 * The notebook's four metrics.
 * @example
 * ```ts
 * import { computeMetrics } from "./metrics.ts";
 * const metrics = computeMetrics([1, 2, 20]);
 * console.assert(metrics["accuracy@1"] === 1 / 3 && metrics["recall@5"] === 2 / 3);
 * ```
 */
export function computeMetrics(ranks: ArrayLike<number>): Metrics {
  return Object.fromEntries(
    METRIC_NAMES.map((name) => [name, mean(ranks, CONTRIBUTION[name])]),
  ) as unknown as Metrics;
}

/** The place of a label: courses that score higher, and others that score the same. */
export interface TiedPlace {
  readonly above: number;
  readonly tied: number;
}

/**
 * The four metrics as they are on average when courses of equal score are put in random order: each
 * label at every place that it shares, equally often.
 */
export function expectedMetrics(places: readonly TiedPlace[]): Metrics {
  const hits = (k: number) => ({ above, tied }: TiedPlace) =>
    Math.min(1, Math.max(0, k - above) / (tied + 1));
  return {
    "accuracy@1": mean(places, hits(1)),
    "recall@5": mean(places, hits(5)),
    "recall@10": mean(places, hits(10)),
    mrr: mean(places, ({ above, tied }) => {
      let sum = 0;
      for (let rank = above + tied + 1; rank > above; rank--) sum += 1 / rank;
      return sum / (tied + 1);
    }),
  };
}

function mean<T>(values: ArrayLike<T>, contribution: (value: T) => number): number {
  if (values.length === 0) throw new RangeError("a metric needs at least one rank");
  return pairwiseSum(Float64Array.from(values, contribution)) / values.length;
}

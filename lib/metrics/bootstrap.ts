/**
 * Bootstrap over episodes: queries of one learner are not independent, so whole episodes are drawn
 * with replacement (Efron & Tibshirani 1993, cluster bootstrap). Deterministic per seed.
 */
import { streamKey, threefry } from "../random/threefry.ts";
import { CONTRIBUTION, type MetricName } from "./metrics.ts";

/** A 95 % percentile interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Resamples drawn; the ends of an interval move by less than a tenth of its width between seeds.
 */
const RESAMPLES = 2000;

/**
 * Sums and counts an episode, from ranks in evaluation order and the episodes' offsets into them.
 */
interface Clusters {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
}

/** 95 % interval of a metric. `offsets` [episodes + 1] bound each episode's ranks. */
export function bootstrapInterval(
  ranks: ArrayLike<number>,
  offsets: ArrayLike<number>,
  metric: MetricName,
  seed: number,
): Interval {
  const clusters = clustersOf(ranks, offsets, metric);
  return percentiles(resample(offsets.length - 1, seed, metric, (draw) => meanOf(clusters, draw)));
}

/** A paired comparison: the difference of two models' metric over the same queries. */
export interface PairedDifference {
  readonly difference: number;
  readonly interval: Interval;
  /**
   * Two-sided bootstrap p-value: twice the smaller share of resamples on the other side of zero, at
   * least 1/resamples.
   */
  readonly p: number;
}

/** Metric of `a` minus metric of `b` with its interval; the same episodes are drawn for both. */
export function pairedBootstrap(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  offsets: ArrayLike<number>,
  metric: MetricName,
  seed: number,
): PairedDifference {
  if (a.length !== b.length) {
    throw new RangeError(
      `a paired comparison needs the same queries, got ${a.length} and ${b.length} ranks`,
    );
  }
  const left = clustersOf(a, offsets, metric);
  const right = clustersOf(b, offsets, metric);
  const episodes = offsets.length - 1;
  const all = Int32Array.from({ length: episodes }, (_, i) => i);
  const differences = resample(
    episodes,
    seed,
    metric,
    (draw) => meanOf(left, draw) - meanOf(right, draw),
  );
  const above = differences.filter((x) => x >= 0).length;
  const below = differences.filter((x) => x <= 0).length;
  const p = Math.min(1, 2 * Math.max(1, Math.min(above, below)) / RESAMPLES);
  return {
    difference: meanOf(left, all) - meanOf(right, all),
    interval: percentiles(differences),
    p,
  };
}

function clustersOf(
  ranks: ArrayLike<number>,
  offsets: ArrayLike<number>,
  metric: MetricName,
): Clusters {
  const episodes = offsets.length - 1;
  const sums = new Float64Array(episodes);
  const counts = new Float64Array(episodes);
  if (episodes < 1) throw new RangeError("a bootstrap needs at least one episode");
  for (let e = 0; e < episodes; e++) {
    for (let i = offsets[e]; i < offsets[e + 1]; i++) sums[e] += CONTRIBUTION[metric](ranks[i]);
    counts[e] = offsets[e + 1] - offsets[e];
  }
  return { sums, counts };
}

function meanOf({ sums, counts }: Clusters, draw: Int32Array): number {
  let sum = 0;
  let count = 0;
  for (const e of draw) {
    sum += sums[e];
    count += counts[e];
  }
  return sum / count;
}

function resample(
  episodes: number,
  seed: number,
  metric: MetricName,
  statistic: (draw: Int32Array) => number,
): Float64Array {
  const draw = new Int32Array(episodes);
  const words = new Uint32Array(2);
  const stream = streamKey(`bootstrap/${metric}`);
  return Float64Array.from({ length: RESAMPLES }, (_, r) => {
    for (let i = 0; i < episodes; i++) {
      draw[i] = Math.floor(threefry(seed, stream, r, i, words)[0] / 0x100000000 * episodes);
    }
    return statistic(draw);
  });
}

function percentiles(values: Float64Array): Interval {
  const sorted = values.slice().sort();
  return {
    low: sorted[Math.floor(0.025 * (sorted.length - 1))],
    high: sorted[Math.ceil(0.975 * (sorted.length - 1))],
  };
}

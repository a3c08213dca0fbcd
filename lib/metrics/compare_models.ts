/**
 * All models of a run against each other: which differ by more than noise, and which are the best
 * within noise. Every pair counts, since the best is known as such only after looking at all.
 */
import { type Clusters, FEWEST_CLUSTERS } from "./clusters.ts";
import { holm } from "./holm.ts";
import { METRIC_NAMES, type MetricName, type Metrics } from "./metrics.ts";
import { type PairedDifference, pairedDifference, sharedSigns } from "./paired.ts";

/** Chance of calling an equal pair different, over all comparisons that are read together. */
export const LEVEL = 0.05;

/** A comparison with its p-value adjusted for all that are read together with it. */
export interface Judged {
  /** Holm's p-value over the comparisons in which any cluster differs. */
  readonly pHolm: number;
  /** The difference is more than noise; never with fewer clusters than a verdict needs. */
  readonly distinguishable: boolean;
}

/** Two models by one metric, the one with the higher value first. */
export interface ModelComparison extends PairedDifference, Judged {
  readonly metric: MetricName;
  readonly better: string;
  readonly worse: string;
}

/** All comparisons of a run's models. */
export interface ModelComparisons {
  /** Users. */
  readonly clusters: number;
  /** There are as many clusters as a verdict needs. */
  readonly enough: boolean;
  /** Comparisons over which p-values are adjusted: those in which any cluster differs. */
  readonly adjustedFor: number;
  readonly comparisons: readonly ModelComparison[];
}

/**
 * Adds Holm's p-values and verdicts. Comparisons in which no cluster differs are no hypotheses that
 * could be rejected and do not count (Tarone 1990).
 */
export function judge<T extends PairedDifference>(
  comparisons: readonly T[],
  clusters: number,
): { readonly judged: readonly (T & Judged)[]; readonly adjustedFor: number } {
  const counted = comparisons.filter(({ differing }) => differing > 0);
  const adjusted = holm(counted.map(({ p }) => p));
  const pHolm = new Map(counted.map((comparison, i) => [comparison, adjusted[i]]));
  const judged = comparisons.map((comparison) => {
    const p = pHolm.get(comparison) ?? 1;
    return {
      ...comparison,
      pHolm: p,
      distinguishable: clusters >= FEWEST_CLUSTERS && p <= LEVEL,
    };
  });
  return { judged, adjustedFor: counted.length };
}

/**
 * Compares every two models by every metric. `ranks` hold each model's [queries], 1-based, of the
 * same queries; `clusters` says which queries are of one user.
 *
 * @example
 * ```ts
 * import { clustersOf } from "./clusters.ts";
 * import { compareModels, standing } from "./compare_models.ts";
 * import { computeMetrics } from "./metrics.ts";
 *
 * const users = Array.from({ length: 40 }, (_, query) => query >> 1); // two queries each
 * const ranks = { good: users.map(() => 1), bad: users.map((user) => 2 + user % 3) };
 * const comparisons = compareModels(ranks, clustersOf(Int32Array.from(users)), 1);
 * const metrics = { good: computeMetrics(ranks.good), bad: computeMetrics(ranks.bad) };
 * const { best } = standing(metrics, comparisons, "mrr");
 * if (best.join() !== "good") throw new Error(`within noise of the best: ${best}`);
 * ```
 */
export function compareModels(
  ranks: Readonly<Record<string, ArrayLike<number>>>,
  clusters: Clusters,
  seed: number,
): ModelComparisons {
  const names = Object.keys(ranks);
  const signs = sharedSigns(seed, clusters.count);
  const pairs = METRIC_NAMES.flatMap((metric) =>
    names.flatMap((a, i) =>
      names.slice(i + 1).map((b) => {
        const paired = pairedDifference(ranks[a], ranks[b], clusters, metric, signs);
        return paired.difference < 0
          ? { ...turned(paired), metric, better: b, worse: a }
          : { ...paired, metric, better: a, worse: b };
      })
    )
  );
  const { judged, adjustedFor } = judge(pairs, clusters.count);
  const enough = clusters.count >= FEWEST_CLUSTERS;
  return { clusters: clusters.count, enough, adjustedFor, comparisons: judged };
}

/** The same difference seen from the other model. */
function turned(paired: PairedDifference): PairedDifference {
  const { difference, interval: { low, high } } = paired;
  return { ...paired, difference: -difference, interval: { low: -high, high: -low } };
}

/** Who is first by a metric. */
export interface Standing {
  readonly metric: MetricName;
  /** The highest value. */
  readonly value: number;
  /** The models that have it; several where they tie, all of them at a value of 0. */
  readonly first: readonly string[];
  /**
   * The best within noise, in order of merit: the first and whoever cannot be told from one of
   * them. Empty where nobody is best: at a highest value of 0, and with too few clusters.
   */
  readonly best: readonly string[];
}

/** Who is first by a metric, and who cannot be told from the first. */
export function standing(
  metrics: Readonly<Record<string, Metrics>>,
  { comparisons, enough }: ModelComparisons,
  metric: MetricName,
): Standing {
  const order = byMerit(metrics).sort((a, b) => metrics[b][metric] - metrics[a][metric]);
  const value = metrics[order[0]][metric];
  const first = order.filter((name) => metrics[name][metric] === value);
  const beaten = new Map<string, number>();
  for (const { metric: of, better, worse, distinguishable } of comparisons) {
    if (of === metric && distinguishable && first.includes(better)) {
      beaten.set(worse, (beaten.get(worse) ?? 0) + 1);
    }
  }
  const best = order.filter((name) => (beaten.get(name) ?? 0) < first.length);
  return { metric, value, first, best: enough && value > 0 ? best : [] };
}

/** Names from best to worst: by Accuracy@1, then MRR, then name. */
export function byMerit(metrics: Readonly<Record<string, Metrics>>): string[] {
  return Object.keys(metrics).sort((a, b) => {
    const [x, y] = [metrics[a], metrics[b]];
    return y["accuracy@1"] - x["accuracy@1"] || y.mrr - x.mrr || (a < b ? -1 : 1);
  });
}

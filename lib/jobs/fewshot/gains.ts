/** What each method gains over the base model and over its placebo, and whether that is noise. */
import { type Clusters, clustersOf, tooFewOf } from "../../metrics/clusters.ts";
import { judge, type Judged } from "../../metrics/compare_models.ts";
import { computeMetrics, type MetricName, type Metrics } from "../../metrics/metrics.ts";
import { type PairedDifference, pairedDifference, sharedSigns } from "../../metrics/paired.ts";
import { inOwnSession } from "../../fewshot/task.ts";
import type { Ground, Trial } from "./trial.ts";

/** A difference of the metric by which methods are chosen. */
export type Gain = PairedDifference & Judged;

/** A trial with all that is said of it. */
export interface Measured {
  readonly trial: Trial;
  readonly metrics: Metrics;
  readonly gain: Gain;
  readonly gainOverPlacebo: Gain;
  readonly split: SessionSplit;
}

/** Metrics of queries whose own session holds a support pair, and of the others. */
export interface SessionSplit {
  readonly own?: Metrics;
  readonly others?: Metrics;
}

/** The trials of a run together. */
export interface Gains {
  readonly metric: MetricName;
  readonly measured: readonly Measured[];
  readonly zeroShot: { readonly metrics: Metrics; readonly split: SessionSplit };
  readonly users: number;
  readonly ownSessionQueries: number;
  /** Why nothing is told apart, where it is not. */
  readonly tooFew?: string;
  readonly adjustedFor: number;
}

/**
 * Compares the trials, Holm's p-values over all of them: each method against the base model and
 * against its placebo.
 */
export function gainsOf(ground: Ground, trials: readonly Trial[], seed: number): Gains {
  const { metric, test, zeroShot } = ground;
  const clusters = clustersOf(test.asked.users);
  const own = inOwnSession(test);
  const signs = sharedSigns(seed, clusters.count);
  const against = (a: Float64Array, b: Float64Array) =>
    pairedDifference(a, b, clusters, metric, signs);
  const differences = trials.flatMap(({ ranks, placebo }) => [
    against(ranks, zeroShot.test),
    against(ranks, placebo),
  ]);
  const { judged, adjustedFor } = judge(differences, clusters.count);
  return {
    metric,
    measured: trials.map((trial, i) => ({
      trial,
      metrics: computeMetrics(trial.ranks),
      gain: judged[2 * i],
      gainOverPlacebo: judged[2 * i + 1],
      split: splitOf(trial.ranks, own),
    })),
    zeroShot: { metrics: computeMetrics(zeroShot.test), split: splitOf(zeroShot.test, own) },
    ...counted(clusters, test.tasks.length),
    ownSessionQueries: own.filter((is) => is).length,
    adjustedFor,
  };
}

function counted(clusters: Clusters, episodes: number) {
  const tooFew = tooFewOf(clusters.count, episodes);
  return { users: clusters.count, ...(tooFew !== undefined && { tooFew }) };
}

function splitOf(ranks: Float64Array, own: readonly boolean[]): SessionSplit {
  const metricsOf = (some: Float64Array) => some.length === 0 ? undefined : computeMetrics(some);
  return {
    own: metricsOf(ranks.filter((_, query) => own[query])),
    others: metricsOf(ranks.filter((_, query) => !own[query])),
  };
}

/** What the evaluations of several models say together: intervals, comparisons, who is best. */
import { counted } from "../errors/counted.ts";
import type { Evaluation } from "../evaluation/evaluate.ts";
import type { Queries } from "../evaluation/queries.ts";
import { type Clusters, clustersOf, FEWEST_CLUSTERS, tooFewOf } from "../metrics/clusters.ts";
import {
  compareModels,
  LEVEL,
  type ModelComparisons,
  type Standing,
  standing,
} from "../metrics/compare_models.ts";
import { type Interval, metricInterval } from "../metrics/interval.ts";
import {
  METRIC_NAMES,
  type MetricName,
  RANK_METRICS,
  type RankMetric,
} from "../metrics/metrics.ts";

/** Of one metric each. */
type ByMetric<T> = Readonly<Record<MetricName, T>>;

/** An interval of each metric that follows from ranks. */
type Intervals = Readonly<Record<RankMetric, Interval>>;

/** Everything that is said of models beyond their metrics. */
export interface Statistics {
  /** Episodes evaluated, and the users whose they are. */
  readonly episodes: number;
  readonly users: number;
  /** Why nothing is told apart, where it is not: "too few episodes to tell". */
  readonly tooFew?: string;
  /** 95 % intervals by model. */
  readonly intervals: Readonly<Record<string, Intervals>>;
  readonly comparisons: ModelComparisons;
  readonly standings: ByMetric<Standing>;
}

/** The statistics of models that were asked the same queries. */
export function statisticsOf(
  evaluations: Readonly<Record<string, Evaluation>>,
  { users, episodeOffsets }: Pick<Queries, "users" | "episodeOffsets">,
  seed: number,
): Statistics {
  const clusters = clustersOf(users);
  const ranks = ofEach(evaluations, (evaluation) => evaluation.ranks);
  const metrics = ofEach(evaluations, (evaluation) => evaluation.metrics);
  const comparisons = compareModels(ranks, clusters, seed);
  const episodes = episodeOffsets.length - 1;
  return {
    episodes,
    users: clusters.count,
    tooFew: tooFewOf(clusters.count, episodes),
    intervals: ofEach(evaluations, (evaluation) => intervalsOf(evaluation.ranks, clusters)),
    comparisons,
    standings: byMetric((metric) => standing(metrics, comparisons, metric)),
  };
}

/** 95 % intervals of every metric. */
function intervalsOf(ranks: ArrayLike<number>, clusters: Clusters): Intervals {
  const entries = RANK_METRICS.map((metric) => [metric, metricInterval(ranks, clusters, metric)]);
  return Object.fromEntries(entries) as Record<RankMetric, Interval>;
}

function byMetric<T>(value: (metric: MetricName) => T): Record<MetricName, T> {
  const entries = METRIC_NAMES.map((metric) => [metric, value(metric)]);
  return Object.fromEntries(entries) as Record<MetricName, T>;
}

/** One value of each model's evaluation, by model. */
export function ofEach<T>(
  evaluations: Readonly<Record<string, Evaluation>>,
  value: (evaluation: Evaluation) => T,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(evaluations).map(([name, evaluation]) => [name, value(evaluation)]),
  );
}

/** The fields of results.json and of evaluations that say how sure their numbers are. */
export function statisticsFields(
  evaluations: Readonly<Record<string, Evaluation>>,
  { users, intervals, comparisons: { adjustedFor }, standings }: Statistics,
) {
  return {
    intervals_95: intervals,
    best_within_noise: byMetric((metric) => standings[metric].best),
    statistics: {
      users,
      intervals: "Student's t over users on the logit scale; Wilson's where users show no spread",
      p_values: "sign flips over users, two-sided, ties counted half",
      distinguishable:
        `p ≤ ${LEVEL} after Holm's adjustment for ${counted(adjustedFor, "comparison")}, ` +
        `with ${FEWEST_CLUSTERS} users at least`,
    },
    tied_queries: ofEach(evaluations, ({ tiedQueries }) => tiedQueries ?? null),
    ties_in_random_order: ofEach(
      evaluations,
      ({ underTies }) =>
        underTies === undefined ? null : { mean_rank: underTies.meanRank, ...underTies.metrics },
    ),
  };
}

/** Every comparison as report.json keeps it. */
export function comparisonFields({ comparisons }: ModelComparisons) {
  return comparisons.map((comparison) => ({
    metric: comparison.metric,
    better: comparison.better,
    worse: comparison.worse,
    difference: comparison.difference,
    interval_95: comparison.interval,
    p: comparison.p,
    p_exact: comparison.exact,
    p_holm: comparison.pHolm,
    distinguishable: comparison.distinguishable,
  }));
}

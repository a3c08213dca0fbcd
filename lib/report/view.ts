/** What every section of a run's page starts from. */
import { clustersOf } from "../metrics/clusters.ts";
import { byMerit, compareModels, type Standing, standing } from "../metrics/compare_models.ts";
import { METRIC_NAMES, type MetricName, type Metrics } from "../metrics/metrics.ts";
import type { RunDocuments } from "../runs/run_documents.ts";
import { type Look, looksOf } from "./palette.ts";
import { usersOf } from "./users.ts";

/** A run's documents, its models from best to worst, and how each is drawn. */
export interface View extends RunDocuments {
  /** By Accuracy@1, then MRR, then name; the ceiling is none of them. */
  readonly models: readonly string[];
  readonly looks: Readonly<Record<string, Look>>;
  /** What the run says of its models, in its order; of older runs the names alone are known. */
  readonly about: readonly (readonly [string, ModelNote])[];
  /** What knowing the synthetic data's process would reach, as far as it is known. */
  readonly ceiling: Partial<Metrics>;
  /** Users whose queries were asked. */
  readonly users: number;
  /** [queries] whose each is, as a number. */
  readonly userOf: readonly number[];
  /** Who is first by each metric, and who cannot be told from the first. */
  readonly standings: Readonly<Record<MetricName, Standing>>;
}

/** What a run's configuration says of a model. */
export type ModelNote = NonNullable<RunDocuments["config"]["models"]>[string];

/** The name under which results of older runs keep the ceiling. */
const OLD_CEILING = "oracle";
/** A share of tied queries above which a mean rank is told with ties in random order too. */
const MANY_TIES = 0.01;

/** The view of a run. */
export function viewOf(documents: RunDocuments): View {
  const { baselines, ceiling, [OLD_CEILING]: old } = documents.results;
  const models = ranked(baselines);
  return {
    ...documents,
    models,
    looks: looksOf(inOrder(baselines)),
    about: Object.entries(documents.config.models ?? {}),
    ceiling: metricsIn(ceiling ?? old ?? baselines[OLD_CEILING]),
    ...standingsOf(documents, models),
  };
}

function standingsOf(
  { config, results, queries }: RunDocuments,
  models: readonly string[],
): Pick<View, "users" | "userOf" | "standings"> {
  const userOf = usersOf([queries]);
  const clusters = clustersOf(userOf);
  const of = <T>(values: Readonly<Record<string, T>>) =>
    Object.fromEntries(models.map((model) => [model, values[model]]));
  const comparisons = compareModels(of(queries.ranks), clusters, config.seed);
  const standings = METRIC_NAMES.map((metric) =>
    [metric, standing(of(results.baselines), comparisons, metric)] as const
  );
  return {
    users: clusters.count,
    userOf,
    standings: Object.fromEntries(standings) as Record<MetricName, Standing>,
  };
}

/** The mean rank of the right course. */
export function meanRank({ queries }: RunDocuments, model: string): number {
  const ranks = queries.ranks[model];
  return ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
}

/** Whether so many of a model's queries are tied that the order of ties matters. */
export function isManyTied({ results }: RunDocuments, model: string): boolean {
  return (results.tied_queries[model] ?? 0) > MANY_TIES * results.n_queries;
}

/** Groups of settings in a run's configuration, such as `gru_config`, by name without ending. */
export function settingGroups(config: object): (readonly [string, Record<string, unknown>])[] {
  return Object.entries(config).filter(([key, value]) =>
    key.endsWith("_config") && typeof value === "object" && value !== null && !Array.isArray(value)
  ).map(([key, value]) => [key.replace(/_config$/, ""), value]);
}

/** Models in the order of their run. */
export function inOrder(baselines: Readonly<Record<string, Metrics>>): string[] {
  return Object.keys(baselines).filter((model) => model !== OLD_CEILING);
}

/** Models from best to worst. */
export function ranked(baselines: Readonly<Record<string, Metrics>>): string[] {
  return byMerit(Object.fromEntries(inOrder(baselines).map((model) => [model, baselines[model]])));
}

/** The metrics in a record, or in its field `metrics`. */
function metricsIn(value: unknown): Partial<Metrics> {
  if (typeof value !== "object" || value === null) return {};
  const outer = value as Record<string, unknown>;
  const inner = outer.metrics;
  const holder = typeof inner === "object" && inner !== null ? inner : outer;
  return Object.fromEntries(
    METRIC_NAMES.map((name) => [name, (holder as Record<string, unknown>)[name]]).filter(([, x]) =>
      typeof x === "number" && Number.isFinite(x)
    ),
  );
}

/** Every metric beyond the notebook's four, as documents and the terminal have it. */
import { counted } from "../errors/counted.ts";
import { learnersByCourse } from "../dataset/course_learners.ts";
import type { Dataset } from "../dataset/dataset.ts";
import type { Evaluation } from "../evaluation/evaluate.ts";
import {
  type Measured,
  type MeasuredGroup,
  type MeasuredRun,
  measureRun,
  type Measures,
} from "../evaluation/measures.ts";
import { newQueries } from "../evaluation/groups.ts";
import type { Queries } from "../evaluation/queries.ts";
import { LIST_METRICS } from "../metrics/lists.ts";
import { computeMetrics, METRIC_NAMES, RANK_METRICS } from "../metrics/metrics.ts";
import { MEASURE_TITLES } from "../report/numbers.ts";
import { table } from "../terminal/table.ts";
import { resultsTable } from "./baselines/say.ts";
import { type Statistics, statisticsOf } from "./statistics.ts";

/** What evaluations say by every metric. */
export interface Measurement extends MeasuredRun {
  /** The variant's models under names of their own, and who is best among them. */
  readonly variant?: {
    readonly evaluations: Readonly<Record<string, Evaluation>>;
    readonly statistics: Statistics;
  };
}

/** The name of a model in the variant without a query's own courses. */
export const seenExcludedName = (model: string): string => `${model}, seen excluded`;

/** Measures evaluations on the same queries; `dataset` has the training learners. */
export function measure(
  evaluations: Readonly<Record<string, Evaluation>>,
  queries: Queries,
  { courses, splits: { train } }: Dataset,
  seed: number,
): Measurement {
  const run = measureRun(evaluations, queries, {
    learners: train.pairs.users.length,
    took: learnersByCourse(train.pairs, courses.length),
  });
  if (run.seenExcluded === undefined) return run;
  const variant = Object.fromEntries(
    Object.entries(evaluations).map(([model, { seenExcluded }]) => {
      const { ranks } = seenExcluded!;
      return [seenExcludedName(model), { ranks, metrics: computeMetrics(ranks) }];
    }),
  );
  const users = Int32Array.from(newQueries(queries), (query) => queries.users[query]);
  const statistics = statisticsOf(variant, { ...queries, users }, seed);
  return { ...run, variant: { evaluations: variant, statistics } };
}

/** Every metric of each model over all queries, the notebook's four first. */
export function measuresOf({ all: { models } }: Measurement): Record<string, Measures> {
  return ofModels(models, ({ measures }) => measures);
}

/** The further fields of results.json and of evaluations. */
export function measureFields({ groups, seenExcluded, variant }: Measurement) {
  return {
    groups: groups.map(groupFields),
    ...seenExcluded && {
      seen_excluded: {
        ...groupFields(seenExcluded.all),
        best_within_noise: Object.fromEntries(
          METRIC_NAMES.map((metric) => [metric, variant!.statistics.standings[metric].best]),
        ),
        groups: seenExcluded.groups.filter(({ by }) => by !== "label").map(groupFields),
      },
    },
  };
}

function groupFields({ by, name, queries, users, models }: MeasuredGroup) {
  return {
    by,
    name,
    n_queries: queries,
    n_users: users,
    baselines: ofModels(models, ({ measures }) => measures),
    intervals_95: ofModels(models, ({ intervals }) => intervals),
  };
}

function ofModels<T>(
  models: MeasuredGroup["models"],
  value: (measured: Measured) => T,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(models).map(([name, measured]) => [name, value(measured)]),
  );
}

/** The tables of the terminal, and a line below each that says how to read it. */
export function measureTables({ all, groups, seenExcluded, variant }: Measurement): string {
  const labels = groups.filter(({ by }) => by === "label");
  return [
    furtherTable(all, (model) => model),
    labels.length > 1 ? labelTable(labels) : `${ONE_KIND[labels[0].name]} in every query.`,
    ...seenExcluded === undefined ? [] : [
      `${resultsTable(variant!.evaluations, variant!.statistics, undefined)}\n` +
      `Seen excluded: ranked among the courses that the prefix does not have, in the ` +
      `${count(seenExcluded.all.queries)} of ${counted(all.queries, "query")} whose right course ` +
      "is one of them",
      furtherTable(seenExcluded.all, seenExcludedName),
    ],
  ].join("\n\n");
}

const FURTHER = [
  ...RANK_METRICS.filter((metric) => metric.startsWith("ndcg")),
  ...LIST_METRICS,
] as const;

function furtherTable({ models }: MeasuredGroup, nameOf: (model: string) => string): string {
  const rows = Object.entries(models).map(([model, { measures }]) => [
    nameOf(model),
    ...FURTHER.map((metric) => digits(measures[metric])),
  ]);
  return `${table(["Model", ...FURTHER.map((metric) => MEASURE_TITLES[metric])], rows)}\n` +
    "Of the first ten: coverage, share of all courses that are in any; popularity, share of " +
    "training learners who took one;\nnovelty, its surprise in bits; Gini, 0 when every course " +
    "is shown as often";
}

const ONE_KIND: Readonly<Record<string, string>> = {
  returns: "The right course is in the prefix",
  new: "The right course is new",
};
const SPLIT_METRICS = [["accuracy@1", "Acc@1"], ["recall@10", "Recall@10"], [
  "mrr",
  "MRR",
]] as const;

function labelTable(labels: readonly MeasuredGroup[]): string {
  const [first] = labels;
  const rows = Object.keys(first.models).map((model) => [
    model,
    ...SPLIT_METRICS.flatMap(([metric]) =>
      labels.map(({ models }) => digits(models[model].measures[metric]))
    ),
  ]);
  const heads = SPLIT_METRICS.flatMap(([, title]) => labels.map(({ name }) => `${title} ${name}`));
  const [returns, others] = labels.map(({ queries }) => queries);
  return `${table(["Model", ...heads], rows)}\n` +
    `Returns: the ${
      counted(returns, "query")
    } whose right course is in the prefix; new: the other ${count(others)}`;
}

const digits = (value: Measures[keyof Measures]) => value === undefined ? "–" : value.toFixed(4);
const count = (n: number) => n.toLocaleString("en");

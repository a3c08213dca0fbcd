/** Every metric of a model, over all queries and over each group of them. */
import { clustersOf } from "../metrics/clusters.ts";
import { type Interval, metricInterval } from "../metrics/interval.ts";
import { type CourseLearners, type ListMetrics, listMetrics } from "../metrics/lists.ts";
import { RANK_METRICS, type RankMetric, rankMetric } from "../metrics/metrics.ts";
import type { Evaluation } from "./evaluate.ts";
import { newQueries, type QueryGroup, queryGroups } from "./groups.ts";
import type { Queries } from "./queries.ts";
import type { Tally } from "./tally.ts";

/** Every metric over some queries: the notebook's four first; lists unknown on a device. */
export type Measures = Readonly<Record<RankMetric, number>> & Partial<ListMetrics>;

/** A model over some queries. */
export interface Measured {
  readonly measures: Measures;
  /** 95 % intervals over users. */
  readonly intervals: Readonly<Record<RankMetric, Interval>>;
}

/** A group of queries with every model's measures on it. */
export interface MeasuredGroup {
  /** "all", or what the queries are grouped by. */
  readonly by: "all" | QueryGroup["by"];
  readonly name: string;
  readonly queries: number;
  readonly users: number;
  readonly models: Readonly<Record<string, Measured>>;
}

/** The measures of a run's models: over all queries first, then group by group. */
export interface MeasuredRun {
  readonly all: MeasuredGroup;
  readonly groups: readonly MeasuredGroup[];
  /** The variant without each query's own courses; where it was asked. */
  readonly seenExcluded?: {
    readonly all: MeasuredGroup;
    readonly groups: readonly MeasuredGroup[];
  };
}

/** Measures what evaluations on the same queries found. */
export function measureRun(
  evaluations: Readonly<Record<string, Evaluation>>,
  asked: Pick<Queries, "queries" | "labels" | "users">,
  known: CourseLearners,
): MeasuredRun {
  const groups = queryGroups(asked);
  const base = { groups, users: asked.users, known };
  const variants = Object.entries(evaluations).flatMap(([name, { seenExcluded }]) =>
    seenExcluded === undefined ? [] : [[name, seenExcluded] as const]
  );
  const fresh = newQueries(asked);
  const plain = measureGroups({ ...base, found: Object.entries(evaluations) });
  if (variants.length === 0 || fresh.length === 0) return plain;
  return { ...plain, seenExcluded: measureGroups({ ...base, found: variants, only: fresh }) };
}

/** What is measured: each model's ranks and lists, all of the same queries. */
interface Found {
  readonly found: readonly (readonly [string, Pick<Evaluation, "ranks" | "tally">])[];
  readonly groups: readonly QueryGroup[];
  /** [queries] whose each is. */
  readonly users: Int32Array;
  readonly known: CourseLearners;
  /** The queries whose ranks there are, ascending; all where it is not given. */
  readonly only?: readonly number[];
}

function measureGroups({ found, groups, users, known, only }: Found): MeasuredRun {
  const all = only ?? Array.from(users, (_, query) => query);
  const places = new Map(all.map((query, place) => [query, place]));
  const placesOf = ({ queries }: QueryGroup) =>
    queries.map((query) => places.get(query)).filter((place) => place !== undefined);
  const own = all.map((query) => users[query]);
  const byLabel = groups.flatMap(({ by }, g) => by === "label" ? [g] : []);

  const group = (
    of: Pick<MeasuredGroup, "by" | "name">,
    queries: readonly number[],
    g: number[],
  ) => {
    const clusters = clustersOf(queries.map((query) => own[query]));
    const models = found.map(([model, { ranks, tally }]) => {
      const some = Float64Array.from(queries, (query) => ranks[query]);
      const lists = tally && listMetrics(together(tally, g), known);
      return [model, {
        measures: { ...byMetric((metric) => rankMetric(some, metric)), ...lists },
        intervals: byMetric((metric) => metricInterval(some, clusters, metric)),
      }] as const;
    });
    return {
      ...of,
      queries: queries.length,
      users: clusters.count,
      models: Object.fromEntries(models),
    };
  };
  return {
    all: group({ by: "all", name: "all" }, own.map((_, place) => place), byLabel),
    groups: groups.flatMap((some, g) => {
      const queries = placesOf(some);
      return queries.length === 0 ? [] : [group({ by: some.by, name: some.name }, queries, [g])];
    }),
  };
}

/** [courses] the sums of some groups' counts. */
function together(tally: Tally, groups: readonly number[]): Int32Array {
  const [first, ...others] = groups;
  const sum = Int32Array.from(tally[first]);
  for (const g of others) tally[g].forEach((count, item) => sum[item] += count);
  return sum;
}

function byMetric<T>(value: (metric: RankMetric) => T): Record<RankMetric, T> {
  const entries = RANK_METRICS.map((metric) => [metric, value(metric)]);
  return Object.fromEntries(entries) as Record<RankMetric, T>;
}

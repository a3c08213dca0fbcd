/** The contestants of one data set: what each reaches, and who is the best within noise. */
import { type Clusters, clustersOf, FEWEST_CLUSTERS, tooFewOf } from "../../metrics/clusters.ts";
import { judge, type Judged } from "../../metrics/compare_models.ts";
import type { RankMetric } from "../../metrics/metrics.ts";
import { type PairedDifference, sharedSigns } from "../../metrics/paired.ts";
import { seedDifference, type SeedEstimate, seedEstimate, seedSums } from "../../metrics/seeds.ts";
import type { Contestant, DataSet, Shown } from "./evidence.ts";

/** A contestant's metric. */
export interface Score extends SeedEstimate {
  /** The best of its column within noise: the first, and whoever is not told from it. */
  readonly isBest: boolean;
  /** Holm's p-value of the difference from the first; none of the first itself. */
  readonly pHolm?: number;
}

/** A contestant with its metrics. */
export interface Row {
  readonly contestant: Contestant;
  readonly scores: Readonly<Record<string, Score>>;
  /** Means over its trainings, where its runs say them. */
  readonly fitSeconds?: number;
  readonly querySeconds?: number;
  readonly epochs?: number;
}

/** One data set's table. */
export interface Contest {
  readonly data: DataSet;
  readonly metrics: readonly RankMetric[];
  /** Best first by the first metric. */
  readonly rows: readonly Row[];
  readonly users: number;
  /** Why nobody is called best, where it is so. */
  readonly tooFew?: string;
  /** Comparisons over which p-values are adjusted. */
  readonly adjustedFor: number;
  readonly notes: readonly string[];
}

/** Two contestants by one metric, the one with the higher value first. */
interface Pair extends PairedDifference, Judged {
  readonly metric: RankMetric;
  readonly better: string;
  readonly worse: string;
}

/** What signs are drawn with where they are drawn. */
const SEED = 20260107;

/**
 * Estimates every metric of every contestant, and compares every two of them by each; p-values are
 * adjusted over all of these comparisons.
 */
export function contestOf(
  { data, contestants, notes }: Shown,
  metrics: readonly RankMetric[],
): Contest {
  const clusters = clustersOf(data.users);
  const estimates = contestants.map((contestant) => estimatesOf(contestant, clusters, metrics));
  const { judged, adjustedFor } = comparisonsOf(contestants, clusters, metrics);
  const enough = clusters.count >= FEWEST_CLUSTERS;
  const rows = contestants.map((contestant, i): Row => ({
    contestant,
    scores: Object.fromEntries(metrics.map((metric) => {
      const column = contestants.map(({ label }, j) => [label, estimates[j][metric].mean] as const);
      const place = placeIn(
        contestant.label,
        column,
        judged.filter((pair) => pair.metric === metric),
      );
      return [metric, { ...estimates[i][metric], ...place, isBest: enough && place.isBest }];
    })),
    ...timesOf(contestant),
  }));
  const [first] = metrics;
  return {
    data,
    metrics,
    rows: rows.sort((a, b) =>
      b.scores[first].mean - a.scores[first].mean ||
      (a.contestant.label < b.contestant.label ? -1 : 1)
    ),
    users: clusters.count,
    tooFew: tooFewOf(clusters.count, data.episodes),
    adjustedFor,
    notes: [...notes, ...seedNotes(contestants)],
  };
}

function estimatesOf(
  { trainings }: Contestant,
  clusters: Clusters,
  metrics: readonly RankMetric[],
): Record<string, SeedEstimate> {
  const ranks = trainings.map((training) => training.ranks);
  return Object.fromEntries(
    metrics.map((metric) => [metric, seedEstimate(seedSums(ranks, clusters, metric))]),
  );
}

function comparisonsOf(
  contestants: readonly Contestant[],
  clusters: Clusters,
  metrics: readonly RankMetric[],
) {
  const signs = sharedSigns(SEED, clusters.count);
  const pairs = metrics.flatMap((metric) => {
    const sums = contestants.map(({ trainings }) =>
      seedSums(trainings.map(({ ranks }) => ranks), clusters, metric)
    );
    return contestants.flatMap((a, i) =>
      contestants.slice(i + 1).map((b, j) => {
        const paired = seedDifference(sums[i], sums[i + 1 + j], signs);
        const [better, worse] = paired.difference < 0 ? [b, a] : [a, b];
        return { ...paired, metric, better: better.label, worse: worse.label };
      })
    );
  });
  return judge(pairs, clusters.count);
}

/** Whether a contestant is told from those with the highest value, and how surely. */
function placeIn(
  label: string,
  column: readonly (readonly [label: string, mean: number])[],
  pairs: readonly Pair[],
): Pick<Score, "isBest" | "pHolm"> {
  const highest = Math.max(...column.map(([, mean]) => mean));
  const firsts = column.filter(([, mean]) => mean === highest).map(([name]) => name);
  if (firsts.includes(label)) return { isBest: highest > 0 };
  const against = pairs.filter(({ better, worse }) => worse === label && firsts.includes(better));
  const isBeaten = against.length === firsts.length &&
    against.every(({ distinguishable }) => distinguishable);
  return {
    isBest: highest > 0 && !isBeaten,
    pHolm: Math.max(...against.map(({ pHolm }) => pHolm)),
  };
}

function timesOf({ trainings }: Contestant): Pick<Row, "fitSeconds" | "querySeconds" | "epochs"> {
  const meanOf = (values: readonly (number | undefined)[]) =>
    values.some((value) => value === undefined)
      ? undefined
      : values.reduce<number>((sum, value) => sum + value!, 0) / values.length;
  return {
    fitSeconds: meanOf(trainings.map(({ fitSeconds }) => fitSeconds)),
    querySeconds: meanOf(trainings.map(({ querySeconds }) => querySeconds)),
    epochs: meanOf(trainings.map(({ epochs }) => epochs)),
  };
}

/** Seeds from which on their spread is known well enough for most verdicts. */
const ENOUGH_SEEDS = 5;

/** Whose intervals say nothing of other seeds. */
function seedNotes(contestants: readonly Contestant[]): string[] {
  const one = contestants.filter(({ trainings }) => trainings.length === 1);
  const few = contestants.filter(({ trainings }) =>
    trainings.length > 1 && trainings.length < ENOUGH_SEEDS
  );
  const names = (some: readonly Contestant[]) => some.map(({ label }) => label).join(", ");
  const notes: string[] = [];
  if (one.length === contestants.length) {
    notes.push("One seed each: intervals and verdicts are for other users, not for other seeds.");
  } else if (one.length > 0) {
    notes.push(`One seed only, so that nothing is known of other seeds: ${names(one)}.`);
  }
  if (few.length > 0) {
    notes.push(
      `Fewer than ${ENOUGH_SEEDS} seeds tell little of their spread, so that little is told ` +
        `apart: ${names(few)}.`,
    );
  }
  return notes;
}

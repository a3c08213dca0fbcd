/**
 * Models ranked on several data sets: whether they rank differently at all (Friedman 1937), and how
 * far two mean ranks must lie apart (Nemenyi 1963; Demšar, "Statistical comparisons of classifiers
 * over multiple data sets", JMLR 2006). Wilcoxon's signed ranks with Holm's adjustment, often
 * advised instead, could call no pair different on the few data sets there are: on five the least
 * two-sided p is 2/2⁵, above 0.05 before any adjustment.
 */
import { permutation, streamKey } from "../random/threefry.ts";
import { normalTail } from "./student_t.ts";

/** Data sets from which on models are told apart by their ranks. */
export const FEWEST_DATA_SETS = 5;

/** Mean ranks of models. */
export interface Ranking {
  /** [data sets][models] 1 is the best; equal values share the mean of their ranks. */
  readonly ranks: readonly (readonly number[])[];
  /** [models] */
  readonly meanRanks: readonly number[];
  /** Friedman's test that all rank alike. */
  readonly p: number;
  /** Mean ranks that lie less than this apart are not told apart (at 0.05). */
  readonly criticalDifference: number;
}

/**
 * Ranks models by `values` [data sets][models], the higher the better.
 * @throws RangeError without two models and a data set.
 * @example
 * ```ts
 * import { rankModels } from "./friedman.ts";
 * const { meanRanks } = rankModels([[0.5, 0.4, 0.4], [0.6, 0.1, 0.7]], 1);
 * console.assert(meanRanks.join() === "1.5,2.75,1.75");
 * ```
 */
export function rankModels(values: readonly (readonly number[])[], seed: number): Ranking {
  const models = values[0]?.length ?? 0;
  if (models < 2) throw new RangeError(`a ranking needs two models and a data set, got ${models}`);
  const ranks = values.map(ranksOf);
  const meanRanks = columnMeans(ranks);
  return {
    ranks,
    meanRanks,
    p: friedmanP(ranks, seed),
    criticalDifference: criticalDifference(models, values.length),
  };
}

/** Groups of models, best first, whose mean ranks are not told apart; none lies in another. */
export function cliquesOf({ meanRanks, criticalDifference }: Ranking): number[][] {
  const order = meanRanks.map((_, model) => model).sort((a, b) => meanRanks[a] - meanRanks[b]);
  let last = -1;
  return order.flatMap((first, i) => {
    let end = i;
    while (
      end + 1 < order.length &&
      meanRanks[order[end + 1]] - meanRanks[first] < criticalDifference
    ) end++;
    if (end <= last || end === i) return [];
    last = end;
    return [order.slice(i, end + 1)];
  });
}

/** Ranks of one data set's values; equal ones share their mean. */
function ranksOf(values: readonly number[]): number[] {
  return values.map((value) => {
    const above = values.filter((other) => other > value).length;
    const tied = values.filter((other) => other === value).length;
    return above + (tied + 1) / 2;
  });
}

function columnMeans(rows: readonly (readonly number[])[]): number[] {
  return rows[0].map((_, column) => rows.reduce((sum, row) => sum + row[column], 0) / rows.length);
}

/** Assignments of ranks that are drawn. */
const DRAWS = 10_000;

/**
 * The share of drawn assignments of each data set's ranks to models whose mean ranks are spread at
 * least as far, what was seen counted among them: Friedman's statistic by its own permutations,
 * since its χ² limit is rough for few data sets.
 */
function friedmanP(ranks: readonly (readonly number[])[], seed: number): number {
  const spreadOf = (rows: readonly (readonly number[])[]) =>
    columnMeans(rows).reduce((sum, mean) => sum + mean * mean, 0);
  const seen = spreadOf(ranks);
  const stream = streamKey("friedman");
  let asFar = 1;
  for (let draw = 0; draw < DRAWS; draw++) {
    const shuffled = ranks.map((row, set) => {
      const order = permutation(seed ^ draw, stream + set, row.length);
      return row.map((_, model) => row[order[model]]);
    });
    if (spreadOf(shuffled) >= seen * (1 - 1e-12)) asFar++;
  }
  return asFar / (DRAWS + 1);
}

/** Nemenyi's critical difference of mean ranks at 0.05. */
export function criticalDifference(models: number, dataSets: number): number {
  return rangeQuantile(models) / Math.SQRT2 * Math.sqrt(models * (models + 1) / (6 * dataSets));
}

/**
 * The 95 % quantile of the range of `count` independent standard normal variables (the studentised
 * range with infinite degrees of freedom), by bisection.
 */
export function rangeQuantile(count: number): number {
  let low = 0;
  let high = 20;
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (rangeAtMost(middle, count) < 0.95) low = middle;
    else high = middle;
  }
  return high;
}

/** P(range ≤ q) = n ∫ φ(z) (Φ(z + q) − Φ(z))ⁿ⁻¹ dz, z the least of them, by Simpson's rule. */
function rangeAtMost(q: number, count: number): number {
  const [from, to, steps] = [-9, 9, 720];
  const width = (to - from) / steps;
  let sum = 0;
  for (let step = 0; step <= steps; step++) {
    const z = from + step * width;
    const weight = [1, 4, 2][step === 0 || step === steps ? 0 : 1 + (step + 1) % 2];
    const between = normalTail(z) - normalTail(z + q);
    sum += weight * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * between ** (count - 1);
  }
  return count * sum * width / 3;
}

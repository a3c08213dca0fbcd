/**
 * What is recommended, from how often each course stands in the first ten of a ranking: how much of
 * the catalogue is shown, how evenly, how popular it is and how new. docs/statistics.md has the
 * formulas and their sources.
 */

/** Courses of a list: the first ten of a ranking. */
export const LIST_LENGTH = 10;

/** The metrics of lists. */
export const LIST_METRICS = ["coverage@10", "popularity@10", "novelty@10", "gini@10"] as const;
/** A metric of lists. */
export type ListMetric = typeof LIST_METRICS[number];
/** Every metric of lists. */
export type ListMetrics = Readonly<Record<ListMetric, number>>;

/** How many training learners took each course. */
export interface CourseLearners {
  /** Learners in training. */
  readonly learners: number;
  /** [courses] those of them who took it. */
  readonly took: Int32Array;
}

/**
 * The metrics of lists that have each course `counts` [courses] times.
 * @throws RangeError when no course stands in any list, or the catalogues differ in size.
 * @example
 * ```ts
 * import { listMetrics } from "./lists.ts";
 * const known = { learners: 8, took: Int32Array.of(4, 2, 0) };
 * const metrics = listMetrics([3, 1, 0], known);
 * console.assert(metrics["coverage@10"] === 2 / 3); // two of three courses are shown
 * console.assert(metrics["novelty@10"] === (3 * 1 + 1 * 2) / 4); // bits
 * ```
 */
export function listMetrics(counts: ArrayLike<number>, known: CourseLearners): ListMetrics {
  const { learners, took } = known;
  if (counts.length !== took.length) {
    throw new RangeError(`counts of ${counts.length} courses, training has ${took.length}`);
  }
  let places = 0;
  let shown = 0;
  let popularity = 0;
  let novelty = 0;
  for (let course = 0; course < counts.length; course++) {
    const count = counts[course];
    if (count === 0) continue;
    places += count;
    shown++;
    popularity += count * took[course] / learners;
    novelty -= count * Math.log2(Math.max(1, took[course]) / learners);
  }
  if (places === 0) throw new RangeError("metrics of lists need at least one course in a list");
  return {
    "coverage@10": shown / counts.length,
    "popularity@10": popularity / places,
    "novelty@10": novelty / places,
    "gini@10": giniOf(counts, places),
  };
}

/** 0 where every course stands in as many lists, towards 1 where one stands in all. */
function giniOf(counts: ArrayLike<number>, places: number): number {
  const ascending = Float64Array.from(counts).sort();
  const n = ascending.length;
  const weighted = ascending.reduce((sum, count, i) => sum + (2 * i + 1 - n) * count, 0);
  return weighted / (n * places);
}

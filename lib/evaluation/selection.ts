/**
 * Choices on validation episodes, all by one rule: which epoch is kept, when training has gone on
 * long enough, which of several settings is the best. Test episodes are never asked.
 */
import { RANK_METRICS, type RankMetric, rankMetric } from "../metrics/metrics.ts";
import { evaluate } from "./evaluate.ts";
import type { Queries } from "./queries.ts";
import type { Scorer } from "./scorer.ts";

/** Every metric of one state of a model on the validation episodes. */
export type Score = Readonly<Record<RankMetric, number>>;

/** Scores as checkpoints and reports keep them. */
export type ScoreByName = Readonly<Record<string, number>>;

/** A scorer that was opened for one measurement. */
export interface Measurable extends Scorer {
  dispose?(): void;
}

/** Measures and compares. */
export interface Selector {
  /** The metric that decides. */
  readonly metric: RankMetric;
  /**
   * Scores the validation episodes. `open` gives a scorer at the beginning of its random stream, so
   * that a measurement depends on no other, nor any other on it; it is disposed afterwards.
   */
  measure(open: () => Measurable | Promise<Measurable>): Promise<Score>;
}

/** Every metric of the validation labels' ranks. @throws RangeError without ranks. */
export function scoreOfRanks(ranks: ArrayLike<number>): Score {
  const entries = RANK_METRICS.map((name) => [name, rankMetric(ranks, name)]);
  return Object.fromEntries(entries) as Record<RankMetric, number>;
}

/** The selector over a validation split's queries. */
export function selectorOn(queries: Queries, metric: RankMetric = "mrr"): Selector {
  return {
    metric,
    async measure(open) {
      const scorer = await open();
      try {
        const { ranks } = await evaluate(scorer, queries, { lists: false });
        return scoreOfRanks(ranks);
      } finally {
        scorer.dispose?.();
      }
    },
  };
}

/**
 * The place of the best of at least one score: the highest by the metric, the first of equals.
 * @throws RangeError without scores.
 */
export function bestOf(scores: readonly ScoreByName[], metric: RankMetric): number {
  return highestOf(scores.map((score) => score[metric]));
}

/** The place of the highest of at least one value, the first of equals. @throws RangeError */
export function highestOf(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("the best of no scores");
  return values.reduce((best, value, i) => value > values[best] ? i : best, 0);
}

/** Whether the last `patience` scores brought nothing better than there was before them. */
export function outOfPatience(
  scores: readonly ScoreByName[],
  metric: RankMetric,
  patience: number,
): boolean {
  return scores.length > 0 && scores.length - 1 - bestOf(scores, metric) >= patience;
}

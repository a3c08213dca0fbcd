/** Episodes → queries → scores → ranks, the same for every model. */
import { isTied, ranksOf, type Scores } from "../metrics/rank.ts";
import { computeMetrics, type Metrics } from "../metrics/metrics.ts";
import type { Queries } from "./queries.ts";

/**
 * A fitted model as the evaluation sees it. `score` gives the scores [rows × nItems] of queries
 * from..to-1; calls come in query order, each query once, so that a model with a random stream
 * draws in the notebook's order.
 */
export interface Scorer {
  readonly nItems: number;
  score(queries: Queries, from: number, to: number): Scores | Promise<Scores>;
  /** Ranks of the labels where the scores are better left on the device. */
  rank?(queries: Queries, from: number, to: number): Promise<ArrayLike<number>>;
}

/** What an evaluation gives. */
export interface Evaluation {
  readonly metrics: Metrics;
  /** [queries] 1-based rank of each label, ties to the lower id. */
  readonly ranks: Float64Array;
  /** Queries where another course has the label's score; undefined when ranked on a device. */
  readonly tiedQueries?: number;
}

/** Scores in memory at once: 4 million values, 32 MB of float64. */
const SCORES_AT_ONCE = 4_000_000;

/** Evaluates a model on all queries. `progress` hears of queries done. */
export async function evaluate(
  scorer: Scorer,
  queries: Queries,
  progress: (done: number) => void = () => {},
): Promise<Evaluation> {
  const { labels } = queries;
  const ranks = new Float64Array(labels.length);
  const step = Math.max(1, Math.floor(SCORES_AT_ONCE / scorer.nItems));
  let tiedQueries = 0;
  for (let from = 0; from < labels.length; from += step) {
    const to = Math.min(labels.length, from + step);
    if (scorer.rank !== undefined) ranks.set(await scorer.rank(queries, from, to), from);
    else {
      const scores = await scorer.score(queries, from, to);
      const part = labels.subarray(from, to);
      ranks.set(ranksOf(scores, scorer.nItems, part), from);
      part.forEach((label, i) =>
        tiedQueries += isTied(scores, i * scorer.nItems, scorer.nItems, label) ? 1 : 0
      );
    }
    progress(to);
    await new Promise((resolve) => setTimeout(resolve)); // lets signals be heard
  }
  return {
    metrics: computeMetrics(ranks),
    ranks,
    tiedQueries: scorer.rank === undefined ? tiedQueries : undefined,
  };
}

/** Episodes → queries → scores → ranks, the same for every model. */
import { computeMetrics, type Metrics } from "../metrics/metrics.ts";
import { isTied, ranksOf } from "../metrics/rank.ts";
import type { Queries } from "./queries.ts";
import type { Scorer } from "./scorer.ts";

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

/** How many queries a model scores at once, for a catalogue of `nItems`. */
export function queriesAtOnce(nItems: number): number {
  return Math.max(1, Math.floor(SCORES_AT_ONCE / nItems));
}

/** Evaluates a model on all queries, in their order. `progress` hears of queries done. */
export async function evaluate(
  scorer: Scorer,
  { queries, labels }: Queries,
  progress: (done: number) => void = () => {},
): Promise<Evaluation> {
  const { nItems } = scorer;
  const ranks = new Float64Array(labels.length);
  const step = queriesAtOnce(nItems);
  let tiedQueries = 0;
  for (let from = 0; from < labels.length; from += step) {
    const to = Math.min(labels.length, from + step);
    const part = queries.slice(from, to);
    const partLabels = labels.subarray(from, to);
    if (scorer.rank !== undefined) {
      ranks.set(await scorer.rank(part, partLabels), from);
    } else {
      const scores = await scorer.score(part);
      ranks.set(ranksOf(scores, nItems, partLabels), from);
      partLabels.forEach((label, row) => {
        if (isTied(scores, row * nItems, nItems, label)) tiedQueries++;
      });
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

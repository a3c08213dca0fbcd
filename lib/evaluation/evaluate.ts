/** Episodes → queries → scores → ranks, the same for every model. */
import { computeMetrics, expectedMetrics, type Metrics } from "../metrics/metrics.ts";
import { type Place, placeOf, rankAt } from "../metrics/rank.ts";
import type { Queries } from "./queries.ts";
import type { Scorer } from "./scorer.ts";

/** What an evaluation gives. */
export interface Evaluation {
  readonly metrics: Metrics;
  /** [queries] 1-based rank of each label, ties to the lower id. */
  readonly ranks: Float64Array;
  /** Queries where another course has the label's score; undefined when ranked on a device. */
  readonly tiedQueries?: number;
  /** The same under ties in random order, on average; undefined when ranked on a device. */
  readonly underTies?: UnderTies;
}

/** What a model reaches on average when courses of equal score are put in random order. */
export interface UnderTies {
  /** Mean rank of the labels, each at the middle of the places that it shares. */
  readonly meanRank: number;
  readonly metrics: Metrics;
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
  const places: Place[] = [];
  const step = queriesAtOnce(nItems);
  for (let from = 0; from < labels.length; from += step) {
    const to = Math.min(labels.length, from + step);
    const part = queries.slice(from, to);
    const partLabels = labels.subarray(from, to);
    if (scorer.rank !== undefined) {
      ranks.set(await scorer.rank(part, partLabels), from);
    } else {
      const scores = await scorer.score(part);
      if (scores.length !== part.length * nItems) {
        throw new RangeError(
          `${scores.length} scores for ${part.length} rows of ${nItems} courses`,
        );
      }
      partLabels.forEach((label, row) => {
        const place = placeOf(scores, row * nItems, nItems, label);
        places.push(place);
        ranks[from + row] = rankAt(place);
      });
    }
    progress(to);
    await new Promise((resolve) => setTimeout(resolve)); // lets signals be heard
  }
  const metrics = computeMetrics(ranks);
  if (scorer.rank !== undefined) return { metrics, ranks };
  const meanRank = places.reduce((sum, place) => sum + rankAt(place, "mid"), 0) / places.length;
  return {
    metrics,
    ranks,
    tiedQueries: places.filter(({ tied }) => tied > 0).length,
    underTies: { meanRank, metrics: expectedMetrics(places) },
  };
}

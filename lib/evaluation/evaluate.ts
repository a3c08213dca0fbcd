/** Episodes → queries → scores → ranks, the same for every model. */
import { computeMetrics, expectedMetrics, type Metrics } from "../metrics/metrics.ts";
import { type Place, placeOf, placeWithout, rankAt, type Scores } from "../metrics/rank.ts";
import { queryGroups } from "./groups.ts";
import type { Queries } from "./queries.ts";
import type { Scorer } from "./scorer.ts";
import { type Tally, type TallyCounter, tallyCounter } from "./tally.ts";

/** What an evaluation gives. */
export interface Evaluation {
  readonly metrics: Metrics;
  /** [queries] 1-based rank of each label, ties to the lower id. */
  readonly ranks: Float64Array;
  /** Queries where another course has the label's score; undefined when ranked on a device. */
  readonly tiedQueries?: number;
  /** The same under ties in random order, on average; undefined when ranked on a device. */
  readonly underTies?: UnderTies;
  /**
   * [`queryGroups`][courses] how often each course is recommended; undefined when ranked on a
   * device, or not asked for.
   */
  readonly tally?: Tally;
  /** The variant in which a query's own courses are left out; where it was asked. */
  readonly seenExcluded?: SeenExcluded;
}

/** What a model reaches on average when courses of equal score are put in random order. */
export interface UnderTies {
  /** Mean rank of the labels, each at the middle of the places that it shares. */
  readonly meanRank: number;
  readonly metrics: Metrics;
}

/** An evaluation among the courses that a query's prefix does not have. */
export interface SeenExcluded {
  /** [queries whose label is new] 1-based rank of the label among the courses not seen. */
  readonly ranks: Float64Array;
  /** [`queryGroups`][courses], of the queries whose label is new. */
  readonly tally: Tally;
}

/** How to evaluate. */
export interface EvaluateOptions {
  /** Hears of queries done. */
  readonly progress?: (done: number) => void;
  /** Evaluates the variant too; a model is scored off its device then. */
  readonly excludeSeen?: boolean;
  /** Counts what is recommended (default); without, `tally` is undefined. */
  readonly lists?: boolean;
}

/** Scores in memory at once: 4 million values, 32 MB of float64. */
const SCORES_AT_ONCE = 4_000_000;

/** How many queries a model scores at once, for a catalogue of `nItems`. */
export function queriesAtOnce(nItems: number): number {
  return Math.max(1, Math.floor(SCORES_AT_ONCE / nItems));
}

/** Evaluates a model on all queries, in their order, each scored once. */
export async function evaluate(
  scorer: Scorer,
  asked: Queries,
  { progress = () => {}, excludeSeen = false, lists = true }: EvaluateOptions = {},
): Promise<Evaluation> {
  const { queries, labels } = asked;
  const { nItems } = scorer;
  const onDevice = scorer.rank !== undefined && !excludeSeen;
  const ranks = new Float64Array(labels.length);
  const looking = onDevice ? undefined : observer(asked, nItems, { excludeSeen, lists });
  const step = queriesAtOnce(nItems);
  for (let from = 0; from < labels.length; from += step) {
    const to = Math.min(labels.length, from + step);
    const part = queries.slice(from, to);
    if (looking === undefined) {
      ranks.set(await scorer.rank!(part, labels.subarray(from, to)), from);
    } else {
      const scores = await scorer.score(part);
      if (scores.length !== part.length * nItems) {
        throw new RangeError(
          `${scores.length} scores for ${part.length} rows of ${nItems} courses`,
        );
      }
      for (let query = from; query < to; query++) {
        ranks[query] = looking.rankOf(query, scores, (query - from) * nItems);
      }
    }
    progress(to);
    await new Promise((resolve) => setTimeout(resolve)); // lets signals be heard
  }
  return { metrics: computeMetrics(ranks), ranks, ...looking?.seen() };
}

/** Looks at each query's scores once, and keeps what they say. */
interface Observer {
  /** The label's rank in the row at `offset`. */
  rankOf(query: number, scores: Scores, offset: number): number;
  seen(): Omit<Evaluation, "metrics" | "ranks">;
}

function observer(
  asked: Queries,
  nItems: number,
  { excludeSeen, lists }: Required<Pick<EvaluateOptions, "excludeSeen" | "lists">>,
): Observer {
  const { queries, labels } = asked;
  const groups = lists || excludeSeen ? queryGroups(asked) : [];
  const places: Place[] = [];
  const counter = () => tallyCounter(groups, queries.length, nItems);
  const all = lists ? counter() : undefined;
  const without: { ranks: number[]; counter: TallyCounter } | undefined = excludeSeen
    ? { ranks: [], counter: counter() }
    : undefined;
  return {
    rankOf(query, scores, offset) {
      const label = labels[query];
      const place = placeOf(scores, offset, nItems, label);
      places.push(place);
      all?.add(query, scores, offset);
      const seen = without && new Set(queries[query].prefix);
      if (seen !== undefined && !seen.has(label)) {
        without!.ranks.push(rankAt(placeWithout(place, scores, offset, { label, seen })));
        without!.counter.add(query, scores, offset, seen);
      }
      return rankAt(place);
    },
    seen() {
      const meanRank = places.reduce((sum, place) => sum + rankAt(place, "mid"), 0) / places.length;
      return {
        tiedQueries: places.filter(({ tied }) => tied > 0).length,
        underTies: { meanRank, metrics: expectedMetrics(places) },
        tally: all?.tally,
        ...without && {
          seenExcluded: {
            ranks: Float64Array.from(without.ranks),
            tally: without.counter.tally,
          },
        },
      };
    },
  };
}

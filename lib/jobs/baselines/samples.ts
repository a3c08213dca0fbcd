/**
 * Single queries that a reader sees whole: a win and a loss of the first model, and the query on
 * which the models disagree most.
 */
import type { Dataset } from "../../dataset/dataset.ts";
import { type Evaluation, queriesAtOnce } from "../../evaluation/evaluate.ts";
import type { Queries } from "../../evaluation/queries.ts";
import type { Scorer } from "../../evaluation/scorer.ts";
import { byMerit } from "../../metrics/compare_models.ts";
import { topK } from "../../metrics/rank.ts";
import { ofEach } from "../statistics.ts";

/** One query and each model's best courses. */
export interface Sample {
  /** Why it is shown. */
  readonly kind: Kind;
  readonly pair_id: number;
  /** The last courses of its prefix. */
  readonly prefix: readonly string[];
  readonly label: string;
  readonly top5: Readonly<Record<string, readonly string[]>>;
  /** Where each model ranks the label. */
  readonly ranks: Readonly<Record<string, number>>;
}

/** Why a query is shown. */
export type Kind = "win" | "loss" | "disagreement";

/** A query that is shown. */
export interface Chosen {
  readonly kind: Kind;
  /** Its place among the queries. */
  readonly query: number;
}

/** Courses of a long prefix that are shown, the last ones. */
const SHOWN_PREFIX = 10;
/** Courses of a model that are shown. */
const TOP = 5;
/** Queries among which are chosen: models that draw from a stream are asked all of them again. */
const LOOKED_AT = 300;

/**
 * The queries shown, each at most once, of the first few hundred the first that fits best:
 *
 * - a win: the first model by merit has the label first, and as few others as may be have it;
 * - a loss: the first model has it outside its five, and another one as high up as may be;
 * - a disagreement: the ranks of the models lie as far apart as may be, on a logarithmic scale.
 */
export function chooseSamples(evaluations: Readonly<Record<string, Evaluation>>): Chosen[] {
  const [first, ...others] = byMerit(ofEach(evaluations, ({ metrics }) => metrics));
  const { ranks } = evaluations[first];
  const best = (query: number) =>
    Math.min(...others.map((name) => evaluations[name].ranks[query]), Infinity);
  const alsoFirst = (query: number) =>
    others.filter((name) => evaluations[name].ranks[query] === 1).length;
  const spread = (query: number) => {
    const logs = [first, ...others].map((name) => Math.log(evaluations[name].ranks[query]));
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    return logs.reduce((sum, log) => sum + (log - mean) ** 2, 0);
  };
  const kinds: readonly (readonly [Kind, (query: number) => number])[] = [
    ["win", (query) => ranks[query] === 1 ? -alsoFirst(query) : -Infinity],
    ["loss", (query) => ranks[query] > TOP ? -Math.min(best(query), 1e9) : -Infinity],
    ["disagreement", (query) => others.length > 0 ? spread(query) || -Infinity : -Infinity],
  ];
  const chosen: Chosen[] = [];
  for (const [kind, merit] of kinds) {
    const taken = chosen.map(({ query }) => query);
    const query = bestOf(
      Math.min(LOOKED_AT, ranks.length),
      (at) => taken.includes(at) ? -Infinity : merit(at),
    );
    if (query !== undefined) chosen.push({ kind, query });
  }
  return chosen;
}

/** The first place of the greatest merit; undefined where all are -Infinity. */
function bestOf(count: number, merit: (at: number) => number): number | undefined {
  let most = -Infinity;
  let found: number | undefined;
  for (let at = 0; at < count; at++) {
    const value = merit(at);
    if (value > most) [most, found] = [value, at];
  }
  return found;
}

/** A model's best courses for the chosen queries, by a scorer that was asked nothing before. */
export async function topCourses(
  scorer: Scorer,
  { queries }: Queries,
  { courses }: Dataset,
  chosen: readonly Chosen[],
): Promise<string[][]> {
  const { nItems } = scorer;
  const wanted = chosen.map(({ query }) => query);
  // a stream gives a query its scores only after those of the queries before it
  const asked = scorer.streams
    ? Array.from({ length: Math.max(...wanted, -1) + 1 }, (_, query) => query)
    : wanted;
  const found = new Map<number, string[]>();
  const step = queriesAtOnce(nItems);
  for (let from = 0; from < asked.length; from += step) {
    const part = asked.slice(from, from + step);
    const scores = await scorer.score(part.map((query) => queries[query]));
    part.forEach((query, row) => {
      if (!wanted.includes(query)) return;
      found.set(query, topK(scores, row * nItems, nItems, TOP).map((item) => courses[item]));
    });
  }
  return wanted.map((query) => found.get(query)!);
}

/** The chosen queries as report.json keeps them. `top` holds each model's courses, by name. */
export function samplesOf(
  chosen: readonly Chosen[],
  { dataset: { courses, splits }, queries: { queries, labels }, evaluations, top }: {
    readonly dataset: Dataset;
    readonly queries: Queries;
    readonly evaluations: Readonly<Record<string, Evaluation>>;
    readonly top: Readonly<Record<string, readonly (readonly string[])[]>>;
  },
): Sample[] {
  const { pairs, episodes } = splits.test;
  return chosen.map(({ kind, query }, i) => ({
    kind,
    pair_id: pairs.pairId[episodes.queryRows[query]],
    prefix: Array.from(queries[query].prefix.slice(-SHOWN_PREFIX), (item) => courses[item]),
    label: courses[labels[query]],
    top5: Object.fromEntries(Object.entries(top).map(([name, lists]) => [name, lists[i]])),
    ranks: ofEach(evaluations, ({ ranks }) => ranks[query]),
  }));
}

/** Sentences with numbers, computed from a run's ranks. */
import { counted } from "../../errors/counted.ts";
import type { Baseline } from "../../baselines/baseline.ts";
import type { Evaluation } from "../../evaluation/evaluate.ts";
import { byMerit, type ModelComparison } from "../../metrics/compare_models.ts";
import type { Interval } from "../../metrics/interval.ts";
import { ofEach, type Statistics } from "../statistics.ts";

/** Metrics are fractions of 1, as in the run's files. */
const metric = (x: number) => x.toFixed(4).replace(/^-(?=.*[1-9])/, "−").replace("-", "");
const count = (n: number) => n.toLocaleString("en");
const words = (names: readonly string[]) =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
const range = ({ low, high }: Interval) => `${metric(low)} to ${metric(high)}`;

/** Queries whose label shares its score, as a share, from which on it is said what that does. */
const MANY_TIES = 0.01;

/** Models with ties up to which each has a sentence of its own. */
const FEW_TIED = 3;

/** What findings are computed from. */
export interface Findings {
  readonly evaluations: Readonly<Record<string, Evaluation>>;
  readonly statistics: Statistics;
  readonly nItems: number;
  readonly baselines: readonly Baseline[];
}

/**
 * Key findings of a run: the best models within noise, the notebook's models against the first and
 * against chance, ties, and how sure these sentences are.
 */
export function keyFindings(run: Findings): string[] {
  const { evaluations } = run;
  const order = byMerit(ofEach(evaluations, ({ metrics }) => metrics));
  const about = (name: string) => run.baselines.find((baseline) => baseline.name === name);
  const others = order.slice(1);
  const compared = others.filter((name, place) =>
    place === 0 || about(name)?.finding === "against best"
  );
  return [
    leader(run, order),
    ...compared.map((name) => comparison(run, order[0], name)),
    ...order.filter((name) => about(name)?.finding === "against chance").map((name) =>
      chance(name, evaluations[name], run.nItems)
    ),
    ...tiesOf(order, evaluations),
    method(run.statistics),
  ];
}

/** Who is first by Accuracy@1, and who cannot be told from the first. */
function leader({ evaluations, statistics }: Findings, order: readonly string[]): string {
  const { standings, intervals, episodes, tooFew } = statistics;
  const { value, first, best } = standings["accuracy@1"];
  const [name] = first;
  const { metrics, ranks } = evaluations[name];
  const asked = `of ${counted(ranks.length, "query")} in ${counted(episodes, "test episode")}`;
  if (value === 0) {
    const { first: byMrr, value: mrr } = standings.mrr;
    return `No model ranks the right course first in any ${asked}, so none is the best by ` +
      `Accuracy@1; the highest MRR is ${metric(mrr)}, of ${words(byMrr)}.`;
  }
  const shares = `${metric(value)} (95 % interval ${range(intervals[name]["accuracy@1"])}) ` +
    `${asked}, MRR ${metric(metrics.mrr)}`;
  if (order.length === 1) return `${name} has an Accuracy@1 of ${shares}.`;
  const leads = first.length === 1
    ? `${name} has the highest Accuracy@1 of ${counted(order.length, "model")}: ${shares}`
    : `${words(first)} tie for the highest Accuracy@1 of ${
      counted(order.length, "model")
    }: ${shares}`;
  if (tooFew !== undefined) return `${leads}; ${tooFew} models apart.`;
  const it = first.length === 1 ? "it" : "them";
  const beside = best.filter((other) => !first.includes(other));
  if (beside.length > 0) {
    const are = beside.length === 1 ? "is" : "are";
    return `${leads}; ${words(beside)} ${are} not distinguishable from ${it}.`;
  }
  return first.length === order.length
    ? `${leads}.`
    : `${leads}; all others are distinguishable from ${it}.`;
}

/** How far the first is ahead of another, and why where its baseline says why. */
function comparison(run: Findings, first: string, other: string): string {
  const { comparisons: { comparisons, adjustedFor }, tooFew } = run.statistics;
  const found = comparisons.find(({ metric, better, worse }) =>
    metric === "accuracy@1" && [better, worse].includes(first) && [better, worse].includes(other)
  )!;
  const { difference, interval, p, pHolm, differing } = found;
  const why = handicap(run, other, found);
  if (differing === 0) {
    return `${first} and ${other} are right first in the same number of queries of every user.`;
  }
  const lead = difference === 0
    ? `${first} and ${other} have the same Accuracy@1`
    : `${first} leads ${other} by ${metric(difference)} in Accuracy@1`;
  if (tooFew !== undefined) return `${lead} (95 % interval ${range(interval)}): ${tooFew}.${why}`;
  const verdict = found.distinguishable ? "distinguishable" : "not distinguishable";
  return `${lead} (95 % interval ${range(interval)}, ${probability(p)}; ${probability(pHolm)} ` +
    `after Holm's adjustment for the run's ${
      counted(adjustedFor, "comparison")
    }): ${verdict}.${why}`;
}

/**
 * What holds a model back, in its baseline's words, and the model without the fault. It is the
 * cause only where the corrected model is told from it.
 */
function handicap(
  { baselines, evaluations, statistics: { comparisons } }: Findings,
  name: string,
  { difference }: ModelComparison,
): string {
  const known = baselines.find((baseline) => baseline.name === name)?.handicap;
  if (known === undefined || difference === 0) return "";
  const corrected = evaluations[known.corrected];
  if (corrected === undefined) {
    return ` ${name} is held back: ${known.reason}; ${known.corrected} is the corrected model.`;
  }
  const beside = `${known.corrected}, corrected, has ${metric(corrected.metrics["accuracy@1"])}`;
  const told = comparisons.comparisons.find(({ metric, better, worse, distinguishable }) =>
    metric === "accuracy@1" && distinguishable &&
    [better, worse].includes(known.corrected) && [better, worse].includes(name)
  );
  if (told?.better === known.corrected) {
    return ` ${name} trails because ${known.reason}; ${beside}.`;
  }
  const alike = told === undefined ? ", not distinguishable from it" : "";
  return ` ${name} is held back: ${known.reason}; ${beside}${alike}.`;
}

function chance(name: string, { ranks }: Evaluation, nItems: number): string {
  return `${name} ranks the label at ${meanRank(ranks).toFixed(1)} on average; chance among ` +
    `${counted(nItems, "course")} is ${((nItems + 1) / 2).toFixed(1)}.`;
}

/** Ties of few models one by one, of many in one sentence. */
function tiesOf(
  order: readonly string[],
  evaluations: Findings["evaluations"],
): string[] {
  const tied = order.filter((name) => evaluations[name].tiedQueries);
  if (tied.length <= FEW_TIED) return tied.flatMap((name) => ties(name, evaluations[name]));
  const queries = evaluations[tied[0]].ranks.length;
  const moved = tied.flatMap((name) => {
    const { underTies, metrics } = evaluations[name];
    return underTies ? [Math.abs(metrics["accuracy@1"] - underTies.metrics["accuracy@1"])] : [];
  });
  return [
    `Of ${counted(queries, "query")}, labels that share their score with another course: ` +
    `${
      words(tied.map((name) => `${name} ${count(evaluations[name].tiedQueries!)}`))
    }; ties go to ` +
    `the lower course id, which moves no Accuracy@1 by more than ` +
    `${metric(Math.max(0, ...moved))} against ties in random order.`,
  ];
}

function ties(name: string, { tiedQueries, underTies, ranks, metrics }: Evaluation): string[] {
  if (!tiedQueries) return [];
  const tied = `In ${count(tiedQueries)} of ${counted(ranks.length, "query")} ${name} gives the ` +
    "label the same score as another course; ties go to the lower course id";
  if (underTies === undefined || tiedQueries <= MANY_TIES * ranks.length) return [`${tied}.`];
  return [
    `${tied}: mean rank ${meanRank(ranks).toFixed(1)}, expected ` +
    `${underTies.meanRank.toFixed(1)} with ties in random order (Accuracy@1 ` +
    `${metric(metrics["accuracy@1"])}, expected ${metric(underTies.metrics["accuracy@1"])}).`,
  ];
}

function meanRank(ranks: Float64Array): number {
  return ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
}

function method({ users }: Statistics): string {
  return `95 % intervals: Student's t over ${
    counted(users, "user")
  } on the logit scale; p-values: ` +
    "sign flips over users. docs/statistics.md says what they cover.";
}

function probability(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`;
}

/** Sentences with numbers, computed from a run's ranks. */
import { pairedBootstrap } from "../../metrics/bootstrap.ts";
import type { Baseline } from "../../baselines/baseline.ts";
import type { Evaluation } from "../../evaluation/evaluate.ts";

const percent = (x: number) => `${(100 * x).toFixed(2)} %`;
const points = (x: number) => (100 * x).toFixed(2).replace("-", "−");
const count = (n: number) => n.toLocaleString("en");

/** What findings are computed from. */
export interface Findings {
  readonly evaluations: Readonly<Record<string, Evaluation>>;
  /** [episodes + 1] */
  readonly episodeOffsets: ArrayLike<number>;
  readonly nItems: number;
  readonly seed: number;
  readonly baselines: readonly Baseline[];
}

/**
 * Key findings of a run: the best model and whether its lead holds, the notebook's models against
 * the best and against chance, and ties.
 */
export function keyFindings(run: Findings): string[] {
  const { evaluations, episodeOffsets, seed } = run;
  const ranked = Object.entries(evaluations).sort(([, a], [, b]) =>
    b.metrics["accuracy@1"] - a.metrics["accuracy@1"]
  );
  const [best, ...others] = ranked;
  const against = (finding: Baseline["finding"]) => {
    const names = run.baselines.filter((baseline) => baseline.finding === finding);
    return ([name]: readonly [string, Evaluation]) => names.some((other) => other.name === name);
  };
  const compared = others.filter((entry, place) => place === 0 || against("against best")(entry));
  return [
    leader(best, ranked.length, episodeOffsets),
    ...compared.map((entry) => comparison(best, entry, episodeOffsets, seed)),
    ...ranked.filter(against("against chance")).map((entry) => chance(entry, run.nItems)),
    ...ranked.flatMap(([name, evaluation]) => ties(name, evaluation)),
  ];
}

function leader(
  [name, { metrics }]: readonly [string, Evaluation],
  models: number,
  offsets: ArrayLike<number>,
): string {
  const queries = offsets[offsets.length - 1];
  return `${name} is the best of ${models} by Accuracy@1: ${percent(metrics["accuracy@1"])} of ` +
    `${count(queries)} queries in ${count(offsets.length - 1)} test episodes, ` +
    `MRR ${metrics.mrr.toFixed(4)}.`;
}

function chance([name, { ranks }]: readonly [string, Evaluation], nItems: number): string {
  const mean = ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
  return `${name} ranks the label at ${mean.toFixed(1)} on average; chance among ` +
    `${count(nItems)} courses is ${((nItems + 1) / 2).toFixed(1)}.`;
}

function ties(name: string, { tiedQueries, ranks }: Evaluation): string[] {
  if (!tiedQueries) return [];
  return [
    `In ${count(tiedQueries)} of ${count(ranks.length)} queries ${name} gives the label the same ` +
    "score as another course; ties go to the lower course id.",
  ];
}

function comparison(
  [a, left]: [string, Evaluation],
  [b, right]: [string, Evaluation],
  offsets: ArrayLike<number>,
  seed: number,
): string {
  const { difference, interval, p } = pairedBootstrap(
    left.ranks,
    right.ranks,
    offsets,
    "accuracy@1",
    seed,
  );
  // the smallest p that the bootstrap's draws can give is 0.001
  const holds = interval.low > 0 || interval.high < 0;
  return `${a} leads ${b} by ${points(difference)} points of Accuracy@1 (95 % interval ${
    points(interval.low)
  } to ${points(interval.high)}, paired bootstrap over episodes, p ${
    p <= 0.001 ? "≤ 0.001" : `= ${p.toFixed(3)}`
  }); the difference ${holds ? "holds" : "does not hold"}.`;
}

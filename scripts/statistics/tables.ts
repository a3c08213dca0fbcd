/** Every simulation of docs/statistics.md, and its tables as Markdown. */
import type { MetricName } from "../../lib/metrics/metrics.ts";
import type { Population } from "./learners.ts";
import {
  type Cell,
  type Coverage,
  coverage,
  falsePages,
  falseRuns,
  type Pair,
  pair,
  randomCoverage,
} from "./simulate.ts";

/** Test episodes, one a user. */
export const LEARNERS = [1, 2, 3, 5, 10, 20, 79, 234] as const;
/** Accuracies of the simulated models. */
export const ACCURACIES = [0.04, 0.33, 0.9] as const;
/** A second model that is better or worse by some. */
const OTHERS: Readonly<Record<number, number>> = { 0.04: 0.08, 0.33: 0.45, 0.9: 0.8 };
/** Correlation of two queries of one user, where nothing else is said. */
const CORRELATION = 1 / 6;
const METRICS: readonly MetricName[] = ["accuracy@1", "mrr"];

/** How much is simulated. */
export interface Effort {
  readonly seed: number;
  /** Simulations of a cell with 10 and 20 users; three times as many with fewer users. */
  readonly simulations: number;
  /** Simulations of a cell with 79 users and more, and of the last two tables. */
  readonly fewer: number;
}

/** What the tables were made with. */
export const EFFORT: Effort = { seed: 20260107, simulations: 20_000, fewer: 4_000 };

/** One line of a table: a value for each number of learners. */
export interface Line<T> {
  readonly metric: MetricName;
  readonly accuracies: readonly number[];
  readonly cells: readonly T[];
}

/** What the simulations gave. */
export interface Simulated {
  readonly effort: Effort;
  readonly intervals: readonly Line<Coverage>[];
  readonly equal: readonly Line<Pair>[];
  readonly unequal: readonly Line<Pair>[];
  /** Five equal models by number of learners: shares of runs and of pages with a false verdict. */
  readonly family: readonly { learners: number; runs: number; pages: number }[];
  /** What the intervals do outside of what they were chosen for. */
  readonly limits: readonly { what: string; cells: readonly Coverage[] }[];
}

/** Runs all simulations; `say` hears of each line. */
export function simulateAll(effort: Effort, say: (what: string) => void = () => {}): Simulated {
  const { seed } = effort;
  const often = (learners: number) => {
    if (learners >= 79) return effort.fewer;
    return learners < 10 ? 3 * effort.simulations : effort.simulations;
  };
  const across = <T>(what: string, one: (learners: number, simulations: number) => T): T[] => {
    say(what);
    return LEARNERS.map((learners) => one(learners, often(learners)));
  };
  const line = <T>(
    metric: MetricName,
    accuracies: readonly number[],
    simulate: (cell: Cell) => T,
  ): Line<T> => {
    const population = { accuracies, correlation: CORRELATION };
    const cells = across(
      `${metric} ${accuracies.join(" and ")}`,
      (learners, simulations) => simulate({ population, metric, learners, simulations, seed }),
    );
    return { metric, accuracies, cells };
  };
  const each = <T>(simulate: (metric: MetricName, accuracy: number) => T) =>
    METRICS.flatMap((metric) => ACCURACIES.map((accuracy) => simulate(metric, accuracy)));
  const limit = (what: string, accuracy: number, rest: Partial<Cell & Population>) => ({
    what: `${what}, accuracy ${accuracy}`,
    cells: across(what, (learners) =>
      coverage({
        population: { accuracies: [accuracy], correlation: rest.correlation ?? CORRELATION },
        unequal: rest.unequal,
        metric: "accuracy@1",
        learners,
        simulations: effort.fewer,
        seed,
      })),
  });
  return {
    effort,
    intervals: each((metric, accuracy) => line(metric, [accuracy], coverage)),
    equal: each((metric, accuracy) => line(metric, [accuracy, accuracy], pair)),
    unequal: each((metric, accuracy) => line(metric, [accuracy, OTHERS[accuracy]], pair)),
    family: [10, 20, 79].map((learners) => ({ learners, ...falseVerdicts(learners, effort, say) })),
    limits: [
      ...ACCURACIES.map((a) => limit("correlation 1/50", a, { correlation: 0.02 })),
      ...ACCURACIES.map((a) => limit("correlation 1/2", a, { correlation: 0.5 })),
      ...ACCURACIES.map((a) => limit("1 to 50 windows a user", a, { unequal: true })),
      {
        what: "MRR of random scores",
        cells: across(
          "MRR of random scores",
          (learners) => randomCoverage(learners, effort.fewer, seed),
        ),
      },
    ],
  };
}

function falseVerdicts(learners: number, { seed, fewer }: Effort, say: (what: string) => void) {
  say(`runs and pages of ${learners} users`);
  const cell = (models: number): Cell => ({
    population: { accuracies: new Array(models).fill(0.33), correlation: CORRELATION },
    learners,
    metric: "mrr",
    simulations: fewer,
    seed,
  });
  return { runs: falseRuns(cell(5)), pages: falsePages(cell(10)) };
}

const count = (n: number) => n.toLocaleString("en");
const percent = (share: number) => (100 * share).toFixed(1);

/** The tables as Markdown. */
export function tablesOf(simulated: Simulated): string {
  const { effort, intervals, equal, unequal, family, limits } = simulated;
  const coverages = (lines: readonly Line<Coverage>[]) =>
    lines.map(({ metric, accuracies, cells }) => [
      nameOf(metric, accuracies),
      ...cells.map(({ covered }) => percent(covered)),
    ]);
  const shares = (lines: readonly Line<Pair>[], of: (cell: Pair) => number) =>
    lines.map(({ metric, accuracies, cells }) => [
      nameOf(metric, accuracies),
      ...cells.map((cell) => percent(of(cell))),
    ]);
  return [
    `Seed ${effort.seed}. Simulations a cell: ${
      count(3 * effort.simulations)
    } with fewer than 10 ` +
    `users, ${count(effort.simulations)} with 10 and 20, ${count(effort.fewer)} with more and in ` +
    "the last two tables.",
    "**Intervals of one model: how many of 100 cover the truth (wanted 95)**",
    table("Accuracy of the model", coverages(intervals)),
    "**Intervals of a difference: how many of 100 cover the truth (wanted 95)**",
    table("Accuracies of the models", coverages([...equal, ...unequal])),
    "**Two equal models: p ≤ 0.05 in how many of 100 (wanted 5, or fewer)**",
    table("Accuracies of the models", shares(equal, ({ rejected }) => rejected)),
    "**Two models: called distinguishable in how many of 100**",
    table(
      "Accuracies of the models",
      shares([...equal, ...unequal], ({ distinguished }) => distinguished),
    ),
    "**Five equal models: how many of 100 runs, and of 100 pages that compare two runs, call any " +
    "two of them distinguishable by any metric (wanted 5 at most)**",
    rows(
      ["Users", "Runs", "Pages"],
      family.map(({ learners, runs, pages }) => [`${learners}`, percent(runs), percent(pages)]),
    ),
    "**Where the intervals of one model reach their limits: how many of 100 cover the truth**",
    table(
      "Case",
      limits.map(({ what, cells }) => [
        what,
        ...cells.map(({ covered }) => percent(covered)),
      ]),
    ),
  ].join("\n\n");
}

function nameOf(metric: MetricName, accuracies: readonly number[]): string {
  const title = metric === "mrr" ? "MRR" : "Accuracy@1";
  return `${accuracies.join(" and ")}, by ${title}`;
}

function table(first: string, lines: readonly (readonly string[])[]): string {
  return rows([first, ...LEARNERS.map((learners) => `${learners}`)], lines);
}

function rows(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [row(head), `|---|${"--:|".repeat(head.length - 1)}`, ...lines.map(row)].join("\n");
}

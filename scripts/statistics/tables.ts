/** Every simulation of docs/statistics.md, and its tables as Markdown. */
import type { MetricName } from "../../lib/metrics/metrics.ts";
import type { Population } from "./learners.ts";
import type { Cell, Coverage, Pair } from "./simulate.ts";
import type { Simulate } from "./simulations.ts";

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

/** Runs all simulations; `say` hears of each line that is done. */
export async function simulateAll(
  effort: Effort,
  simulate: Simulate,
  say: (what: string) => void = () => {},
): Promise<Simulated> {
  const { seed } = effort;
  const often = (learners: number) => {
    if (learners >= 79) return effort.fewer;
    return learners < 10 ? 3 * effort.simulations : effort.simulations;
  };
  const across = async <T>(what: string, one: (learners: number) => Promise<T>): Promise<T[]> => {
    const cells = await Promise.all(LEARNERS.map(one));
    say(what);
    return cells;
  };
  const line = async <K extends "coverage" | "pair">(
    kind: K,
    metric: MetricName,
    accuracies: readonly number[],
  ) => {
    const population = { accuracies, correlation: CORRELATION };
    const cells = await across(
      `${metric} ${accuracies.join(" and ")}`,
      (learners) =>
        simulate(kind, { population, metric, learners, simulations: often(learners), seed }),
    );
    return { metric, accuracies, cells };
  };
  const each = <T>(simulate: (metric: MetricName, accuracy: number) => Promise<T>) =>
    Promise.all(
      METRICS.flatMap((metric) => ACCURACIES.map((accuracy) => simulate(metric, accuracy))),
    );
  const limit = async (
    what: string,
    accuracy: number,
    rest: Partial<Cell & Population>,
    kind: "coverage" | "randomCoverage" = "coverage",
  ) => ({
    what,
    cells: await across(what, (learners) =>
      simulate(kind, {
        population: { accuracies: [accuracy], correlation: rest.correlation ?? CORRELATION },
        unequal: rest.unequal,
        metric: "accuracy@1",
        learners,
        simulations: effort.fewer,
        seed,
      })),
  });
  const limits = (what: string, rest: Partial<Cell & Population>) =>
    ACCURACIES.map((accuracy) => limit(`${what}, accuracy ${accuracy}`, accuracy, rest));
  const falseVerdicts = async (learners: number) => {
    const cell = (models: number): Cell => ({
      population: { accuracies: new Array(models).fill(0.33), correlation: CORRELATION },
      learners,
      metric: "mrr",
      simulations: effort.fewer,
      seed,
    });
    const runs = simulate("falseRuns", cell(5));
    const pages = simulate("falsePages", cell(10));
    return { learners, runs: await runs, pages: await pages };
  };
  // The longest first, so that no thread waits for them in the end.
  const family = Promise.all([79, 20, 10].map(falseVerdicts));
  const intervals = each((metric, accuracy) => line("coverage", metric, [accuracy]));
  const equal = each((metric, accuracy) => line("pair", metric, [accuracy, accuracy]));
  const unequal = each((metric, accuracy) => line("pair", metric, [accuracy, OTHERS[accuracy]]));
  const beyond = Promise.all([
    ...limits("correlation 1/50", { correlation: 0.02 }),
    ...limits("correlation 1/2", { correlation: 0.5 }),
    ...limits("1 to 50 windows a user", { unequal: true }),
    limit("MRR of random scores", 0, {}, "randomCoverage"),
  ]);
  return {
    effort,
    intervals: await intervals,
    equal: await equal,
    unequal: await unequal,
    family: (await family).reverse(),
    limits: await beyond,
  };
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

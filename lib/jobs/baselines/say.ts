/** Sentences and tables that several jobs show. */
import { counted, noun } from "../../errors/counted.ts";
import type { DataCard } from "../../dataset/data_card.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import type { Evaluation } from "../../evaluation/evaluate.ts";
import type { Patience } from "../../files/lock.ts";
import { METRIC_NAMES, type MetricName, type Metrics } from "../../metrics/metrics.ts";
import { Interrupted, type StopSignal } from "../../terminal/signals.ts";
import { table } from "../../terminal/table.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { Statistics } from "../statistics.ts";
import { syntheticMark } from "../origin.ts";
import { CEILING_ROW } from "./config.ts";

/** What must be said of synthetic data; nothing of others. */
export function syntheticNotes({ synthetic, partlyMarked, path }: Dataset): string[] {
  if (synthetic === undefined) return [];
  const said = `${syntheticMark(synthetic)} These numbers say nothing about real learners.`;
  if (!partlyMarked) return [said];
  return [said, `not every file of ${path} carries that mark, so there is no ceiling.`];
}

/** Says what the data are: mark, name, dates, split rule, and each split's size. */
export function sayData(
  terminal: Pick<Terminal, "line" | "warn">,
  dataset: Dataset,
  card: DataCard,
): void {
  const n = (count: number, width = 0) => count.toLocaleString("en").padStart(width);
  for (const note of syntheticNotes(dataset)) terminal.warn(note);
  terminal.line(
    `   ${card.name}: ${counted(card.courses, "course")}, K=${dataset.k}, Q=${dataset.q}`,
  );
  for (const [split, { users, pairs, episodes, first, last }] of Object.entries(card.splits)) {
    const dates = first === undefined || last === undefined ? "" : `   ${first} to ${last}`;
    terminal.line(
      `   ${split.padEnd(5)} ${n(pairs, 9)} ${noun(pairs, "pair").padEnd(5)} ` +
        `${n(users, 8)} ${noun(users, "user").padEnd(5)} ` +
        `${n(episodes, 8)} ${noun(episodes, "episode")}${dates}`,
    );
  }
  if (card.label_times !== undefined) terminal.line(`   no dates: ${card.label_times}`);
  terminal.line(`   Split ${card.split_rule}`);
}

/** The titles of the metrics' columns. */
const TITLES: Readonly<Record<MetricName, string>> = {
  "accuracy@1": "Acc@1",
  "recall@5": "Recall@5",
  "recall@10": "Recall@10",
  mrr: "MRR",
};

/**
 * The table of results: every metric with its interval below, a mark at the best within noise, the
 * ceiling last; and a line that says how to read it.
 */
export function resultsTable(
  evaluations: Readonly<Record<string, Evaluation>>,
  statistics: Statistics,
  ceiling: Metrics | undefined,
): string {
  const { intervals, standings } = statistics;
  const isAlone = Object.keys(evaluations).length === 1; // the best of one says nothing
  const isBest = (name: string, metric: MetricName) =>
    !isAlone && standings[metric].best.includes(name);
  const value = (name: string, metrics: Metrics) =>
    METRIC_NAMES.map((metric) =>
      `${metrics[metric].toFixed(4)}${isBest(name, metric) ? "*" : " "}`
    );
  const interval = (name: string) =>
    METRIC_NAMES.map((metric) => {
      const { low, high } = intervals[name][metric];
      return `${low.toFixed(4)}–${high.toFixed(4)}`;
    });
  const rows = Object.entries(evaluations).flatMap(([name, { metrics }]) => [
    [name, ...value(name, metrics)],
    ["", ...interval(name)],
  ]);
  const last = ceiling === undefined ? [] : [[CEILING_ROW, ...value(CEILING_ROW, ceiling)]];
  const titles = METRIC_NAMES.map((metric) => `${TITLES[metric]} `);
  const below = `Below: 95 % intervals over ${counted(statistics.users, "user")}`;
  const mark = statistics.tooFew === undefined
    ? "* best within noise"
    : `${statistics.tooFew} which is best`;
  const note = isAlone ? below : `${below}; ${mark}`;
  return `${table(["Model", ...titles], [...rows, ...last])}\n${note}`;
}

/** A wait for another process is said, and ended by the signal to stop (with an `Interrupted`). */
export function patienceOf(terminal: Terminal, signal: StopSignal): Patience {
  return {
    waits: (path) => terminal.warn(`waiting for ${path}, which another process holds`),
    goOn() {
      const stopped = signal.received();
      if (stopped !== undefined) throw new Interrupted(stopped);
    },
  };
}

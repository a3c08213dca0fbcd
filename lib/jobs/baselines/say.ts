/** Sentences and tables that several jobs show. */
import type { Dataset } from "../../dataset/dataset.ts";
import { METRIC_NAMES, type Metrics } from "../../metrics/metrics.ts";
import type { Patience } from "../../files/lock.ts";
import { Interrupted, type StopSignal } from "../../terminal/signals.ts";
import { table } from "../../terminal/table.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { CEILING_ROW } from "./config.ts";

/** What must be said of synthetic data; nothing of others. */
export function syntheticNotes({ synthetic }: Dataset): string[] {
  if (synthetic === undefined) return [];
  const { preset, seed, process_version } = synthetic;
  return [
    `SYNTHETIC DATA: preset ${preset}, seed ${seed}, process ${process_version}. ` +
    "These numbers say nothing about real learners.",
  ];
}

/** The table of results, the ceiling last. */
export function resultsTable(
  metrics: Readonly<Record<string, Metrics>>,
  ceiling: Metrics | undefined,
): string {
  const all = ceiling === undefined ? metrics : { ...metrics, [CEILING_ROW]: ceiling };
  const rows = Object.entries(all).map(([name, values]) => [
    name,
    ...METRIC_NAMES.map((metric) => values[metric].toFixed(4)),
  ]);
  return table(["Model", "Acc@1", "Recall@5", "Recall@10", "MRR"], rows);
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

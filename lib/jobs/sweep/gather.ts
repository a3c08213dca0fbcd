/** Gathers what a sweep's runs reached: its results, and its runs in its own run log. */
import { METRIC_NAMES, RANK_METRICS } from "../../metrics/metrics.ts";
import { writeJson } from "../../files/atomic.ts";
import { checked } from "../../runs/document_parts.ts";
import { type FinishedRun, readRun } from "../../runs/read_run.ts";
import { entryOf, logAlone } from "../../runs/run_log.ts";
import { sweepFolder, sweepRunFolder } from "../../runs/subfolders.ts";
import type { SweepHome } from "../../runs/sweep_folder.ts";
import {
  type ChoiceDocument,
  SWEEP_RESULTS,
  type SweepDocument,
  type SweepResults,
} from "../../runs/sweep_documents.ts";
import { table } from "../../terminal/table.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { choiceOf, metricOf, readFailures } from "./choose.ts";
import type { Planned } from "./plan.ts";
import { meanAndDeviation } from "../../metrics/spread.ts";
import { settingsText } from "./sweep_config.ts";
import { outcomesOf } from "./units.ts";

type Row = SweepResults["rows"][number];

/**
 * Writes results.json of a sweep whose pieces have all ended, and registers its runs. Only one
 * process does so: workers share nothing but files of their own.
 */
export async function gather(
  { home, sweep }: Planned,
  { warn }: Pick<Terminal, "warn">,
): Promise<SweepResults> {
  const { done } = await outcomesOf(home);
  const choice = await choiceOf(home, sweep);
  const runs: FinishedRun[] = [];
  for (const { tag } of sweep.runs) {
    if (done.has(tag)) runs.push(await readRun(home.folder, tag));
  }
  const entries = runs.map(({ tag, outDir, config: { run_id: runId, data }, report }) => {
    const createdAt = report.created_at;
    return entryOf({ root: home.folder, runId, runTag: tag, outDir, createdAt }, data);
  });
  const setAside = await logAlone(home.folder, entries);
  if (setAside !== undefined) {
    warn(`the sweep's run log was damaged; it lies at ${setAside} and is made again`);
  }
  const failures = await readFailures(home);
  const results: SweepResults = {
    metric: metricOf(sweep),
    rows: choice.chosen.flatMap((chosen) => rowOf(sweep, chosen, runs)),
    failed: [...failures.values()],
  };
  await writeJson(`${home.folder}/results.json`, checked(SWEEP_RESULTS, results, "results.json"));
  await tidy(home, runs);
  return results;
}

/** Removes what workers needed or left when they died: nobody has anything left to do. */
async function tidy({ folder }: SweepHome, runs: readonly FinishedRun[]): Promise<void> {
  for (const part of ["claims", "checkpoints"]) {
    await Deno.remove(`${folder}/${part}`, { recursive: true }).catch(() => {});
  }
  await sweepFolder(folder, "."); // others may gather, too
  for (const part of ["trials", "times", "failed", "logs"]) await sweepFolder(folder, part, true);
  for (const { outDir } of runs) await sweepRunFolder({ root: folder, outDir }); // or evaluate one
}

/** A model's row on a data set; none where none of its runs is finished. */
function rowOf(
  sweep: SweepDocument,
  { data, model, settings, searched, candidates }: ChoiceDocument["chosen"][number],
  finished: readonly FinishedRun[],
): Row[] {
  const own = sweep.runs.filter((run) => run.data === data && run.models.includes(model));
  const runs = own.flatMap(({ tag, seed }) => {
    const run = finished.find((other) => other.tag === tag);
    const metrics = run?.results.baselines[model];
    return metrics === undefined ? [] : [{ tag, seed, metrics }];
  });
  if (runs.length === 0) return [];
  const chosen = candidates.find((one) =>
    JSON.stringify(one.settings) === JSON.stringify(settings)
  );
  const test = RANK_METRICS.map((name) => {
    const values = runs.map(({ metrics }) => metrics[name] ?? 0);
    return [name, { ...meanAndDeviation(values), values }] as const;
  });
  return [{
    ...{ data, model, settings },
    ...searched && { searched },
    seeds: runs.map(({ seed }) => seed),
    runs: runs.map(({ tag }) => tag),
    ...chosen && { validation: { mean: chosen.mean, sd: chosen.sd } },
    test: Object.fromEntries(test),
  }];
}

/** What a sweep came to, for the terminal: a table a data set. */
export function resultsText({ metric, rows }: SweepResults): string {
  const shown = METRIC_NAMES;
  const value = ({ mean, sd }: { readonly mean: number; readonly sd?: number | null }) =>
    sd === null || sd === undefined ? mean.toFixed(4) : `${mean.toFixed(4)} ± ${sd.toFixed(4)}`;
  const parts = [...Map.groupBy(rows, ({ data }) => data)].map(([data, group]) => {
    const cells = group.map((row) => [
      row.model,
      ...shown.map((name) => value(row.test[name])),
      row.validation === undefined ? "–" : value(row.validation),
      `${row.seeds.length}`,
      settingsText(row.settings, row.searched),
    ]);
    const header = ["Model", ...shown, `validation ${metric}`, "Seeds", "Settings"];
    return `${data}\n\n${table(header, cells)}`;
  });
  return `${parts.join("\n\n")}\n\nMean ± standard deviation over seeds`;
}

/** Which settings a sweep's runs take: for each model and data set the best on validation. */
import { RANK_METRICS, type RankMetric } from "../../metrics/metrics.ts";
import { bestOf } from "../../evaluation/selection.ts";
import { InputError } from "../../errors/input_error.ts";
import { writeJson } from "../../files/atomic.ts";
import { readBytes } from "../../files/input_file.ts";
import { isRecord, jsonText } from "../../files/json.ts";
import { parseDocument } from "../../runs/read_run.ts";
import { checked } from "../../runs/document_parts.ts";
import {
  CHOICE,
  type ChoiceDocument,
  FAILURE,
  type Failure,
  type SweepDocument,
  TRIAL_RESULT,
  type TrialRecord,
  type TrialResult,
} from "../../runs/sweep_documents.ts";
import { namesIn, type SweepHome } from "../../runs/sweep_folder.ts";
import { meanAndDeviation } from "./spread.ts";

/** What has come of a sweep's trials, by their names. */
export interface Trials {
  readonly results: ReadonlyMap<string, TrialResult>;
  readonly failures: ReadonlyMap<string, Failure>;
}

/**
 * The sweep's choice: the one that was written, else made of all its trials, each of which has
 * ended, and written.
 */
export async function choiceOf(home: SweepHome, sweep: SweepDocument): Promise<ChoiceDocument> {
  const path = `${home.folder}/choice.json`;
  if (await isThere(path)) return await read(path, CHOICE);
  const choice = choose(sweep, await readTrials(home));
  await writeJson(path, checked(CHOICE, choice, "choice.json"));
  return choice;
}

/** Whether settings were chosen already: then trials stay as they are. */
export async function isChosen({ folder }: SweepHome): Promise<boolean> {
  return await isThere(`${folder}/choice.json`);
}

/** Reads what has come of the trials. */
export async function readTrials(home: SweepHome): Promise<Trials> {
  const results = new Map<string, TrialResult>();
  for (const name of await namesIn(home, "trials")) {
    results.set(name, await read(`${home.folder}/trials/${name}.json`, TRIAL_RESULT));
  }
  return { results, failures: await readFailures(home) };
}

/** Reads why pieces of the sweep failed, by their names. */
export async function readFailures(home: SweepHome): Promise<Map<string, Failure>> {
  const failures = new Map<string, Failure>();
  for (const name of [...await namesIn(home, "failed")].sort()) {
    failures.set(name, await read(`${home.folder}/failed/${name}.json`, FAILURE));
  }
  return failures;
}

/**
 * Chooses: by the mean over the seeds, the first of equals. Settings with a failed trial are out,
 * because their mean would be over other seeds; a model of which none is left is not chosen.
 */
export function choose(
  sweep: SweepDocument,
  { results, failures }: Trials,
): ChoiceDocument {
  const metric = metricOf(sweep);
  const chosen: ChoiceDocument["chosen"][number][] = [];
  const failed: ChoiceDocument["failed"][number][] = [];
  for (const { name: data } of sweep.data) {
    for (const model of sweep.models) {
      const trials = sweep.trials.filter((trial) => trial.data === data && trial.model === model);
      if (trials.length === 0) {
        const own = sweep.flags[model];
        chosen.push({ data, model, settings: isRecord(own) ? own : {}, candidates: [] });
        continue;
      }
      const candidates: ChoiceDocument["chosen"][number]["candidates"][number][] = [];
      for (const [settings, group] of bySettings(trials)) {
        const bad = group.find(({ name }) => failures.has(name));
        if (bad !== undefined) {
          failed.push({ data, model, settings, reason: failures.get(bad.name)!.reason });
          continue;
        }
        const values = group.map(({ name }) => results.get(name)!.validation[metric]);
        candidates.push({
          settings,
          seeds: group.map(({ seed }) => seed),
          ...meanAndDeviation(values),
        });
      }
      if (candidates.length === 0) continue;
      const best = bestOf(candidates.map(({ mean }) => ({ [metric]: mean })), metric);
      chosen.push({ data, model, settings: candidates[best].settings, candidates });
    }
  }
  return { metric, chosen, failed };
}

/** The metric of the validation episodes by which a sweep chooses. */
export function metricOf({ flags }: SweepDocument): RankMetric {
  const metric = RANK_METRICS.find((name) => name === flags.select);
  if (metric !== undefined) return metric;
  throw new InputError({
    doing: "reading sweep.json",
    found: `its metric is ${JSON.stringify(flags.select)}`,
    wanted: `one of ${RANK_METRICS.join(", ")}`,
  });
}

function bySettings(
  trials: readonly TrialRecord[],
): [TrialRecord["settings"], readonly TrialRecord[]][] {
  const groups = Map.groupBy(trials, ({ settings }) => jsonText(settings));
  return [...groups.values()].map((group) => [group[0].settings, group]);
}

async function read<T>(path: string, shape: Parameters<typeof parseDocument<T>>[0]): Promise<T> {
  return parseDocument(shape, await readBytes(path, { doing: `reading ${path}` }), path);
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Which settings a sweep's runs take: for each model and data set the best on validation. */
import { RANK_METRICS, type RankMetric } from "../../metrics/metrics.ts";
import { bestOf } from "../../evaluation/selection.ts";
import { InputError } from "../../errors/input_error.ts";
import { writeJson } from "../../files/atomic.ts";
import { isRecord, jsonText } from "../../files/json.ts";
import type { Shape } from "../../files/shape.ts";
import { checked } from "../../runs/document_parts.ts";
import { outDirOf } from "../../runs/run_folder.ts";
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
import { namesIn, readSweepFile, type SweepHome } from "../../runs/sweep_folder.ts";
import { meanAndDeviation } from "../../metrics/spread.ts";
import { resumeLine } from "./again.ts";
import { differencesOf, madeOf, progressOf, wantedOf } from "./rests.ts";

/** What has come of a sweep's trials, by their names. */
export interface Trials {
  readonly results: ReadonlyMap<string, TrialResult>;
  readonly failures: ReadonlyMap<string, Failure>;
}

/**
 * The sweep's choice: the one that was written, else made of all its trials, each of which has
 * ended, and written. @throws InputError where a trial cannot be read, or where a run was made by
 * another choice.
 */
export async function choiceOf(home: SweepHome, sweep: SweepDocument): Promise<ChoiceDocument> {
  const written = await writtenChoice(home, sweep);
  if (written !== undefined) return written;
  const choice = choose(sweep, await readTrials(home, sweep));
  await checkRuns(home, sweep, choice);
  await writeJson(`${home.folder}/choice.json`, checked(CHOICE, choice, "choice.json"));
  return choice;
}

/**
 * The choice that was written; none where it is gone, damaged, or left settings out for trials that
 * do not count as failed any more.
 */
export async function writtenChoice(
  home: SweepHome,
  sweep: SweepDocument,
): Promise<ChoiceDocument | undefined> {
  if (!await isChosen(home) || await choiceFault(home) !== undefined) return undefined;
  const choice = await read(`${home.folder}/choice.json`, CHOICE);
  const failed = await namesIn(home, "failed");
  const left = sweep.trials.filter(({ name }) => failed.has(name)).map(textOf);
  return choice.failed.every((one) => left.includes(textOf(one))) ? choice : undefined;
}

/** What a trial tries, whatever its seed. */
function textOf({ data, model, settings }: Omit<TrialRecord, "name" | "seed">): string {
  return jsonText([data, model, settings]);
}

/** What is wrong with the choice that was written; nothing where there is none. */
export async function choiceFault(home: SweepHome): Promise<string | undefined> {
  if (!await isChosen(home)) return undefined;
  return await faultOf(() => read(`${home.folder}/choice.json`, CHOICE));
}

/** Whether settings were chosen already. */
export async function isChosen({ folder }: SweepHome): Promise<boolean> {
  return await isThere(`${folder}/choice.json`);
}

/** Reads what has come of the trials. @throws InputError for one that has no whole result. */
async function readTrials(home: SweepHome, sweep: SweepDocument): Promise<Trials> {
  const failures = await readFailures(home);
  const results = new Map<string, TrialResult>();
  for (const trial of sweep.trials) {
    const { name } = trial;
    if (!failures.has(name)) results.set(name, await readTrial(home, trial, metricOf(sweep)));
  }
  return { results, failures };
}

/** Reads a trial's result. @throws InputError when it is not there, or damaged. */
export async function readTrial(
  home: SweepHome,
  { name }: TrialRecord,
  metric: RankMetric,
): Promise<TrialResult> {
  const path = `${home.folder}/trials/${name}.json`;
  let result: TrialResult | undefined;
  const found = await faultOf(async () => result = await read(path, TRIAL_RESULT));
  if (result?.name === name && result.validation[metric] !== undefined) return result;
  throw new InputError({
    doing: `reading ${path}`,
    found: found ?? `it is no result of the trial ${name} by ${metric}`,
    wanted: "what the trial scored",
    next: `${resumeLine(home)} does it again`,
  });
}

/** Reads why pieces of the sweep failed, by their names. */
export async function readFailures(home: SweepHome): Promise<Map<string, Failure>> {
  const failures = new Map<string, Failure>();
  for (const name of [...await namesIn(home, "failed")].sort()) {
    let failure: Failure = { unit: name, reason: "its reason cannot be read" };
    await faultOf(async () => failure = await read(`${home.folder}/failed/${name}.json`, FAILURE));
    failures.set(name, failure);
  }
  return failures;
}

/**
 * The finished runs were made by this choice, as far as they have its models. @throws InputError
 * naming one that was not: a failed trial may have been done since.
 */
async function checkRuns(
  home: SweepHome,
  sweep: SweepDocument,
  choice: ChoiceDocument,
): Promise<void> {
  for (const run of sweep.runs) {
    const { tag } = run;
    const progress = await progressOf(home, tag);
    if (progress?.status !== "finished") continue;
    const made = madeOf(progress);
    const all = Object.entries(wantedOf(choice, run));
    const wanted = Object.fromEntries(all.filter(([model]) => Object.hasOwn(made, model)));
    const differences = differencesOf(made, wanted);
    if (differences.length === 0) continue;
    throw new InputError({
      doing:
        "choosing settings again, because choice.json is gone or damaged, or trials came since",
      found: `the run ${tag} was made by another choice than its trials give now: ` +
        differences.join("; "),
      wanted: "runs of one choice",
      next: `restore choice.json, or delete ${home.folder}/${outDirOf(tag)}; then ` +
        resumeLine(home),
    });
  }
}

/** What is wrong with what is read; nothing where all is well. */
async function faultOf(reading: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await reading();
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.fault.found;
    throw error;
  }
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
        const seeds = seedsOf(sweep, group);
        const values = seeds.map((seed) => {
          const { name } = group.find((trial) => trial.seed === seed) ?? group[0];
          return results.get(name)!.validation[metric];
        });
        const [{ searched }] = group;
        candidates.push({
          settings,
          ...searched && { searched },
          seeds,
          ...meanAndDeviation(values),
        });
      }
      if (candidates.length === 0) continue;
      const best = bestOf(candidates.map(({ mean }) => ({ [metric]: mean })), metric);
      const { settings, searched } = candidates[best];
      chosen.push({ data, model, settings, ...searched && { searched }, candidates });
    }
  }
  return { metric, chosen, failed };
}

/** The seeds for which trials of one choice stand: one alone may stand for all of them. */
function seedsOf(
  { trial_seeds: all }: SweepDocument,
  trials: readonly TrialRecord[],
): readonly number[] {
  return trials.length === 1 ? all : trials.map(({ seed }) => seed);
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

/** What else is read here is told in other words, or made again. */
const read = <T>(path: string, shape: Shape<T>) =>
  readSweepFile(path, shape, "deno task sweep --resume makes it again");

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

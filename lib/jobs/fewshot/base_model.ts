/** The base model of a few-shot run: that of a finished run, or one that is trained here. */
import { join } from "node:path/posix";
import { type Baseline, NOTEBOOK_TRAINING, type TrainingConfig } from "../../baselines/baseline.ts";
import type { FittedNetwork } from "../../baselines/neural.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import { readDataset } from "../../dataset/read_dataset.ts";
import { checkAdaptable } from "../../engine/adaptable.ts";
import { counted } from "../../errors/counted.ts";
import { InputError, show } from "../../errors/input_error.ts";
import { tooFewToChoose } from "../../fewshot/choose.ts";
import type { Fingerprint } from "../../files/fingerprint.ts";
import { finishedRuns } from "../../runs/order.ts";
import type { Progress } from "../../runs/progress.ts";
import { readRun } from "../../runs/read_run.ts";
import { quoted } from "../../errors/shell_words.ts";
import { defaultsOf } from "../../settings/settings.ts";
import { dataFolder } from "../baselines/data_folder.ts";
import { fitModel, type FitPlace, trainingData } from "../baselines/fit_model.ts";
import { checkVocabulary, dataOf } from "../evaluate.ts";
import type { Job } from "../job.ts";
import { baselineOf, openSavedModels, type SavedModels } from "../models.ts";
import { type FewshotConfig, needsAdaptation } from "./config.ts";

/** Where the base model comes from, and the data on which it adapts. */
export interface BaseSource {
  readonly baseline: Baseline;
  /** The run that has it; none: it is trained here. */
  readonly saved?: SavedModels & { readonly fitted: FittedNetwork };
  readonly dataset: Dataset;
  readonly inputs: readonly Fingerprint[];
}

/**
 * Finds the base model and reads the data. @throws InputError for a base that is no network, a run
 * without it, and data of another vocabulary.
 */
export async function findBase(job: Job<FewshotConfig>): Promise<BaseSource> {
  const { config, baselines, terminal } = job;
  const baseline = baselineOf(baselines, config.base, "reading --base");
  if (baseline.network === undefined) {
    throw new InputError({
      doing: "reading --base",
      found: `${show(config.base)}, which is no network`,
      wanted: `one of ${
        baselines.filter(({ network }) => network !== undefined).map(({ name }) => name).join(", ")
      }`,
    });
  }
  const tag = config.run ??
    (config.data === undefined ? await newestWith(config.out, config.base) : undefined);
  const saved = tag === undefined ? undefined : await openBase(job, tag);
  const shape = saved?.run.config.k_shot_config;
  const k = config.k || shape?.K || 5;
  const q = config.q || shape?.Q || 10;
  const data = config.data ??
    (saved === undefined
      ? await dataFolder({ data: undefined, k, q }, terminal)
      : dataOf(saved.run));
  const done = terminal.stage(`Data: ${data}`);
  const { dataset, inputs } = await readDataset(data, k, q);
  if (saved !== undefined) checkVocabulary(saved.run, dataset);
  for (const split of ["val", "test"] as const) {
    if (dataset.splits[split].episodes.count > 0) continue;
    throw new InputError({
      doing: `adapting on ${data}`,
      found: `${split} has no episodes`,
      wanted: "validation episodes to choose by, and test episodes",
    });
  }
  const { val, test } = dataset.splits;
  const { count } = val.episodes;
  done(
    `${counted(count, "validation episode")} and ${counted(test.episodes.count, "test episode")}`,
  );
  const tooFew = tooFewToChoose(count);
  if (tooFew !== undefined) {
    terminal.warn(`${tooFew} Try smaller --k and --q, or data of more validation learners.`);
  }
  return { baseline, saved, dataset, inputs };
}

async function openBase({ config, baselines }: Job<FewshotConfig>, tag: string) {
  const saved = await openSavedModels(config.out, tag, baselines);
  const { fitted } = await saved.read(config.base);
  return { ...saved, fitted: fitted as FittedNetwork };
}

/** The newest finished run that has a model; none where there is no such run. */
async function newestWith(root: string, model: string): Promise<string | undefined> {
  for await (const tag of finishedRuns(root)) {
    const run = await readRun(root, tag);
    if (Object.hasOwn(run.results.baselines, model)) return tag;
  }
  return undefined;
}

/**
 * Checks the base model before anything is trained or written, and measures one that is trained
 * here. @throws InputError when a method asked cannot adapt it, or the device's memory cannot hold
 * it.
 */
export async function checkBase(
  { config, device }: Job<FewshotConfig>,
  { baseline, saved, dataset }: BaseSource,
): Promise<void> {
  const settings = defaultsOf(baseline.config);
  const training = trainingOf(config);
  if (needsAdaptation(config)) {
    checkAdaptable(
      saved?.fitted.model ?? baseline.network!(dataset.courses.length, settings, training),
    );
  }
  if (saved !== undefined) return;
  try {
    await baseline.check?.(trainingData(dataset), settings, {
      measure: device.measure,
      threads: config.threads || undefined,
      seed: config.seed,
      training,
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // the flags that it names are those of `baselines`
    const next = `train the base model first: deno task baselines --data ${quoted(dataset.path)} ` +
      `--models ${baseline.name}, with ${error.fault.next}; then name its run with --run`;
    throw new InputError({ ...error.fault, next }, { cause: error });
  }
}

/** The base model and, where it was trained here, the run's progress with it. */
export interface LoadedBase {
  readonly fitted: FittedNetwork;
  readonly progress: Progress;
}

/** The saved base model, or one trained for the run. Answers nothing when told to stop. */
export async function loadBase(
  job: Job<FewshotConfig>,
  { baseline, saved }: BaseSource,
  place: FitPlace,
  progress: Progress,
): Promise<LoadedBase | undefined> {
  if (saved !== undefined) return { fitted: saved.fitted, progress };
  const done = job.terminal.stage(`Fit ${baseline.name}`);
  const here = await fitModel(job, place, progress, {
    baseline,
    settings: defaultsOf(baseline.config),
    training: trainingOf(job.config),
  });
  if (here === undefined) return undefined;
  done(here.training === undefined ? "fitted before" : here.training.device);
  return { fitted: here.model.fitted as FittedNetwork, progress: here.progress };
}

function trainingOf({ epochs }: FewshotConfig): TrainingConfig {
  return { ...NOTEBOOK_TRAINING, epochs };
}

/** The data folder of a base model's run, for messages. */
export function sourceText({ saved, baseline, dataset }: BaseSource): string {
  return saved === undefined
    ? `${baseline.name}, trained here on ${dataset.path}`
    : `${baseline.name} of the run ${join(saved.run.outDir)}`;
}

/**
 * Fits the models of a run one after the other, saving each, with checkpoints inside the long ones.
 */
import type { Baseline } from "../../baselines/baseline.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import { messageOf } from "../../errors/input_error.ts";
import { sha256 } from "../../files/fingerprint.ts";
import { readBytes } from "../../files/input_file.ts";
import { removeCheckpoints } from "../../runs/checkpoint.ts";
import { type FittedEntry, type Progress, writeProgress } from "../../runs/progress.ts";
import type { Job } from "../job.ts";
import { baselineOf, type FittedModel, modelBytes, modelFile } from "../models.ts";
import { type BaselinesConfig, trainingOf } from "./config.ts";
import { type Checkpoints, fitModel, type TimedFit, trainingData } from "./fit_model.ts";
import type { InitialWeights } from "./initial_weights.ts";
import type { OpenRun } from "./open_run.ts";
import { keptLine } from "./validation.ts";

/** The models of a run, in order, and what is known of their training. */
export interface TrainedModels {
  readonly models: readonly FittedModel[];
  readonly entries: Readonly<Record<string, FittedEntry>>;
}

/**
 * Measures every model of the run. @throws InputError for the first that the device's memory cannot
 * hold: nothing is allocated or written yet.
 */
export async function checkSizes(
  { config, baselines, device }: Job<BaselinesConfig>,
  dataset: Dataset,
): Promise<void> {
  for (const name of config.models) {
    await baselineOf(baselines, name, "reading --models").check?.(
      trainingData(dataset),
      config.own[name],
      {
        measure: device.measure,
        threads: config.threads || undefined,
        seed: config.seed,
        training: trainingOf(config),
      },
    );
  }
}

/**
 * Fits every model that is not fitted yet. Returns undefined when told to stop; all that was done
 * is saved then.
 */
export async function trainModels(
  job: Job<BaselinesConfig>,
  run: OpenRun,
  initial: InitialWeights["parameters"],
): Promise<TrainedModels | undefined> {
  const models: FittedModel[] = [];
  let { progress } = run;
  const saved = checkpointsOf(run);
  for (const name of job.config.models) {
    const baseline = baselineOf(job.baselines, name, "reading --models");
    const done = job.terminal.stage(`Fit ${name}`);
    const earlier = await readFitted(job, run, baseline, progress.models[name]);
    if (earlier !== undefined) {
      models.push(earlier);
      await removeCheckpoints(saved.folder, name); // a kill may have come between the two
      done("fitted before");
      continue;
    }
    const fit = await fitModel(job, baseline, {
      dataset: run.record.dataset,
      initial: initial[name],
      saved,
    });
    if (fit === undefined) return undefined;
    for (const line of keptLine(job.config, fit.training)) job.terminal.line(line);
    sayHighlights(job, run.record.dataset, baseline, fit.fitted);
    progress = await saveModel(run, progress, baseline, fit);
    models.push({ baseline, fitted: fit.fitted });
    done(fit.training.device);
  }
  return { models, entries: progress.models };
}

/** Where a run keeps its checkpoints while it trains. */
export function checkpointFolder({ record: { identity } }: OpenRun): string {
  return `${identity.root}/${identity.outDir}/checkpoints`;
}

/** The run's checkpoints. */
function checkpointsOf(run: OpenRun): Checkpoints {
  return { folder: checkpointFolder(run), key: run.key, resumed: run.resumed };
}

/** A model that an interrupted run had fitted, if its file is what it was. */
async function readFitted(
  { terminal }: Job<BaselinesConfig>,
  { record: { identity }, writer }: OpenRun,
  baseline: Baseline,
  entry: FittedEntry | undefined,
): Promise<FittedModel | undefined> {
  if (entry === undefined) return undefined;
  const { path, sha256: wanted } = entry.file;
  try {
    const bytes = await readBytes(`${identity.root}/${path}`, { doing: `reading ${path}` });
    if (await sha256(bytes) !== wanted) throw new Error("its SHA-256 is not the one recorded");
    writer.adopt(entry.file);
    return { baseline, fitted: baseline.decode(bytes, path) };
  } catch (error) {
    terminal.warn(
      `the fitted model ${path} cannot be used again (${messageOf(error)}); fitting it anew`,
    );
    return undefined;
  }
}

/** Writes the model's file and then the progress that names it; its checkpoints are done with. */
async function saveModel(
  run: OpenRun,
  progress: Progress,
  baseline: Baseline,
  { fitted, training, seconds }: TimedFit,
): Promise<Progress> {
  const { identity } = run.record;
  const path = `${identity.outDir}/models/${modelFile(baseline)}`;
  const bytes = modelBytes({ baseline, fitted }, run.record.dataset.synthetic);
  await run.writer.write(path, bytes);
  const entry: FittedEntry = {
    file: { path, bytes: bytes.length, sha256: await sha256(bytes) },
    training: { seconds, ...training },
  };
  const saved = { ...progress, models: { ...progress.models, [baseline.name]: entry } };
  await writeProgress(identity, saved);
  await removeCheckpoints(checkpointFolder(run), baseline.name);
  return saved;
}

/** Names the courses that a fitted model finds remarkable. */
function sayHighlights(
  { terminal }: Job<BaselinesConfig>,
  { courses }: Dataset,
  { highlights }: Baseline,
  fitted: unknown,
): void {
  highlights?.(fitted).forEach(({ item, share }, place) =>
    terminal.line(`   ${place + 1}. ${courses[item]} (share ${share.toFixed(4)})`)
  );
}

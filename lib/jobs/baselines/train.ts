/**
 * Fits the models of a run one after the other, saving each, with checkpoints inside the long ones.
 */
import type { Baseline, Fit, TrainingWatch } from "../../baselines/baseline.ts";
import { parametersFrom } from "../../baselines/weights.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import { SYNTHETIC_NOTE } from "../../dataset/mark.ts";
import { messageOf } from "../../errors/input_error.ts";
import { sha256 } from "../../files/fingerprint.ts";
import { readBytes } from "../../files/input_file.ts";
import { parameterSpecs } from "../../models/neural.ts";
import { countParameters } from "../../models/parameters.ts";
import {
  type CheckpointOwner,
  readCheckpoint,
  type ReadWeights,
  removeCheckpoints,
  writeCheckpoint,
} from "../../runs/checkpoint.ts";
import { type FittedEntry, type Progress, writeProgress } from "../../runs/progress.ts";
import { duration } from "../../terminal/terminal.ts";
import type { Job } from "../job.ts";
import { baselineOf, type FittedModel, modelBytes, modelFile } from "../models.ts";
import { type BaselinesConfig, trainingOf } from "./config.ts";
import type { InitialWeights } from "./initial_weights.ts";
import type { OpenRun } from "./open_run.ts";
import { keptLine, scoreOf, validationOf, validationScores } from "./validation.ts";

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
  for (const name of job.config.models) {
    const baseline = baselineOf(job.baselines, name, "reading --models");
    const done = job.terminal.stage(`Fit ${name}`);
    const earlier = await readFitted(job, run, baseline, progress.models[name]);
    if (earlier !== undefined) {
      models.push(earlier);
      await removeCheckpoints(checkpointFolder(run), name); // a kill may have come between the two
      done("fitted before");
      continue;
    }
    const begin = performance.now();
    const watch = watchTraining(job, run, name);
    const fit = await baseline.fit(trainingData(run.record.dataset), job.config.own[name], {
      create: job.device.create,
      threads: job.config.threads || undefined,
      seed: job.config.seed,
      training: trainingOf(job.config),
      initial: initial[name],
      watch,
      validation: validationOf(job.config, run.record.dataset),
    });
    watch.end();
    if (!fit.finished || job.signal.received() !== undefined) return undefined;
    const seconds = watch.secondsBefore() + (performance.now() - begin) / 1000;
    for (const line of keptLine(job.config, fit.training)) job.terminal.line(line);
    sayHighlights(job, run.record.dataset, baseline, fit.fitted);
    progress = await saveModel(run, progress, baseline, fit, seconds);
    models.push({ baseline, fitted: fit.fitted });
    done(fit.training.device);
  }
  return { models, entries: progress.models };
}

/** What models are fitted on. */
export function trainingData({ courses, splits }: Dataset) {
  return { nItems: courses.length, pairs: splits.train.pairs };
}

/** Where a run keeps its checkpoints while it trains. */
export function checkpointFolder({ record: { identity } }: OpenRun): string {
  return `${identity.root}/${identity.outDir}/checkpoints`;
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
  { fitted, training }: Fit<unknown>,
  seconds: number,
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

/** Watches one model's training: shows it, saves checkpoints, and passes a wish to stop on. */
interface RunWatch extends TrainingWatch {
  /** Seconds of training before the run was taken up again. */
  secondsBefore(): number;
  end(): void;
}

function watchTraining(
  { config, terminal, signal }: Job<BaselinesConfig>,
  run: OpenRun,
  name: string,
): RunWatch {
  const begin = performance.now();
  const folder = checkpointFolder(run);
  let owner: CheckpointOwner | undefined;
  let bar: ReturnType<typeof terminal.progress> | undefined;
  let secondsBefore = 0;
  let epochBegun = begin;
  let saved = begin;
  return {
    async begin(model, { batches, batchSize, epochs }) {
      owner = { name, model, seed: config.seed, key: run.key };
      const weights: ReadWeights = (tensors, path) => parametersFrom(model, tensors, path);
      const earlier = run.resumed
        ? await readCheckpoint(folder, owner, { weights, complain: terminal.warn })
        : undefined;
      const n = (count: number) => count.toLocaleString("en");
      const parameters = countParameters(parameterSpecs(model));
      terminal.line(
        `   ${n(parameters)} parameters, ${n(batches)} batches of ${batchSize} × ${epochs} epochs`,
      );
      if (earlier !== undefined) {
        const steps = `step ${n(earlier.state.step)} of ${n(batches * epochs)}`;
        terminal.line(`   going on from ${steps}`);
        secondsBefore = earlier.seconds;
      }
      bar = terminal.progress(name, batches * epochs);
      epochBegun = performance.now();
      saved = epochBegun;
      return earlier;
    },
    async chunk({ cursor, kept, epoch, epochs, batch, batches, epochLoss }, engine) {
      bar?.update((epoch - 1) * batches + batch, `epoch ${epoch}`);
      if (epochLoss !== undefined) {
        bar?.end();
        const took = duration(performance.now() - epochBegun);
        const loss = `epoch ${epoch}/${epochs}: loss ${epochLoss.toFixed(4)}`;
        terminal.line(`   ${loss}${scoreOf(config, cursor)}   ${took}`);
        await run.tracker.epoch(name, epoch, { loss: epochLoss, ...validationScores(cursor) });
        epochBegun = performance.now();
      }
      const stop = signal.received() !== undefined;
      const due = performance.now() - saved >= 1000 * config.checkpointEvery;
      if (owner !== undefined && (stop || epochLoss !== undefined || due)) {
        const seconds = secondsBefore + (performance.now() - begin) / 1000;
        const state = await engine.export();
        const checkpoint = { cursor, state, kept, seconds };
        await writeCheckpoint(folder, owner, checkpoint, notesOf(run.record.dataset));
        saved = performance.now();
      }
      return stop ? "stop" : undefined;
    },
    secondsBefore: () => secondsBefore,
    end: () => bar?.end(),
  };
}

/** What a file's metadata say of the data behind it. */
function notesOf({ synthetic }: Dataset): Record<string, string> {
  return synthetic === undefined ? {} : { [SYNTHETIC_NOTE]: JSON.stringify(synthetic) };
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

/**
 * Fits one model of a run: with checkpoints inside, saved when it is done, and found again when the
 * run goes on.
 */
import type {
  Baseline,
  Fit,
  FitContext,
  TrainingRecord,
  TrainingWatch,
} from "../../baselines/baseline.ts";
import { parametersFrom } from "../../baselines/weights.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import { SYNTHETIC_NOTE } from "../../dataset/mark.ts";
import type { Cursor } from "../../engine/fit.ts";
import { counted } from "../../errors/counted.ts";
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
import type { ArtifactWriter } from "../../runs/manifest.ts";
import { type FittedEntry, type Progress, writeProgress } from "../../runs/progress.ts";
import type { RunIdentity } from "../../runs/run_folder.ts";
import { duration } from "../../terminal/terminal.ts";
import type { Tracker } from "../../track/tracker.ts";
import type { Job } from "../job.ts";
import { type FittedModel, modelBytes, modelFile } from "../models.ts";
import { validationScores } from "./validation.ts";

/** The run that a model is fitted for. */
export interface FitPlace {
  readonly identity: RunIdentity;
  readonly dataset: Dataset;
  readonly writer: ArtifactWriter;
  /** Hash of the settings and the data; checkpoints carry it. */
  readonly key: string;
  /** Whether it goes on with an interrupted run. */
  readonly resumed: boolean;
  /** Is told of every epoch. */
  readonly tracker?: Tracker;
}

/** What is fitted, and how. */
export interface FitAsked
  extends Pick<FitContext, "training" | "initial" | "validation" | "tuning"> {
  readonly baseline: Baseline;
  /** The baseline's own settings. */
  readonly settings: Parameters<Baseline["fit"]>[1];
  /** What an epoch's line says behind its loss. */
  readonly noteOf?: (cursor: Cursor) => string;
}

/** The settings of a job that fits. */
export interface FitConfig {
  readonly seed: number;
  readonly threads: number;
  readonly checkpointEvery: number;
}

/** What a fit stands on, and where its checkpoints lie. */
export interface Ground extends Pick<FitPlace, "dataset" | "key" | "resumed" | "tracker"> {
  readonly checkpoints: string;
}

/** A fit and how long it took, with what came before it was taken up again. */
export interface TimedFit extends Fit<unknown> {
  readonly seconds: number;
}

/** A model that is fitted and saved. */
export interface FittedHere {
  readonly model: FittedModel;
  readonly progress: Progress;
  /** How its training went; none where an earlier start had fitted it. */
  readonly training?: TrainingRecord;
}

/**
 * Fits the model, unless `progress` has it already, and saves it. Returns undefined when told to
 * stop; all that was done is saved then.
 */
export async function fitModel(
  job: Job<FitConfig>,
  place: FitPlace,
  progress: Progress,
  asked: FitAsked,
): Promise<FittedHere | undefined> {
  const { baseline } = asked;
  const { name } = baseline;
  const checkpoints = checkpointFolder(place);
  const earlier = await readFitted(job, place, baseline, progress.models[name]);
  if (earlier !== undefined) {
    await removeCheckpoints(checkpoints, name); // a kill may have come between the two
    return { model: earlier, progress };
  }
  const fit = await fitOn(job, { ...place, checkpoints }, asked);
  if (fit === undefined) return undefined;
  return {
    model: { baseline, fitted: fit.fitted },
    progress: await saveModel(place, progress, baseline, fit),
    training: fit.training,
  };
}

/**
 * Fits a model with checkpoints, and saves nothing else. Returns undefined when told to stop; a
 * checkpoint holds what was done then.
 */
export async function fitOn(
  job: Job<FitConfig>,
  ground: Ground,
  { baseline, settings, noteOf = () => "", ...asked }: FitAsked,
): Promise<TimedFit | undefined> {
  const begin = performance.now();
  const watch = watchTraining(job, ground, baseline.name, noteOf);
  const fit = await baseline.fit(trainingData(ground.dataset), settings, {
    ...asked,
    create: job.device.create,
    threads: job.config.threads || undefined,
    seed: job.config.seed,
    watch,
  });
  watch.end();
  if (!fit.finished || job.signal.received() !== undefined) return undefined;
  return { ...fit, seconds: watch.secondsBefore() + (performance.now() - begin) / 1000 };
}

/** What models are fitted on. */
export function trainingData({ courses, splits }: Dataset) {
  return { nItems: courses.length, pairs: splits.train.pairs };
}

/** Where a run keeps its checkpoints while it trains. */
export function checkpointFolder({ identity }: Pick<FitPlace, "identity">): string {
  return `${identity.root}/${identity.outDir}/checkpoints`;
}

/** A model that an interrupted run had fitted, if its file is what it was. */
async function readFitted(
  { terminal }: Job<FitConfig>,
  { identity, writer }: FitPlace,
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
  { identity, dataset, writer }: FitPlace,
  progress: Progress,
  baseline: Baseline,
  { fitted, training, seconds }: TimedFit,
): Promise<Progress> {
  const path = `${identity.outDir}/models/${modelFile(baseline)}`;
  const bytes = modelBytes({ baseline, fitted }, dataset.synthetic);
  await writer.write(path, bytes);
  const entry: FittedEntry = {
    file: { path, bytes: bytes.length, sha256: await sha256(bytes) },
    training: { seconds, ...training },
  };
  const saved = { ...progress, models: { ...progress.models, [baseline.name]: entry } };
  await writeProgress(identity, saved);
  await removeCheckpoints(checkpointFolder({ identity }), baseline.name);
  return saved;
}

/** Watches one model's training: shows it, saves checkpoints, and passes a wish to stop on. */
interface RunWatch extends TrainingWatch {
  /** Seconds of training before the run was taken up again. */
  secondsBefore(): number;
  end(): void;
}

function watchTraining(
  { config, terminal, signal }: Job<FitConfig>,
  { checkpoints: folder, dataset, key, resumed, tracker }: Ground,
  name: string,
  noteOf: (cursor: Cursor) => string,
): RunWatch {
  const begin = performance.now();
  let owner: CheckpointOwner | undefined;
  let bar: ReturnType<typeof terminal.progress> | undefined;
  let secondsBefore = 0;
  let epochBegun = begin;
  let saved = begin;
  return {
    async begin(model, { batches, batchSize, epochs }) {
      owner = { name, model, seed: config.seed, key };
      const weights: ReadWeights = (tensors, path) => parametersFrom(model, tensors, path);
      const earlier = resumed
        ? await readCheckpoint(folder, owner, { weights, complain: terminal.warn })
        : undefined;
      const n = (count: number) => count.toLocaleString("en");
      const parameters = countParameters(parameterSpecs(model));
      terminal.line(
        `   ${counted(parameters, "parameter")}, ${counted(batches, "batch")} of ${batchSize} × ${
          counted(epochs, "epoch")
        }`,
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
        terminal.line(`   ${loss}${noteOf(cursor)}   ${took}`);
        await tracker?.epoch(name, epoch, { loss: epochLoss, ...validationScores(cursor) });
        epochBegun = performance.now();
      }
      const stop = signal.received() !== undefined;
      const due = performance.now() - saved >= 1000 * config.checkpointEvery;
      if (owner !== undefined && (stop || epochLoss !== undefined || due)) {
        const seconds = secondsBefore + (performance.now() - begin) / 1000;
        const state = await engine.export();
        const checkpoint = { cursor, state, kept, seconds };
        await writeCheckpoint(folder, owner, checkpoint, notesOf(dataset));
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

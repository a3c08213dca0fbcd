/** Fits one model of a job: shown as it goes, with checkpoints, and stopped when the job is. */
import type { Baseline, Fit, TrainingWatch } from "../../baselines/baseline.ts";
import { parametersFrom } from "../../baselines/weights.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import { SYNTHETIC_NOTE } from "../../dataset/mark.ts";
import { parameterSpecs } from "../../models/neural.ts";
import { countParameters, type Parameters } from "../../models/parameters.ts";
import {
  type CheckpointOwner,
  readCheckpoint,
  type ReadWeights,
  writeCheckpoint,
} from "../../runs/checkpoint.ts";
import { duration } from "../../terminal/terminal.ts";
import type { Job } from "../job.ts";
import { type BaselinesConfig, trainingOf } from "./config.ts";
import { scoreOf, validationOf } from "./validation.ts";

/** Where checkpoints lie. */
export interface Checkpoints {
  readonly folder: string;
  /** Hash of the settings and the data; checkpoints carry it. */
  readonly key: string;
  /** Whether there may be earlier ones to go on from. */
  readonly resumed: boolean;
}

/** What a model is fitted on, from and to. */
export interface Fitting {
  readonly dataset: Dataset;
  /** Weights to start from instead of fresh ones. */
  readonly initial?: Parameters;
  readonly saved: Checkpoints;
}

/** A fit and how long it took, with what came before it was taken up again. */
export interface TimedFit extends Fit<unknown> {
  readonly seconds: number;
}

/** What models are fitted on. */
export function trainingData({ courses, splits }: Dataset) {
  return { nItems: courses.length, pairs: splits.train.pairs };
}

/** Fits it. Undefined when told to stop; a checkpoint holds what was done then. */
export async function fitModel(
  job: Job<BaselinesConfig>,
  baseline: Baseline,
  fitting: Fitting,
): Promise<TimedFit | undefined> {
  const { config, device, signal } = job;
  const begin = performance.now();
  const watch = watchTraining(job, baseline.name, fitting);
  const fit = await baseline.fit(trainingData(fitting.dataset), config.own[baseline.name], {
    create: device.create,
    threads: config.threads || undefined,
    seed: config.seed,
    training: trainingOf(config),
    initial: fitting.initial,
    watch,
    validation: validationOf(config, fitting.dataset),
  });
  watch.end();
  if (!fit.finished || signal.received() !== undefined) return undefined;
  return { ...fit, seconds: watch.secondsBefore() + (performance.now() - begin) / 1000 };
}

/** Watches one model's training: shows it, saves checkpoints, and passes a wish to stop on. */
interface RunWatch extends TrainingWatch {
  /** Seconds of training before the run was taken up again. */
  secondsBefore(): number;
  end(): void;
}

function watchTraining(
  { config, terminal, signal }: Job<BaselinesConfig>,
  name: string,
  { dataset, saved: { folder, key, resumed } }: Fitting,
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

/** Fits the models of a run one after the other. */
import type { Baseline } from "../../baselines/baseline.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import type { FittedEntry } from "../../runs/progress.ts";
import type { Job } from "../job.ts";
import { baselineOf, type FittedModel } from "../models.ts";
import { type BaselinesConfig, trainingOf } from "./config.ts";
import { fitModel, trainingData } from "./fit_model.ts";
import type { InitialWeights } from "./initial_weights.ts";
import type { OpenRun } from "./open_run.ts";
import { openTuning } from "./tuning.ts";
import { keptLine, scoreOf, validationOf } from "./validation.ts";

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
  const { config, terminal } = job;
  const { dataset } = run.record;
  const models: FittedModel[] = [];
  const tuning = config.tune ? await openTuning(job, run) : undefined;
  let { progress } = run;
  for (const name of config.models) {
    const done = terminal.stage(`Fit ${name}`);
    const here = await fitModel(job, { ...run, ...run.record }, progress, {
      baseline: baselineOf(job.baselines, name, "reading --models"),
      settings: config.own[name],
      training: trainingOf(config),
      initial: initial[name],
      validation: validationOf(config, dataset),
      tuning,
      noteOf: (cursor) => scoreOf(config, cursor),
    });
    if (here === undefined) return undefined;
    const { model, training } = here;
    models.push(model);
    progress = here.progress;
    if (training !== undefined) {
      for (const line of keptLine(config, training)) terminal.line(line);
      sayHighlights(job, dataset, model.baseline, model.fitted);
    }
    done(training === undefined ? "fitted before" : training.device);
  }
  return { models, entries: progress.models };
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

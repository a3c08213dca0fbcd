/** How long training will take, said before it begins, and what makes it a matter of seconds. */
import type { Baseline, TrainingWatch } from "../../baselines/baseline.ts";
import { duration } from "../../terminal/terminal.ts";
import type { Job } from "../job.ts";
import { baselineOf } from "../models.ts";
import { type BaselinesConfig, trainingOf } from "./config.ts";
import type { OpenRun } from "./open_run.ts";
import { trainingData } from "./fit_model.ts";

/** What training one model will take. */
export interface ModelCost {
  readonly name: string;
  readonly seconds: number;
}

/** Trainings of fewer steps are over before it is worth saying. */
const FEW_STEPS = 100;
/** From this long on it is said what to leave out. */
const LONG = 20;
/** What is left then takes this long at most: "seconds". */
const SECONDS = 10;

/**
 * Measures the first batches of every neural model that the run trains, and says what they come to.
 * A run that is taken up again knows it already. Nothing that is measured is kept.
 */
export async function sayEstimate(job: Job<BaselinesConfig>, run: OpenRun): Promise<void> {
  if (run.resumed) return;
  const costs: ModelCost[] = [];
  for (const name of job.config.models) {
    const baseline = baselineOf(job.baselines, name, "reading --models");
    if (baseline.family !== "neural") continue;
    const seconds = await measure(job, run, baseline);
    if (job.signal.received() !== undefined) return;
    if (seconds !== undefined) costs.push({ name, seconds });
  }
  for (const line of estimateLines(job.config.models, costs)) job.terminal.line(line);
}

/**
 * Seconds that the training of a model will take by its first batches, of which the very first only
 * warms up; undefined where it has few.
 */
async function measure(
  { config, device }: Job<BaselinesConfig>,
  { record: { dataset } }: OpenRun,
  baseline: Baseline,
): Promise<number | undefined> {
  let seconds: number | undefined;
  let warm: { readonly batch: number; readonly at: number } | undefined;
  const watch: TrainingWatch = {
    begin: () => Promise.resolve(undefined),
    chunk({ epochs, batch, batches }) {
      const steps = epochs * batches;
      if (steps < FEW_STEPS) return "stop";
      const at = performance.now();
      if (warm === undefined) {
        warm = { batch, at };
        return;
      }
      seconds = (at - warm.at) / 1000 / (batch - warm.batch) * steps;
      return "stop";
    },
  };
  await baseline.fit(trainingData(dataset), config.own[baseline.name], {
    create: device.create,
    threads: config.threads || undefined,
    seed: config.seed,
    training: trainingOf(config),
    watch,
  });
  return seconds;
}

/** The sentences: the sum and its parts; where it is long, what to leave out. */
export function estimateLines(
  models: readonly string[],
  costs: readonly ModelCost[],
): string[] {
  if (costs.length === 0) return [];
  const slowest = [...costs].sort((a, b) => b.seconds - a.seconds);
  const total = sumOf(costs);
  const said = slowest.map(({ name, seconds }) => `${name} ${about(seconds)}`).join(", ");
  const first = `\nTraining will take about ${about(total)}, by first batches: ${said}`;
  if (total < LONG) return [first];
  const left = [...slowest];
  while (left.length > 0 && sumOf(left) > SECONDS) left.shift();
  const out = slowest.slice(0, slowest.length - left.length).map(({ name }) => name);
  const rest = models.filter((name) => !out.includes(name));
  if (rest.length === 0) return [first];
  return [first, `In seconds, without ${out.join(", ")}: --models ${rest.join(",")}`];
}

const sumOf = (costs: readonly ModelCost[]) => costs.reduce((sum, { seconds }) => sum + seconds, 0);

/** 0.4 s, 12 s, 1 min 35 s: no more digits than a first batch knows. */
function about(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 60 ? `${Math.round(seconds)} s` : duration(1000 * seconds);
}

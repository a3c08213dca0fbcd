/** How long training will take, said before it begins, and what makes it a matter of seconds. */
import type { Baseline, TrainingWatch } from "../../baselines/baseline.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import { duration } from "../../terminal/terminal.ts";
import type { Job } from "../job.ts";
import { baselineOf } from "../models.ts";
import { type BaselinesConfig, trainingOf } from "./config.ts";
import { trainingData } from "./fit_model.ts";

/** What training one model will take. */
export interface ModelCost {
  readonly name: string;
  readonly seconds: number;
}

/** What all models take together is worth saying from so many seconds on. */
const WORTH = 1;
/** Behind the first model, those that would be begun after so many milliseconds go unmeasured. */
const PATIENCE = 6000;
/** From so many seconds on it is said what to leave out. */
const LONG = 20;
/** What is left then takes so many seconds at most: "seconds". */
const SECONDS = 10;

/** A run, as far as measuring it needs. */
export interface MeasuredRun {
  readonly resumed: boolean;
  readonly record: { readonly dataset: Dataset };
}

/**
 * Measures the first batches of the neural models that the run trains, for some seconds at most,
 * and says what they come to. A run that is taken up again knows it already. Nothing that is
 * measured is kept. `now` is the clock, in milliseconds.
 */
export async function sayEstimate(
  job: Job<BaselinesConfig>,
  run: MeasuredRun,
  now: () => number = () => performance.now(),
): Promise<void> {
  if (run.resumed) return;
  let first: number | undefined; // when the first was measured: before, the engine is made ready
  const costs: ModelCost[] = [];
  const unmeasured: string[] = [];
  for (const name of job.config.models) {
    const baseline = baselineOf(job.baselines, name, "reading --models");
    if (baseline.family !== "neural") continue;
    if (first !== undefined && now() - first > PATIENCE) {
      unmeasured.push(name);
      continue;
    }
    costs.push({ name, seconds: await measure(job, run, baseline, now) });
    first ??= now();
    if (job.signal.received() !== undefined) return;
  }
  const lines = estimateLines(job.config.models, costs, unmeasured);
  for (const line of lines) job.terminal.line(line);
}

/**
 * Seconds that the training of a model will take, by its first batches, of which the very first
 * only warms up unless it is the only one.
 */
async function measure(
  { config, device }: Job<BaselinesConfig>,
  { record: { dataset } }: MeasuredRun,
  baseline: Baseline,
  now: () => number,
): Promise<number> {
  const begin = now();
  let seconds: number | undefined;
  let warm: { readonly done: number; readonly at: number } | undefined;
  const watch: TrainingWatch = {
    begin: () => Promise.resolve(undefined),
    chunk({ epoch, epochs, batch, batches }) {
      const done = (epoch - 1) * batches + batch;
      const at = now();
      const from = warm ?? { done: 0, at: begin };
      seconds = (at - from.at) / 1000 / (done - from.done) * epochs * batches;
      if (warm !== undefined) return "stop";
      warm = { done, at };
    },
  };
  await baseline.fit(trainingData(dataset), config.own[baseline.name], {
    create: device.create,
    threads: config.threads || undefined,
    seed: config.seed,
    training: trainingOf(config),
    watch,
  });
  return seconds ?? (now() - begin) / 1000;
}

/**
 * The sentences: the sum and its parts; where it is long, what to leave out. Of models that were
 * not measured nothing is known but that they come on top.
 */
export function estimateLines(
  models: readonly string[],
  costs: readonly ModelCost[],
  unmeasured: readonly string[] = [],
): string[] {
  const total = sumOf(costs);
  if (total < WORTH && unmeasured.length === 0) return [];
  const slowest = [...costs].sort((a, b) => b.seconds - a.seconds);
  const said = slowest.map(({ name, seconds }) => `${name} ${about(seconds)}`).join(", ");
  const [bound, rest] = unmeasured.length === 0
    ? ["about", ""]
    : ["more than", `; not measured: ${unmeasured.join(", ")}`];
  const first = `\nTraining will take ${bound} ${about(total)}, by first batches: ${said}${rest}`;
  if (total < LONG && unmeasured.length === 0) return [first];
  const left = [...slowest];
  while (left.length > 0 && sumOf(left) > SECONDS) left.shift();
  const out = [
    ...slowest.slice(0, slowest.length - left.length).map(({ name }) => name),
    ...unmeasured,
  ];
  const others = models.filter((name) => !out.includes(name));
  if (others.length === 0) return [first];
  return [first, `In seconds, without ${out.join(", ")}: --models ${others.join(",")}`];
}

const sumOf = (costs: readonly ModelCost[]) => costs.reduce((sum, { seconds }) => sum + seconds, 0);

/** 0.4 s, 12 s, 1 min 35 s: no more digits than a first batch knows. */
function about(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 60 ? `${Math.round(seconds)} s` : duration(1000 * seconds);
}

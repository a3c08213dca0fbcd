/**
 * Times the variants of a program on a run's own first batches. Each variant trains a copy of the
 * state on a device of its own, which is gone before the next one begins: the engine's state stays
 * as it is.
 */
import { InputError, messageOf } from "../../errors/input_error.ts";
import { batchCount, type Plan, type Sequences } from "../../samplers/sequences.ts";
import type { EngineOptions } from "../engine.ts";
import {
  type TimedVariant,
  type Tuned,
  type Tuning,
  TuningStopped,
  type Variant,
} from "../tuning.ts";
import type { MakeProgram } from "./architectures.ts";
import { clockOf } from "./clock.ts";
import { describeGpu, type Gpu, type GpuRequest, openGpu } from "./device.ts";
import { watch } from "./errors.ts";
import { writeNumbers } from "./numbers.ts";
import { checkLengths, planEpoch } from "./plan.ts";
import { threadsOf } from "./program.ts";
import { startRunner } from "./runner.ts";
import { uploadState } from "./upload.ts";
import {
  distinctVariants,
  fastest,
  isVariant,
  kernelVariants,
  median,
  submitVariants,
  tuningKey,
} from "./variants.ts";

/** Rounds of which the median counts, after one that warms up. */
const ROUNDS = 3;

/** Batches of a round at most, and milliseconds that all rounds of a variant shall take. */
const MOST_BATCHES = 8;
const VARIANT_MS = 1000;

/** Batches over which steps a submit are told apart, and milliseconds that this may take. */
const SUBMIT_BATCHES = 128;
const SUBMIT_MS = 3000;

/** Milliseconds after which no other variant is begun. */
const TUNING_MS = 20_000;

/** What is tuned: as for the engine, with what makes its program. */
export interface TuningWork {
  readonly options: EngineOptions & { readonly tuning: Tuning; readonly sequences: Sequences };
  readonly request: GpuRequest;
  /** The program of a variant on a device. */
  readonly programOf: (gpu: Gpu, variant: Variant) => ReturnType<MakeProgram>;
  /** Milliseconds after which no other variant is begun. */
  readonly budgetMs?: number;
}

/**
 * The variant to train by: the one that is remembered, else the fastest. Undefined, and said, where
 * the device has no clock.
 */
export async function tune(gpu: Gpu, work: TuningWork): Promise<Tuned | undefined> {
  const { tuning } = work.options;
  const key = tuningKey(gpu, work.options, tuning.plan);
  const known = await tuning.recall(key);
  if (known !== undefined && isVariant(known.chosen, threadsOf(gpu))) {
    await tuning.keep(key, known, false);
    return known;
  }
  if (!gpu.device.features.has("timestamp-query")) {
    tuning.refuse(`${describeGpu(gpu)} has no timestamps`);
    return undefined;
  }
  const tuned = await timeAll(gpu, work);
  await tuning.keep(key, tuned, true);
  return tuned;
}

async function timeAll(gpu: Gpu, work: TuningWork): Promise<Tuned> {
  const all = kernelVariants(threadsOf(gpu));
  const variants = distinctVariants(all, (variant) => work.programOf(gpu, variant));
  const times: TimedVariant[] = [];
  const { budgetMs = TUNING_MS } = work;
  const end = performance.now() + budgetMs;
  const isOver = () => performance.now() >= end;
  work.options.tuning.begin?.(variants.length, Math.ceil(budgetMs / 1000));
  let batches: number | undefined; // the same for all
  for (const variant of variants) {
    if (times.length > 0 && isOver()) {
      times.push({ ...variant, error: `not timed: ${budgetMs / 1000} s were over` });
      continue;
    }
    try {
      const ms = await withTrial(work, variant, async (trial) => {
        batches ??= await roundSize(trial);
        return await msOf(trial, batches, variant.stepsASubmit, isOver);
      });
      times.push({ ...variant, ms });
    } catch (error) {
      // the engine's own variant has to work; another one may be too much for the device
      if (times.length === 0 || !(error instanceof InputError)) throw error;
      times.push({ ...variant, error: messageOf(error) });
    }
  }
  const chosen = fastest(times);
  const submits = isOver() ? [] : await timeSubmits(
    work,
    chosen,
    Math.min(...times.map(({ ms = Infinity }) => ms)),
  );
  return {
    adapter: describeGpu(gpu),
    chosen: submits.length > 0 ? fastest(submits) : chosen,
    times: [...times, ...submits],
  };
}

/** The chosen kernels with other steps a submit; none where that would take long. */
async function timeSubmits(
  work: TuningWork,
  chosen: Variant,
  ms: number,
): Promise<TimedVariant[]> {
  const batches = Math.min(SUBMIT_BATCHES, batchCount(work.options.tuning.plan));
  const variants = submitVariants(chosen, batches);
  if (variants.length === 1) return [];
  if (ms * batches * variants.length * (1 + ROUNDS) > SUBMIT_MS) return [];
  return await withTrial(work, chosen, async (trial) => {
    const times: TimedVariant[] = [];
    for (const variant of variants) {
      const ms = await msOf(trial, batches, variant.stepsASubmit, () => false);
      times.push({ ...variant, ms });
    }
    return times;
  });
}

/** A variant on a device of its own, with the first batches loaded. */
interface Trial {
  readonly batches: number;
  /** Milliseconds from the first dispatch of so many batches to the last one's end. */
  span(batches: number, stepsASubmit: number): Promise<number>;
}

async function withTrial<T>(
  { options, request, programOf }: TuningWork,
  variant: Variant,
  run: (trial: Trial) => Promise<T>,
): Promise<T> {
  const gpu = await openGpu(request);
  try {
    const { model, sequences, state, optimizer, seed, tuning } = options;
    const program = programOf(gpu, variant);
    const watcher = watch(gpu);
    const runner = await startRunner(gpu, program, watcher);
    uploadState(gpu, program, runner, state);
    const epoch = planEpoch(sequences, firstBatches(tuning.plan, SUBMIT_BATCHES), program.shape);
    checkLengths(epoch, model);
    await runner.load("train", epoch);
    const regions = runner.regions();
    writeNumbers(epoch, state.step, { program, regions, optimizer, seed });
    runner.number("train", epoch.numbers);
    const stages = [...program.differentiate, ...program.update];
    const clock = clockOf(gpu.device, watcher);
    return await run({
      batches: epoch.steps.length,
      async span(batches, stepsASubmit) {
        // a signal is heard where the program waits; Deno's wait for a device is none
        await new Promise((resolve) => setTimeout(resolve, 0));
        if (tuning.stopped?.()) throw new TuningStopped("stopped while variants were timed");
        return await clock.span(Math.ceil(batches / stepsASubmit), (pass, submit) => {
          const first = submit * stepsASubmit;
          for (let step = first; step < Math.min(batches, first + stepsASubmit); step++) {
            runner.encode(pass, "train", epoch, step, stages);
          }
        });
      },
    });
  } finally {
    gpu.device.destroy(); // and all that was made on it
  }
}

/** Batches of a round, so that a variant takes about as long as it may. */
async function roundSize({ span, batches }: Trial): Promise<number> {
  await span(1, 1); // the first run of a pipeline is slow
  const fitting = Math.floor(VARIANT_MS / (1 + ROUNDS) / await span(1, 1));
  return Math.max(1, Math.min(fitting, batches, MOST_BATCHES));
}

/** The median of rounds after one that warms up; of fewer, at least one, where time is over. */
async function msOf(
  { span }: Trial,
  batches: number,
  stepsASubmit: number,
  isOver: () => boolean,
): Promise<number> {
  await span(batches, stepsASubmit);
  const spans: number[] = [];
  do spans.push(await span(batches, stepsASubmit)); while (spans.length < ROUNDS && !isOver());
  return median(spans) / batches;
}

/** A plan's first batches. */
function firstBatches({ order, offsets }: Plan, most: number): Plan {
  const ends = offsets.subarray(0, most + 1);
  return { order: order.subarray(0, ends[ends.length - 1]), offsets: ends };
}

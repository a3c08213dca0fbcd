/**
 * The engine `webgpu`: weights, gradients and moments stay on the device, an epoch's plan is
 * uploaded once, a step is a fixed list of dispatches over prepared bind groups, many steps go with
 * one submit, and losses are read once a call. Every sum has a fixed order, so two runs on one
 * device give the same bits.
 */
import { parameterSpecs } from "../../models/neural.ts";
import { zeros } from "../../models/parameters.ts";
import type { Plan } from "../../samplers/sequences.ts";
import type { Engine, EngineOptions } from "../engine.ts";
import { checkLosses } from "../losses.ts";
import type { Variant } from "../tuning.ts";
import { programOf } from "./architectures.ts";
import { describeGpu, type Gpu, type GpuRequest, openGpu } from "./device.ts";
import { watch } from "./errors.ts";
import { writeNumbers } from "./numbers.ts";
import { unpack, unpackGradients } from "./parameters.ts";
import { checkLengths, type EpochPlan, meanLoss, planEpoch } from "./plan.ts";
import type { Program, Regions } from "./program.ts";
import { startRunner } from "./runner.ts";
import { scoring } from "./scoring.ts";
import { tune } from "./tune.ts";
import { uploadState } from "./upload.ts";
import { describeVariant, STEPS_A_SUBMIT } from "./variants.ts";

/** Which device and, for tests and measurements, how it is used. */
export interface WebGpuRequest extends GpuRequest {
  /** How many items a shard of the catalogue may have. */
  readonly shardItems?: number;
  /** Steps that one submit carries at most. */
  readonly stepsASubmit?: number;
  /** How it trains, where that is not chosen by time. */
  readonly variant?: Variant;
  /** Milliseconds after which no other variant is timed. */
  readonly tuningMs?: number;
}

/**
 * Makes the engine. @throws InputError for an architecture or a loss that this engine lacks, where
 * there is no adapter, or where the model does not fit it.
 */
export async function createWebGpuEngine(
  options: EngineOptions,
  request: WebGpuRequest = { allowSoftware: true },
): Promise<Engine> {
  const makeProgram = programOf(options);
  const programFor = (gpu: Gpu, variant?: Variant) =>
    makeProgram(gpu, { shardItems: request.shardItems, ...variant });
  const gpu = await openGpu(request);
  try {
    const { tuning, sequences } = options;
    const tuned = tuning === undefined || sequences === undefined ? undefined : await tune(gpu, {
      options: { ...options, tuning, sequences },
      request,
      programOf: programFor,
      budgetMs: request.tuningMs,
    });
    const variant = tuned?.chosen ?? request.variant;
    const stepsASubmit = variant?.stepsASubmit ?? request.stepsASubmit;
    const engine = await engineOn(gpu, programFor(gpu, variant), options, stepsASubmit);
    if (tuned === undefined) return engine;
    const device = `${engine.device}; tuned: ${describeVariant(tuned.chosen)}`;
    return { ...engine, device, tuned };
  } catch (error) {
    gpu.device.destroy();
    throw error;
  }
}

async function engineOn(
  gpu: Gpu,
  program: Program,
  options: EngineOptions,
  stepsASubmit = STEPS_A_SUBMIT,
): Promise<Engine> {
  const { model, sequences, state, optimizer, seed } = options;
  const specs = parameterSpecs(model);
  const device = describeGpu(gpu);
  const runner = await startRunner(gpu, program, watch(gpu));
  let steps = state.step;
  uploadState(gpu, program, runner, state);

  /** The plan on the device, for which its numbers were written, and with what. */
  let loaded: { plan: Plan; epoch: EpochPlan; base?: number; regions?: Regions } | undefined;

  /** The plan to come, made while the device was busy. */
  let readied: { plan: Plan; epoch: EpochPlan } | undefined;

  /** Has the plan on the device, its batch `batch` as the next step. */
  async function load(plan: Plan, batch: number): Promise<EpochPlan> {
    if (sequences === undefined) {
      throw new TypeError("this engine was made without training sequences");
    }
    if (loaded?.plan !== plan) {
      loaded = undefined;
      const epoch = readied?.plan === plan
        ? readied.epoch
        : planEpoch(sequences, plan, program.shape);
      readied = undefined;
      checkLengths(epoch, model);
      await runner.load("train", epoch);
      loaded = { plan, epoch };
    }
    const { epoch } = loaded;
    const base = steps - batch;
    const regions = runner.regions();
    if (loaded.base !== base || loaded.regions !== regions) {
      writeNumbers(epoch, base, { program, regions, optimizer, seed });
      runner.number("train", epoch.numbers);
      loaded = { plan, epoch, base, regions };
    }
    return epoch;
  }

  /** Plans ahead. */
  function ready(plan: Plan): void {
    readied = { plan, epoch: planEpoch(sequences!, plan, program.shape) };
  }

  /** The mean losses of batches from..to-1, which have run. */
  async function losses(epoch: EpochPlan, from: number, to: number): Promise<Float64Array> {
    const first = epoch.steps[from].lossesAt;
    const last = epoch.steps[to - 1];
    const bytes = 4 * (last.lossesAt + last.targets - first);
    const doing = `training batches ${from} to ${to - 1}`;
    const values = new Float32Array(
      await runner.read(runner.losses("train"), 4 * first, bytes, doing),
    );
    const means = new Float64Array(to - from);
    for (let b = from; b < to; b++) {
      means[b - from] = meanLoss(epoch.steps[b], values, first);
    }
    return checkLosses(means, { batch: from, step: steps - to + from + 1, device });
  }

  return {
    name: "webgpu",
    device: `webgpu, ${device}`,
    async train(plan, from, to, next) {
      if (from === to) return new Float64Array(0);
      const epoch = await load(plan, from);
      const stages = [...program.differentiate, ...program.update];
      runner.run("train", epoch, from, to, stages, stepsASubmit);
      steps += to - from;
      loaded!.base = steps - to;
      // Now, between submit and read: in Deno the wait for a buffer holds the thread.
      if (next !== undefined) ready(next());
      return await losses(epoch, from, to);
    },
    async gradients(plan, batch) {
      const epoch = await load(plan, batch);
      const gradients = zeros(specs);
      runner.run("train", epoch, batch, batch + 1, program.differentiate, 1);
      const [loss] = await losses(epoch, batch, batch + 1);
      for (const [i, { layout }] of program.stores.entries()) {
        const buffer = runner.stores[i].gradients;
        const slices = await runner.read(buffer, 0, 4 * layout.gradientsSize, "reading gradients");
        unpackGradients(layout, new Float32Array(slices), gradients);
        runner.clear(buffer);
      }
      return { loss, gradients };
    },
    ...scoring({ model, program, runner, device }),
    async export() {
      const parameters = zeros(specs);
      const firstMoments = zeros(specs);
      const secondMoments = zeros(specs);
      for (const [i, { layout }] of program.stores.entries()) {
        const { weights, moments } = runner.stores[i];
        const size = layout.targetEnd;
        const read = (buffer: GPUBuffer, floats: number, doing: string) =>
          runner.read(buffer, 0, 4 * floats, doing).then((bytes) => new Float32Array(bytes));
        unpack(layout, await read(weights, size, "reading the weights"), parameters);
        const both = await read(moments, 2 * size, "reading the moments");
        unpack(layout, both.subarray(0, size), firstMoments);
        unpack(layout, both.subarray(size), secondMoments);
      }
      return { step: steps, parameters, firstMoments, secondMoments };
    },
    dispose: () => runner.dispose(),
  };
}

/**
 * The engine `webgpu`: weights, gradients and moments stay on the device, an epoch's plan is
 * uploaded once, a step is a fixed list of dispatches over prepared bind groups, many steps go with
 * one submit, and losses are read once a call. Every sum has a fixed order, so two runs on one
 * device give the same bits.
 */
import { InputError } from "../../errors/input_error.ts";
import { WINDOW_WORDS, writeStep } from "../../kernels/webgpu/step_uniform.ts";
import { parameterSpecs } from "../../models/neural.ts";
import { type Parameters, zeros } from "../../models/parameters.ts";
import type { Plan, Sequences, Windows } from "../../samplers/sequences.ts";
import type { Engine, EngineOptions } from "../engine.ts";
import { describeGpu, type Gpu, type GpuRequest, requestGpu } from "./device.ts";
import { watch } from "./errors.ts";
import { writeNumbers } from "./numbers.ts";
import { programOf } from "./models.ts";
import { packMoments, packWeights, unpack, unpackGradients } from "./parameters.ts";
import { type EpochPlan, meanLoss, planEpoch } from "./plan.ts";
import type { Regions } from "./program.ts";
import { type Runner, startRunner } from "./runner.ts";

/**
 * Steps that one submit carries: enough that submits cost nothing, few enough that a device stays
 * responsive.
 */
const STEPS_A_SUBMIT = 32;

/** Windows that are scored at once, and the most floats of logits that they may have. */
const SCORED_AT_ONCE = 256;
const LOGITS_AT_ONCE = 2 ** 24;

/** Which device, and for tests how few items a shard of the catalogue may have. */
export interface WebGpuRequest extends GpuRequest {
  readonly shardItems?: number;
}

/**
 * Makes the engine. @throws InputError where there is no adapter, or where the model does not fit
 * it.
 */
export async function createWebGpuEngine(
  options: EngineOptions,
  request: WebGpuRequest = { allowSoftware: true },
): Promise<Engine> {
  const gpu = await requestGpu(request);
  if (gpu === undefined) {
    throw new InputError({
      doing: "starting the webgpu engine",
      found: request.allowSoftware
        ? "there is no WebGPU adapter"
        : "there is no hardware WebGPU adapter",
      wanted: "a GPU with a Vulkan, Metal or DirectX 12 driver",
      next: "install the driver and, on Linux, the Vulkan loader, or use --device wasm",
    });
  }
  try {
    return await engineOn(gpu, options, request.shardItems);
  } catch (error) {
    gpu.device.destroy();
    throw error;
  }
}

async function engineOn(
  gpu: Gpu,
  { model, sequences, state, optimizer, seed }: EngineOptions,
  shardItems?: number,
): Promise<Engine> {
  const watcher = watch(gpu);
  const program = programOf(model, gpu, shardItems);
  const specs = parameterSpecs(model);
  const name = describeGpu(gpu);
  const runner: Runner = await startRunner(gpu, program, watcher);
  let steps = state.step;
  program.stores.forEach(({ layout }, i) => {
    gpu.device.queue.writeBuffer(
      runner.stores[i].weights,
      0,
      packWeights(layout, state.parameters),
    );
    gpu.device.queue.writeBuffer(
      runner.stores[i].moments,
      0,
      packMoments(layout, state.firstMoments, state.secondMoments),
    );
  });

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
      const epoch = checked(
        readied?.plan === plan ? readied.epoch : planEpoch(sequences, plan, program.shape),
      );
      readied = undefined;
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

  function checked(epoch: EpochPlan): EpochPlan {
    if (epoch.most.longest > model.maxLen) {
      throw new RangeError(
        `a window has ${epoch.most.longest} items, the model takes ${model.maxLen}`,
      );
    }
    return epoch;
  }

  async function losses(epoch: EpochPlan, from: number, to: number): Promise<Float64Array> {
    const first = epoch.steps[from].lossesAt;
    const last = epoch.steps[to - 1];
    const end = last.lossesAt + last.targets;
    const values = new Float32Array(
      await runner.read(
        runner.losses("train"),
        4 * first,
        4 * (end - first),
        `training batches ${from} to ${to - 1}`,
      ),
    );
    const means = new Float64Array(to - from);
    for (let b = from; b < to; b++) {
      const loss = means[b - from] = meanLoss(epoch.steps[b], values, first);
      if (!Number.isFinite(loss)) {
        throw new InputError({
          doing: `training batch ${b} (step ${steps - to + b + 1}) on ${name}`,
          found: `the loss is ${loss}`,
          wanted: "a finite loss",
          next: "lower the learning rate or check the initial weights",
        });
      }
    }
    return means;
  }

  /**
   * The windows in portions that fit, each run through the model; `visit` takes what the portion
   * gave.
   */
  async function portions(
    windows: Windows,
    labels: Int32Array | undefined,
    visit: (from: number, epoch: EpochPlan) => Promise<void>,
  ): Promise<void> {
    const widest = Math.max(...program.stores.map((store) => store.logits));
    const size = Math.max(1, Math.min(SCORED_AT_ONCE, Math.floor(LOGITS_AT_ONCE / widest)));
    for (let from = 0; from < windows.start.length; from += size) {
      const count = Math.min(size, windows.start.length - from);
      const part = asSequences(windows, labels, from, count);
      const epoch = checked(
        planEpoch(part, {
          order: Int32Array.from({ length: count }, (_, i) => i),
          offsets: Int32Array.of(0, count),
        }, {
          ...program.shape,
          padded: false,
        }),
      );
      await runner.load("score", epoch);
      writeStep(epoch.numbers, 0, { ...runner.regions().fields, dropBelow: 0, keep: 1 });
      runner.number("score", epoch.numbers);
      await visit(from, epoch);
    }
  }

  /**
   * Which window of the portion each row of targets belongs to: windows come first in the plan,
   * longest first.
   */
  function targetWindows({ words, steps: [step] }: EpochPlan): Int32Array {
    const order = new Int32Array(step.targets);
    const end = Math.ceil(step.windows / program.shape.rows) * program.shape.rows * WINDOW_WORDS;
    for (let at = 0; at < end; at += WINDOW_WORDS) {
      if (words[at + 5] > 0) order[words[at + 4]] = words[at + 6];
    }
    return order;
  }

  const record = (): Parameters => zeros(specs);

  return {
    name: "webgpu",
    device: `webgpu, ${name}`,
    async train(plan, from, to) {
      if (from === to) return new Float64Array(0);
      const epoch = await load(plan, from);
      runner.run(
        "train",
        epoch,
        from,
        to,
        [...program.differentiate, ...program.update],
        STEPS_A_SUBMIT,
      );
      steps += to - from;
      loaded!.base = steps - to;
      return await losses(epoch, from, to);
    },
    prepare(plan) {
      if (sequences !== undefined) {
        readied = { plan, epoch: planEpoch(sequences, plan, program.shape) };
      }
    },
    async gradients(plan, batch) {
      const epoch = await load(plan, batch);
      const gradients = record();
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
    async score(windows) {
      const scores = new Float32Array(windows.start.length * model.nItems);
      await portions(windows, undefined, async (from, epoch) => {
        runner.run("score", epoch, 0, 1, program.score, 1);
        const order = targetWindows(epoch);
        for (const [i, { shard, logits }] of program.stores.entries()) {
          if (logits === 0) continue;
          const rows = new Float32Array(
            await runner.read(runner.logits(i), 0, 4 * order.length * logits, "scoring"),
          );
          order.forEach((window, r) =>
            scores.set(
              rows.subarray(r * logits, r * logits + shard.items),
              (from + window) * model.nItems + shard.first,
            )
          );
        }
      });
      return scores;
    },
    async rank(windows, labels) {
      const ranks = new Int32Array(windows.start.length);
      await portions(windows, labels, async (from, epoch) => {
        runner.run("score", epoch, 0, 1, [...program.score, ...program.rank], 1);
        const order = targetWindows(epoch);
        const values = new Float32Array(
          await runner.read(runner.losses("score"), 0, 4 * order.length, "ranking"),
        );
        order.forEach((window, r) => {
          if (!(values[r] >= 1)) {
            throw new InputError({
              doing: `ranking window ${from + window} on ${name}`,
              found: "a score that is no number",
              wanted: "finite scores",
              next: "check the model's weights",
            });
          }
          ranks[from + window] = values[r];
        });
      });
      return ranks;
    },
    async export() {
      const parameters = record();
      const firstMoments = record();
      const secondMoments = record();
      for (const [i, { layout }] of program.stores.entries()) {
        const { weights, moments } = runner.stores[i];
        unpack(
          layout,
          new Float32Array(
            await runner.read(weights, 0, 4 * layout.targetEnd, "reading the weights"),
          ),
          parameters,
        );
        const both = new Float32Array(
          await runner.read(moments, 0, 8 * layout.targetEnd, "reading the moments"),
        );
        unpack(layout, both.subarray(0, layout.targetEnd), firstMoments);
        unpack(layout, both.subarray(layout.targetEnd), secondMoments);
      }
      return { step: steps, parameters, firstMoments, secondMoments };
    },
    dispose: () => runner.dispose(),
  };
}

/** Windows from..from+count-1 as training sequences: one target at the last item. */
function asSequences(
  { items, start, length }: Windows,
  labels: Int32Array | undefined,
  from: number,
  count: number,
): Sequences {
  const lengths = length.subarray(from, from + count);
  return {
    items,
    start: start.subarray(from, from + count),
    length: lengths,
    targetOffsets: Int32Array.from({ length: count + 1 }, (_, i) => i),
    targetPosition: Int32Array.from(lengths, (n) => n - 1),
    targetLabel: labels?.subarray(from, from + count) ?? new Int32Array(count),
  };
}

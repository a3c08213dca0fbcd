/**
 * Training on a GPU at the notebook's sizes: what a step and ten epochs take, against PyTorch on
 * the same card, and each kernel against the floor that the card's own measured rates set. On a
 * software adapter it shows that it works; its times say nothing about a GPU.
 */
import { InputError } from "../../lib/errors/input_error.ts";
import { ADAM } from "../../lib/engine/engine.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { sizesOver } from "../../lib/engine/webgpu/dispatches.ts";
import { describeGpu, type Gpu, requestGpu } from "../../lib/engine/webgpu/device.ts";
import { createWebGpuEngine } from "../../lib/engine/webgpu/engine.ts";
import { watch } from "../../lib/engine/webgpu/errors.ts";
import { programOf } from "../../lib/engine/webgpu/architectures.ts";
import { writeNumbers } from "../../lib/engine/webgpu/numbers.ts";
import { planEpoch } from "../../lib/engine/webgpu/plan.ts";
import { packWeights } from "../../lib/engine/webgpu/parameters.ts";
import { startRunner } from "../../lib/engine/webgpu/runner.ts";
import { gruModel } from "../../lib/models/gru.ts";
import type { NeuralModel } from "../../lib/models/neural.ts";
import { sasRecModel } from "../../lib/models/sasrec.ts";
import { pairSequences, shuffledPlan } from "../../lib/samplers/pair_sequences.ts";
import { batchCount } from "../../lib/samplers/sequences.ts";
import { type BenchTable, median } from "./bench.ts";
import { NOTEBOOK, notebookPairs } from "./notebook_lengths.ts";
import { torchPeer } from "./torch_peer.ts";
import { measurePeaks } from "./webgpu_peaks.ts";
import { hasClock, timePasses } from "./webgpu_timing.ts";
import { workOf } from "./webgpu_work.ts";

/** The notebook's models over so many courses, and the corrected SASRec. */
export function modelsOver(courses: number): Readonly<Record<string, NeuralModel>> {
  return {
    "GRU, pairs": gruModel(courses),
    "SASRec, last_column": sasRecModel(courses),
    "SASRec, last_item": sasRecModel(courses, { readout: "last_item" }),
  };
}

/** Windows of a batch: the notebook's, or few where a processor poses as a GPU. */
const batchSize = (software: boolean) => software ? 16 : 256;

/** The adapter that is measured, a software one too. @throws InputError where there is none. */
export async function openGpu(): Promise<Gpu> {
  const gpu = await requestGpu({ allowSoftware: true });
  if (gpu === undefined) {
    throw new InputError({
      doing: "measuring the webgpu engine",
      found: "there is no WebGPU adapter",
      next: "use --device wasm",
    });
  }
  return gpu;
}

function caution(gpu: Gpu): string[] {
  return gpu.software
    ? [
      `a software adapter: batches of ${
        batchSize(true)
      } windows, and no time here says anything about a GPU`,
    ]
    : [];
}

/** How much to do: on a software adapter, in a quick bench, in a whole one. */
function amount(software: boolean, quick: boolean, [least, less, all]: readonly number[]): number {
  if (software) return least;
  return quick ? less : all;
}

/**
 * Milliseconds a step and ten epochs as they are trained: whole epochs on a card, a few steps on a
 * software adapter.
 */
export async function benchWebGpu(quick: boolean): Promise<BenchTable> {
  const gpu = await openGpu();
  const { software } = gpu;
  const batch = batchSize(software);
  gpu.device.destroy();
  const pairs = notebookPairs(amount(software, quick, [2_000, 40_000, NOTEBOOK.pairs]));
  const rows: (string | number)[][] = [];
  const ours: Record<string, number> = {};
  for (const [name, model] of Object.entries(modelsOver(NOTEBOOK.courses))) {
    const sequences = pairSequences(pairs, 50);
    const engine = await createWebGpuEngine({
      model,
      state: startingState(model, 1),
      sequences,
      optimizer: ADAM,
      seed: 1,
    });
    const plans = Array.from(
      { length: amount(software, quick, [2, 4, 11]) },
      (_, epoch) => shuffledPlan(pairs.count, batch, 1, name, epoch),
    );
    const steps = software ? 4 : batchCount(plans[0]);
    const planning: number[] = [];
    const times: number[] = [];
    for (const [epoch, plan] of plans.entries()) {
      const begin = performance.now();
      planEpoch(sequences, plan, programOf({ model })(gpu).shape);
      const planned = performance.now();
      await engine.train(plan, 0, steps);
      if (epoch > 0) {
        planning.push(planned - begin);
        times.push(performance.now() - planned);
      }
    }
    engine.dispose();
    const ms = median(times) / steps;
    ours[name] = ms;
    const tenEpochs = software
      ? "–"
      : `${(ms * NOTEBOOK.batches * NOTEBOOK.epochs / 1000).toFixed(2)} s`;
    rows.push([
      name,
      `webgpu, ${describeGpu(gpu)}`,
      ms.toFixed(3),
      tenEpochs,
      `planning an epoch on the processor ${median(planning).toFixed(1)} ms, included`,
    ]);
  }
  const peer = software
    ? { version: "", results: {}, notes: ["PyTorch CUDA SKIPPED: there is no hardware GPU"] }
    : await torchPeer(pairs, quick, "cuda");
  for (const [name, { ms }] of Object.entries(peer.results)) {
    rows.push([
      name,
      `PyTorch ${peer.version}, CUDA`,
      ms.toFixed(3),
      `${(ms * NOTEBOOK.batches * NOTEBOOK.epochs / 1000).toFixed(2)} s`,
      `${(ms / ours[name]).toFixed(1)} times ours`,
    ]);
  }
  return {
    title: `Training on a GPU at the notebook's sizes, a batch of ${batch} pairs`,
    columns: ["model", "engine", "ms a step", "545 × 10", "against"],
    rows,
    notes: [
      ...caution(gpu),
      `${pairs.count.toLocaleString("en")} synthetic pairs; medians of ${
        software ? "one run of 4 steps" : "whole epochs"
      } after a warm-up`,
      ...peer.notes,
    ],
  };
}

/**
 * Each kernel of a step by the device's clock, and the floor: the larger of its bytes over the
 * bandwidth and its operations over the rate.
 */
export async function benchWebGpuKernels(
  quick: boolean,
  courses: number = NOTEBOOK.courses,
  names: readonly string[] = Object.keys(modelsOver(courses)),
): Promise<BenchTable> {
  const rows: (string | number)[][] = [];
  const notes: string[] = [];
  for (const name of names) {
    const model = modelsOver(courses)[name];
    const gpu = await openGpu();
    const batch = batchSize(gpu.software);
    const peaks = await measurePeaks(gpu, gpu.software || quick);
    const pairs = notebookPairs(4 * batch, courses);
    const sequences = pairSequences(pairs, 50);
    const plan = shuffledPlan(pairs.count, batch, 1, name, 1);
    const program = programOf({ model })(gpu);
    const watcher = watch(gpu);
    const runner = await startRunner(gpu, program, watcher);
    const epoch = planEpoch(sequences, plan, program.shape);
    const { parameters } = startingState(model, 1);
    program.stores.forEach(({ layout }, i) =>
      gpu.device.queue.writeBuffer(runner.stores[i].weights, 0, packWeights(layout, parameters))
    );
    await runner.load("train", epoch);
    writeNumbers(epoch, 0, { program, regions: runner.regions(), optimizer: ADAM, seed: 1 });
    runner.number("train", epoch.numbers);
    const stages = [...program.differentiate, ...program.update];
    const step = epoch.steps[0];
    const times = await timePasses(
      gpu.device,
      stages.map((stage) => (pass) => runner.encode(pass, "train", epoch, 0, [stage])),
      amount(gpu.software, quick, [3, 10, 50]),
    );
    watcher.check("measuring kernels");
    const windows = plan.order.subarray(0, plan.offsets[1]);
    const lengths = Int32Array.from(
      windows,
      (w) => program.shape.padded ? step.longest : sequences.length[w],
    );
    const measured = { model, stores: program.stores, step, lengths };
    let sum = 0;
    let floors = 0;
    stages.forEach(({ kernel, store }, i) => {
      const { flops, bytes } = workOf(measured, kernel.name, store);
      const floor = Math.max(bytes / peaks.bytes, flops / peaks.flops) * 1e6;
      const us = times[i] / 1000;
      const groups = kernel.dispatch(sizesOver(program.stores[store], step))
        .reduce<number>((a, b) => a * (b ?? 1), 1);
      if (groups === 0) return; // no item has further stretches
      sum += us;
      floors += floor;
      const bound = bytes / peaks.bytes > flops / peaks.flops ? "bytes" : "flops";
      rows.push([
        name,
        kernel.name,
        groups,
        (flops / 1e6).toFixed(1),
        (bytes / 1e6).toFixed(2),
        us.toFixed(1),
        `${floor.toFixed(1)} (${bound})`,
        (us / floor).toFixed(1),
      ]);
    });
    rows.push([
      name,
      `all ${stages.length}`,
      "",
      "",
      "",
      sum.toFixed(1),
      floors.toFixed(1),
      (sum / floors).toFixed(1),
    ]);
    if (notes.length === 0) {
      notes.push(
        `${describeGpu(gpu)}: ${(peaks.bytes / 1e9).toFixed(0)} GB/s streamed, ${
          (peaks.flops / 1e9).toFixed(0)
        } GFLOP/s in registers, measured here`,
        ...caution(gpu),
      );
      notes.push(
        hasClock(gpu.device)
          ? "by timestamp queries, one pass a kernel"
          : "no timestamp queries: times from submit to done, launches included",
      );
      notes.push(
        "the floor of a recurrence is its chain of steps, longer than bytes or operations say",
      );
    }
    runner.dispose();
  }
  return {
    title: `The kernels of one training step over ${
      courses.toLocaleString("en")
    } courses against their floors`,
    columns: ["model", "kernel", "workgroups", "MFLOP", "MB", "µs", "floor µs", "times the floor"],
    rows,
    notes,
  };
}

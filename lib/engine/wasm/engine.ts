/**
 * The engine `wasm`: training and scoring on the CPU with WebAssembly SIMD kernels and threads.
 * Weights, gradients and moments lie in one shared memory; the workers take each batch together and
 * meet at barriers, with no word to the main thread until a range of batches is done. Deterministic
 * for a fixed number of threads: every sum has a fixed order.
 */
import { counted } from "../../errors/counted.ts";
import { BLOCK_BYTES } from "../../kernels/wasm/fields.ts";
import { CROSS_ENTROPY } from "../../models/loss.ts";
import { architectureOf, type NeuralModel } from "../../models/neural.ts";
import type { Parameters } from "../../models/parameters.ts";
import type { Plan, Sequences, Windows } from "../../samplers/sequences.ts";
import type { Engine, EngineOptions } from "../engine.ts";
import { checkLosses } from "../losses.ts";
import { BARRIER_WORDS } from "./barrier.ts";
import { layoutOf, readTensor, writeTensor } from "./layout.ts";
import { sharedMemory } from "./memory.ts";
import { measureBatches, reserveExchange } from "./batch_memory.ts";
import { partsOf } from "./parts.ts";
import { startPool } from "./pool.ts";
import type { SharedAddresses } from "./thread.ts";
import type { BatchCommand } from "./messages.ts";

/** The most windows that are read at once, and the most floats that come of them. */
const READ_WINDOWS = 512;
const READ_FLOATS = 1 << 26;

/** Batches for the workers. */
interface Work {
  readonly kind: BatchCommand["kind"];
  /** The windows of the plan, and where they and the parameters lie. */
  readonly windows: Sequences;
  readonly addresses: SharedAddresses;
  readonly plan: Plan;
  readonly from: number;
  readonly to: number;
  /** Size of what the workers write. */
  readonly outBytes: number;
}

/**
 * Makes the engine. `threads` defaults to the number of cores. @throws InputError for an
 * architecture or a loss that this engine lacks.
 */
export async function createWasmEngine(options: EngineOptions): Promise<Engine> {
  const { model, optimizer, seed, state, sequences, loss = CROSS_ENTROPY } = options;
  const threads = options.threads ?? navigator.hardwareConcurrency;
  const parts = partsOf(model, loss);
  const architecture = architectureOf(model);
  if (architecture.oneTargetAWindow(model)) checkOneTarget(model, sequences);
  const readsLastColumn = architecture.readsLastColumn(model);
  const layout = layoutOf(model);
  const shared = sharedMemory();
  const { memory, reserve, put, floats } = shared;
  const upload = (record: Parameters) => {
    const at = reserve(4 * layout.size);
    const region = floats(at, layout.size);
    for (const tensor of layout.tensors) writeTensor(region, tensor, record[tensor.name].data);
    return at;
  };
  const download = (at: number): Parameters => {
    const region = floats(at, layout.size);
    return Object.fromEntries(
      layout.tensors.map((tensor) => [tensor.name, readTensor(region, tensor)]),
    );
  };
  const putSequences = (
    { items, start, length, targetOffsets, targetPosition, targetLabel }: Sequences,
  ) => ({
    items: put(items),
    start: put(start),
    length: put(length),
    targetOffsets: put(targetOffsets),
    targetPosition: put(targetPosition),
    targetLabel: put(targetLabel),
  });
  const regions = {
    control: reserve(4 * BARRIER_WORDS),
    parameters: upload(state.parameters),
    first: upload(state.firstMoments),
    second: upload(state.secondMoments),
    gradients: reserve(4 * layout.size),
  };
  const training = sequences && {
    windows: sequences,
    addresses: { ...regions, ...putSequences(sequences) },
  };
  const blocks = Array.from({ length: threads }, () => reserve(BLOCK_BYTES));
  const pool = await startPool(memory, { control: regions.control, blocks }, {
    model,
    loss,
    optimizer,
    seed,
  });
  let step = state.step;

  /** Runs batches; `read` takes the result from its address before the memory is used again. */
  function run<T>(work: Work, read: (out: number) => T): Promise<T> {
    const { kind, windows, addresses, plan, from, to, outBytes } = work;
    const trains = kind === "train" || kind === "gradients";
    const padded = trains && readsLastColumn;
    return shared.temporarily(async () => {
      const batches = { windows, plan, from, to, training: trains, padded };
      const most = measureBatches(parts, model, batches, threads);
      const order = put(plan.order);
      const offsets = put(plan.offsets);
      const out = reserve(outBytes);
      const exchange = reserveExchange(shared, parts, model, layout, most, threads);
      const scratch = Array.from({ length: threads }, () => reserve(most.scratch));
      await pool.all((index) => ({
        kind,
        workplace: {
          shared: addresses,
          exchange,
          scratch: [scratch[index], scratch[index] + most.scratch],
        },
        order,
        offsets,
        from,
        to,
        padded,
        step: step + 1,
        out,
      }));
      return read(out);
    });
  }

  /** Losses of batches from..to-1. */
  function train(
    kind: "train" | "gradients",
    plan: Plan,
    from: number,
    to: number,
  ): Promise<Float64Array> {
    if (training === undefined) {
      throw new TypeError("this engine was made without training sequences");
    }
    const work = { ...training, kind, plan, from, to, outBytes: 8 * (to - from) };
    return run(work, (out) => new Float64Array(memory.buffer, out, to - from).slice());
  }

  /** Rows [windows × width] of scores or states, read in portions of about equal lengths. */
  async function readWindows(
    kind: "score" | "represent",
    { items, start, length }: Windows,
    width: number,
  ): Promise<Float32Array> {
    const rows = new Float32Array(start.length * width);
    const atOnce = Math.max(1, Math.min(READ_WINDOWS, Math.floor(READ_FLOATS / width)));
    const byLength = Int32Array.from(length, (_, i) => i).sort((a, b) =>
      length[a] - length[b] || a - b
    );
    for (let at = 0; at < start.length; at += atOnce) {
      const part = byLength.subarray(at, at + atOnce);
      const windows = packWindows({ items, start, length }, part);
      await shared.temporarily(() => {
        const work = {
          kind,
          windows,
          addresses: { ...regions, ...putSequences(windows) },
          plan: { order: part.map((_, i) => i), offsets: Int32Array.of(0, part.length) },
          from: 0,
          to: 1,
          outBytes: 4 * part.length * width,
        };
        return run(
          work,
          (out) =>
            part.forEach((window, i) =>
              rows.set(floats(out + 4 * i * width, width), window * width)
            ),
        );
      });
    }
    return rows;
  }

  return {
    name: "wasm",
    device: `wasm, ${counted(threads, "thread")}`,
    async train(plan, from, to) {
      const losses = await train("train", plan, from, to);
      checkLosses(losses, { batch: from, step: step + 1, device: "the CPU" });
      step += to - from;
      return losses;
    },
    async gradients(plan, batch) {
      const [loss] = await train("gradients", plan, batch, batch + 1);
      const gradients = download(regions.gradients);
      // the item rows; a step adds to them and writes everything else anew
      floats(regions.gradients, layout.dense[0]).fill(0);
      return { loss, gradients };
    },
    score: (windows) => readWindows("score", windows, model.nItems),
    represent: (windows) => readWindows("represent", windows, model.hiddenDim),
    export: () =>
      Promise.resolve({
        step,
        parameters: download(regions.parameters),
        firstMoments: download(regions.first),
        secondMoments: download(regions.second),
      }),
    dispose: pool.end,
  };
}

/** @throws RangeError unless every window has exactly one target. */
function checkOneTarget(model: NeuralModel, sequences?: Sequences): void {
  if (sequences?.targetOffsets.some((offset, i) => offset !== i)) {
    throw new RangeError(
      `${architectureOf(model).title} on the CPU reads each window out once: ` +
        "give it one target a window",
    );
  }
}

/** Some windows with a pool of items of their own; each has one target, its last item. */
function packWindows({ items, start, length }: Windows, part: Int32Array): Sequences {
  const lengths = part.map((w) => length[w]);
  const starts = new Int32Array(part.length);
  const packed = new Int32Array(lengths.reduce((sum, n) => sum + n, 0));
  part.forEach((w, i) => {
    if (i > 0) starts[i] = starts[i - 1] + lengths[i - 1];
    packed.set(items.subarray(start[w], start[w] + length[w]), starts[i]);
  });
  return {
    items: packed,
    start: starts,
    length: lengths,
    targetOffsets: Int32Array.from({ length: part.length + 1 }, (_, i) => i),
    targetPosition: lengths.map((n) => n - 1),
    targetLabel: new Int32Array(part.length),
  };
}

/**
 * The engine `wasm`: training and scoring on the CPU with WebAssembly SIMD kernels and threads.
 * Weights, gradients and moments lie in one shared memory; the workers take each batch together and
 * meet at barriers, with no word to the main thread until a range of batches is done. Deterministic
 * for a fixed number of threads: every sum has a fixed order.
 */
import { InputError } from "../../errors/input_error.ts";
import type { Parameters } from "../../models/parameters.ts";
import type { Plan, Sequences } from "../../samplers/sequences.ts";
import type { Engine, EngineOptions } from "../engine.ts";
import { fetchTensor, layoutOf, store } from "./arena.ts";
import { BARRIER_WORDS } from "./barrier.ts";
import { sharedMemory } from "./memory.ts";
import { needsOf, reserveExchange, scratchBytes } from "./needs.ts";
import { startPool } from "./pool.ts";
import type { Command } from "./worker.ts";

/** Windows and logits scored at once. */
const SCORED_WINDOWS = 512;
const SCORED_LOGITS = 1 << 26;

/** Makes the engine. `threads` defaults to the number of cores. */
export async function createWasmEngine(options: EngineOptions): Promise<Engine> {
  const { model, optimizer, seed } = options;
  const threads = options.threads ?? navigator.hardwareConcurrency;
  const layout = layoutOf(model);
  const shared = sharedMemory();
  const { memory, reserve, put, f32 } = shared;
  const upload = (record: Parameters) => {
    const at = reserve(4 * layout.size);
    const region = f32(at, layout.size);
    for (const place of layout.places) store(region, place, record[place.name].data);
    return at;
  };
  const download = (region: number): Parameters =>
    Object.fromEntries(
      layout.places.map((place) => [place.name, fetchTensor(f32(region, layout.size), place)]),
    );
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
  const { state, sequences } = options;
  if (
    model.architecture === "sasrec" && sequences?.targetOffsets.some((offset, i) => offset !== i)
  ) {
    throw new RangeError(
      "SASRec on the CPU reads each window out once: give it one target a window",
    );
  }
  const regions = {
    control: reserve(4 * BARRIER_WORDS),
    parameters: upload(state.parameters),
    first: upload(state.firstMoments),
    second: upload(state.secondMoments),
    gradients: reserve(4 * layout.size),
  };
  const training = sequences && { ...regions, ...putSequences(sequences) };
  const pool = await startPool(memory, regions.control, threads, { model, optimizer, seed });
  let step = state.step;

  /**
   * Runs batches from..to-1; `read` takes the result from its address before the memory is used
   * again.
   */
  function run<T>(
    kind: Command["kind"],
    addresses: Command["workplace"]["shared"],
    windows: Sequences,
    plan: Plan,
    from: number,
    to: number,
    outBytes: number,
    read: (out: number) => T,
  ): Promise<T> {
    return shared.temporarily(async () => {
      const needs = needsOf(model, plan, from, to, windows, threads);
      const order = put(plan.order);
      const offsets = put(plan.offsets);
      const out = reserve(outBytes);
      const exchange = reserveExchange(shared, model, layout, needs, threads);
      const bytes = scratchBytes(model, needs, kind === "score");
      const scratch = Array.from({ length: threads }, () => reserve(bytes));
      await pool.all((thread) => ({
        kind,
        workplace: {
          shared: addresses,
          exchange,
          scratch: [scratch[thread], scratch[thread] + bytes],
        },
        order,
        offsets,
        from,
        to,
        step: step + 1,
        out,
      }));
      return read(out);
    });
  }
  const train = (
    kind: "train" | "gradients",
    plan: Plan,
    from: number,
    to: number,
  ): Promise<Float64Array> => {
    if (training === undefined) {
      throw new TypeError("this engine was made without training sequences");
    }
    return run(
      kind,
      training,
      sequences!,
      plan,
      from,
      to,
      8 * (to - from),
      (out) => new Float64Array(memory.buffer, out, to - from).slice(),
    );
  };

  return {
    name: "wasm",
    device: `wasm, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    async train(plan, from, to) {
      const losses = await train("train", plan, from, to);
      const bad = losses.findIndex((loss) => !Number.isFinite(loss));
      if (bad >= 0) {
        throw new InputError({
          doing: `training batch ${from + bad} on the CPU`,
          found: `the loss is ${losses[bad]}`,
          wanted: "a finite loss",
          next: "lower the learning rate or check the initial weights",
        });
      }
      step += to - from;
      return losses;
    },
    async gradients(plan, batch) {
      const [loss] = await train("gradients", plan, batch, batch + 1);
      const gradients = download(regions.gradients);
      // the item rows; a step adds to them and writes everything else anew
      f32(regions.gradients, layout.dense[0]).fill(0);
      return { loss, gradients };
    },
    async score({ items, start, length }) {
      const count = start.length;
      const scores = new Float32Array(count * model.nItems);
      const atOnce = Math.max(
        1,
        Math.min(SCORED_WINDOWS, Math.floor(SCORED_LOGITS / model.nItems)),
      );
      const byLength = Int32Array.from(length, (_, i) => i).sort((a, b) =>
        length[a] - length[b] || a - b
      );
      for (let at = 0; at < count; at += atOnce) {
        const part = byLength.subarray(at, at + atOnce);
        const windows = packWindows(items, start, length, part);
        const plan = {
          order: Int32Array.from(part, (_, i) => i),
          offsets: Int32Array.of(0, part.length),
        };
        await shared.temporarily(() =>
          run(
            "score",
            { ...regions, ...putSequences(windows) },
            windows,
            plan,
            0,
            1,
            4 * part.length * model.nItems,
            (out) => {
              part.forEach((window, i) =>
                scores.set(f32(out + 4 * i * model.nItems, model.nItems), window * model.nItems)
              );
            },
          )
        );
      }
      return scores;
    },
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

/** Some windows with a pool of items of their own; each has one target, its last item. */
function packWindows(
  items: Int32Array,
  start: Int32Array,
  length: Int32Array,
  part: Int32Array,
): Sequences {
  const own = Int32Array.from(part, (w) => length[w]);
  const starts = new Int32Array(part.length);
  const packed = new Int32Array(own.reduce((sum, n) => sum + n, 0));
  part.forEach((w, i) => {
    if (i > 0) starts[i] = starts[i - 1] + own[i - 1];
    packed.set(items.subarray(start[w], start[w] + length[w]), starts[i]);
  });
  return {
    items: packed,
    start: starts,
    length: own,
    targetOffsets: Int32Array.from({ length: part.length + 1 }, (_, i) => i),
    targetPosition: own.map((n) => n - 1),
    targetLabel: new Int32Array(part.length),
  };
}

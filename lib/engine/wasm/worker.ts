/// <reference lib="deno.worker" />
/**
 * The engine's worker: builds its thread anew for each command, because the memory may have grown,
 * and runs it.
 */
import type { Kernels } from "../../kernels/wasm/kernels.ts";
import { Abandoned, raiseAlarm } from "./barrier.ts";
import { scoreWindows } from "./score.ts";
import { trainStep } from "./step.ts";
import { makeThread, type ThreadOptions, type Workplace } from "./thread.ts";

/** The first message. `control` is the byte address of the barrier. */
export interface Start {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly options: ThreadOptions;
  readonly control: number;
}

/** Every later message. Addresses are bytes in the shared memory. */
export interface Command {
  readonly kind: "train" | "gradients" | "score";
  readonly workplace: Workplace;
  /** Window numbers, and where each batch begins among them (int32). */
  readonly order: number;
  readonly offsets: number;
  readonly from: number;
  readonly to: number;
  /** Step of batch `from`, from 1. */
  readonly step: number;
  /** Losses of the batches (float64), or scores (float32). */
  readonly out: number;
}

let start: Start;
let kernels: Kernels;
let slotOf: Int32Array;

self.onmessage = ({ data }: MessageEvent<Start | Command>) => {
  try {
    if ("module" in data) begin(data);
    else run(data);
    self.postMessage({ done: true });
  } catch (error) {
    raiseAlarm(new Int32Array(start.memory.buffer, start.control, 4));
    self.postMessage({
      error: error instanceof Error ? error.stack ?? error.message : String(error),
      abandoned: error instanceof Abandoned,
    });
  }
};

function begin(message: Start): void {
  start = message;
  const abort = () => {
    throw new Error("a kernel aborted");
  };
  kernels = new WebAssembly.Instance(message.module, { env: { memory: message.memory, abort } })
    .exports as unknown as Kernels;
  slotOf = new Int32Array(message.options.model.nItems + 1).fill(-1);
}

function run({ kind, workplace, order, offsets, from, to, step, out }: Command): void {
  const i32 = new Int32Array(start.memory.buffer);
  const word = (address: number, i: number) => i32[address / 4 + i];
  for (let b = from; b < to; b++) {
    const thread = makeThread(start.options, start.memory, kernels, workplace);
    const batch = i32.slice(order / 4 + word(offsets, b), order / 4 + word(offsets, b + 1));
    if (kind === "score") scoreWindows(thread, batch, out, word(offsets, b), slotOf);
    else {
      const loss = trainStep(thread, batch, step + b - from, slotOf, kind === "train");
      if (start.options.thread === 0) {
        new Float64Array(start.memory.buffer, out, to - from)[b - from] = loss;
      }
      if (!Number.isFinite(loss)) return; // the same in every thread
    }
  }
}

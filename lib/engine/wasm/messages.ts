/**
 * What a thread of the engine does with its messages: it builds itself anew for each command,
 * because the memory may have grown, and runs it.
 */
import { instantiateKernels } from "../../kernels/wasm/kernels.ts";
import { Abandoned, BARRIER_WORDS, raiseAlarm } from "./barrier.ts";
import { layoutOf } from "./layout.ts";
import { partsOf } from "./parts.ts";
import { representWindows, scoreWindows } from "./score.ts";
import { batchScratch } from "./scratch.ts";
import { trainStep } from "./step.ts";
import { runTasks, type TaskCommand, type TaskWorker } from "./tasks/run.ts";
import { makeThread, type ThreadOptions, type Workplace } from "./thread.ts";

/** The first message. Byte addresses: of the barrier, and of this thread's calls of kernels. */
export interface Start {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly options: ThreadOptions;
  readonly control: number;
  readonly block: number;
}

/** Every later message. */
export type Command = BatchCommand | TaskCommand;

/** Work on batches of windows. Addresses are bytes in the shared memory. */
export interface BatchCommand {
  readonly kind: "train" | "gradients" | "score" | "represent";
  readonly workplace: Workplace;
  /** Window numbers, and where each batch begins among them (int32). */
  readonly order: number;
  readonly offsets: number;
  readonly from: number;
  readonly to: number;
  /** Whether windows are padded to their batch's longest. */
  readonly padded: boolean;
  /** Step of batch `from`, from 1. */
  readonly step: number;
  /** Losses of the batches (float64), or rows of scores or states (float32). */
  readonly out: number;
}

/** What lasts from the first message on. */
interface Started extends TaskWorker {
  readonly barrierWords: Int32Array;
}

/** What a thread says of a message: that it is done, or what went wrong. */
export type Answer =
  | { readonly done: true }
  | { readonly error: string; readonly abandoned: boolean };

/** A thread that has not begun: it answers one message after the other. */
export function newThread(): (message: Start | Command) => Answer {
  let started: Started | undefined;
  return (message) => {
    try {
      if ("module" in message) started = begin(message);
      else if (message.kind === "tasks") runTasks(started!, message);
      else run(started!, message);
      return { done: true };
    } catch (error) {
      if (started !== undefined) raiseAlarm(started.barrierWords);
      return {
        error: error instanceof Error ? error.stack ?? error.message : String(error),
        abandoned: error instanceof Abandoned,
      };
    }
  };
}

function begin({ module, memory, options, control, block }: Start): Started {
  const layout = layoutOf(options.model);
  return {
    options,
    keeps: {
      memory,
      layout,
      kernels: instantiateKernels(module, memory, block),
      slotOf: new Int32Array(layout.itemTable.rows).fill(-1),
    },
    parts: partsOf(options.model, options.loss),
    barrierWords: new Int32Array(memory.buffer, control, BARRIER_WORDS),
  };
}

function run({ options, keeps, parts }: Started, command: BatchCommand): void {
  const { kind, workplace, from, to, padded, out } = command;
  const scratch = batchScratch(...workplace.scratch);
  const thread = makeThread(options, keeps, workplace, scratch);
  const { ints } = thread;
  const offsets = command.offsets / 4;
  for (let batch = from; batch < to; batch++) {
    scratch.reset();
    const firstRow = ints[offsets + batch];
    const order = ints.slice(
      command.order / 4 + firstRow,
      command.order / 4 + ints[offsets + batch + 1],
    );
    if (kind === "score") scoreWindows(thread, parts.architecture, { order, out, firstRow });
    else if (kind === "represent") {
      representWindows(thread, parts.architecture, { order, out, firstRow });
    } else {
      const step = command.step + batch - from;
      const loss = trainStep(thread, parts, { order, step, padded, update: kind === "train" });
      if (options.index === 0) new Float64Array(ints.buffer, out, to - from)[batch - from] = loss;
      if (!Number.isFinite(loss)) return; // the same in every thread
    }
  }
}

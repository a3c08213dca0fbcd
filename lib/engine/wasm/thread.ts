/**
 * What one thread of the CPU engine holds: its views of the shared memory, the kernels, and a
 * scratch stack.
 */
import type { Kernels } from "../../kernels/wasm/kernels.ts";
import type { Loss } from "../../models/loss.ts";
import type { NeuralModel } from "../../models/neural.ts";
import type { AdamConfig } from "../engine.ts";
import { barrier } from "./barrier.ts";
import type { ParameterLayout } from "./layout.ts";
import type { Scratch } from "./scratch.ts";

/** Byte addresses of what all threads share. */
export interface SharedAddresses {
  readonly control: number;
  readonly parameters: number;
  readonly first: number;
  readonly second: number;
  /** Summed gradients, in the parameters' layout. */
  readonly gradients: number;
  /** The windows: `Sequences`, each of its arrays as int32. */
  readonly items: number;
  readonly start: number;
  readonly length: number;
  readonly targetOffsets: number;
  readonly targetPosition: number;
  readonly targetLabel: number;
}

/** Byte addresses of what threads give each other in a batch. */
export interface Exchange {
  /** [targets × hidden] the states that predict. */
  readonly states: number;
  /** [targets] the courses to predict, as int32. */
  readonly labels: number;
  /** Per thread [targets × hidden]: its part of the gradient of `states`. */
  readonly stateGradients: readonly number[];
  /** Per thread: what its head tells the others' (`Head.exchanged` floats). */
  readonly head: readonly number[];
  /** Per thread: its gradients of the dense parameters. */
  readonly dense: readonly number[];
  /** Per thread: how many distinct items it has gradients for, then their ids, as int32. */
  readonly items: readonly number[];
  /** Per thread: the gradients of those items' rows. */
  readonly itemGradients: readonly number[];
}

/** Where the threads work on a range of batches. */
export interface Workplace {
  readonly shared: SharedAddresses;
  readonly exchange: Exchange;
  /** Bounds in bytes of this thread's scratch. */
  readonly scratch: readonly [number, number];
}

/** What a thread is made from; plain data, sent to the workers. */
export interface ThreadOptions<M extends NeuralModel = NeuralModel> {
  readonly model: M;
  readonly loss: Loss;
  readonly optimizer: AdamConfig;
  readonly seed: number;
  /** Which thread this is, and how many there are. */
  readonly index: number;
  readonly threads: number;
}

/** What a worker keeps from its start to its end. */
export interface ThreadKeeps {
  readonly memory: WebAssembly.Memory;
  readonly kernels: Kernels;
  readonly layout: ParameterLayout;
  /** [items] -1 between uses: where a batch's distinct items are numbered. */
  readonly slotOf: Int32Array;
}

/** One thread. Addresses are in bytes, counts in floats. */
export interface Thread<M extends NeuralModel = NeuralModel> extends ThreadOptions<M>, ThreadKeeps {
  readonly shared: SharedAddresses;
  readonly exchange: Exchange;
  readonly scratch: Scratch;
  /** Views of the whole memory. */
  readonly floats: Float32Array;
  readonly ints: Int32Array;
  /** Address of a parameter, by name. */
  parameter(name: string): number;
  /** Address of a dense parameter's gradient in this thread's own region. */
  gradient(name: string): number;
  copy(from: number, to: number, count: number): void;
  clear(at: number, count: number): void;
  /** Waits for all threads. */
  barrier(): void;
}

/** Makes a thread; anew whenever the memory may have grown. */
export function makeThread(
  options: ThreadOptions,
  keeps: ThreadKeeps,
  { shared, exchange }: Pick<Workplace, "shared" | "exchange">,
  scratch: Scratch,
): Thread {
  const { buffer } = keeps.memory;
  const { layout } = keeps;
  const floats = new Float32Array(buffer);
  const ints = new Int32Array(buffer);
  const barrierWords = ints.subarray(shared.control / 4);
  const dense = exchange.dense[options.index];
  return {
    ...options,
    ...keeps,
    shared,
    exchange,
    scratch,
    floats,
    ints,
    parameter: (name) => shared.parameters + 4 * layout.byName[name].offset,
    gradient: (name) => dense + 4 * (layout.byName[name].offset - layout.dense[0]),
    copy: (from, to, count) => keeps.kernels.copy(count, from, to),
    clear: (at, count) => keeps.kernels.clear(count, at),
    barrier: () => barrier(barrierWords, options.threads),
  };
}

/**
 * What one thread of the CPU engine holds: its views of the shared memory, the kernels, and a
 * scratch stack.
 */
import type { Kernels } from "../../kernels/wasm/kernels.ts";
import type { NeuralModel } from "../../models/neural.ts";
import type { AdamConfig } from "../engine.ts";
import { barrier as waitAtBarrier } from "./barrier.ts";
import { layoutOf, type ParameterLayout } from "./arena.ts";

/** Byte addresses of what all threads share. */
export interface SharedAddresses {
  readonly control: number;
  readonly parameters: number;
  readonly first: number;
  readonly second: number;
  /** Summed gradients, in the parameters' layout. */
  readonly gradients: number;
  /** The training windows. */
  readonly items: number;
  readonly start: number;
  readonly length: number;
  readonly targetOffsets: number;
  readonly targetPosition: number;
  readonly targetLabel: number;
}

/** What a thread is made from. */
export interface ThreadOptions {
  readonly model: NeuralModel;
  readonly optimizer: AdamConfig;
  readonly seed: number;
  readonly thread: number;
  readonly threads: number;
}

/** One thread. */
export interface Thread extends ThreadOptions {
  readonly shared: SharedAddresses;
  readonly layout: ParameterLayout;
  readonly k: Kernels;
  /** Views of the whole memory. */
  readonly f32: Float32Array;
  readonly i32: Int32Array;
  /** Byte address of a parameter, by name. */
  parameter(name: string): number;
  /** Byte address of a parameter's gradient in this thread's own dense region. */
  ownGradient(name: string): number;
  /** Scratch of `floats`, until the next `reset`. */
  take(floats: number): number;
  /** Scratch of zeros. */
  zeros(floats: number): number;
  barrier(): void;
  /** Regions of the shared scratch, the same addresses in all threads. */
  readonly exchange: Exchange;
}

/** Byte addresses of a batch's shared scratch. */
export interface Exchange {
  /** [targets × hidden] the states that predict. */
  readonly hidden: number;
  /** Per thread [targets × hidden]: its part of the gradient of `hidden`. */
  readonly partial: readonly number[];
  /** Per thread [targets]: maximum and sum of its slice of the logits. */
  readonly maxima: readonly number[];
  readonly sums: readonly number[];
  /** [targets] logit of the label, and the labels. */
  readonly atLabel: number;
  readonly labels: number;
  /** Per thread: its dense gradients. */
  readonly dense: readonly number[];
  /** Per thread: count of distinct items, then their ids; and the gradients of their rows. */
  readonly distinct: readonly number[];
  readonly rows: readonly number[];
}

/**
 * Where a thread works: what all share, what a batch exchanges, and the bounds of its own scratch.
 */
export interface Workplace {
  readonly shared: SharedAddresses;
  readonly exchange: Exchange;
  readonly scratch: readonly [number, number];
}

/** Makes a thread over `memory`. */
export function makeThread(
  options: ThreadOptions,
  memory: WebAssembly.Memory,
  k: Kernels,
  { shared, exchange, scratch }: Workplace,
): Thread {
  const f32 = new Float32Array(memory.buffer);
  const i32 = new Int32Array(memory.buffer);
  const layout = layoutOf(options.model);
  const { thread, threads } = options;
  const control = i32.subarray(shared.control / 4, shared.control / 4 + 4);
  const [denseBegin] = layout.dense;
  let top = scratch[0];
  const take = (floats: number) => {
    const at = top;
    top += (floats * 4 + 127) & ~63;
    if (top > scratch[1]) {
      throw new RangeError(
        `thread ${thread} needs ${top - scratch[0]} bytes of scratch, has ${
          scratch[1] - scratch[0]
        }`,
      );
    }
    return at;
  };
  return {
    ...options,
    shared,
    layout,
    k,
    f32,
    i32,
    exchange,
    take,
    parameter: (name) => shared.parameters + 4 * layout.byName[name].offset,
    ownGradient: (name) => exchange.dense[thread] + 4 * (layout.byName[name].offset - denseBegin),
    zeros: (floats) => {
      const at = take(floats);
      f32.fill(0, at / 4, at / 4 + floats);
      return at;
    },
    barrier: () => waitAtBarrier(control, threads),
  };
}

/**
 * What the tests of the WebGPU engine share: random windows, options, the adapter if there is one,
 * and calls of the API counted.
 */
import { ADAM, type Engine, type EngineOptions } from "../../../lib/engine/engine.ts";
import { requestGpu } from "../../../lib/engine/webgpu/device.ts";
import type { NeuralModel } from "../../../lib/models/neural.ts";
import type { Sequences } from "../../../lib/samplers/sequences.ts";
import { movedState } from "../moved_state.ts";

export { randomWindows } from "../random_windows.ts";

const probe = await requestGpu({ allowSoftware: true });
probe?.device.destroy();

/** Whether there is an adapter of any kind. */
export const adapterThere = probe !== undefined;

/** Registers a test that says aloud that it is skipped where there is no adapter. */
export function gpuTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: adapterThere ? name : `${name}: skipped, there is no WebGPU adapter`,
    ignore: !adapterThere,
    fn,
  });
}

/** Options of a fresh model on these windows. */
export function optionsOf(
  model: NeuralModel,
  sequences: Sequences,
): EngineOptions & { readonly sequences: Sequences } {
  return { model, state: movedState(model), sequences, optimizer: ADAM, seed: 9 };
}

/** Uses an engine and disposes of it. */
export async function using<T>(engine: Engine, run: (engine: Engine) => Promise<T>): Promise<T> {
  try {
    return await run(engine);
  } finally {
    engine.dispose();
  }
}

/** Calls of the API since the last `reset`, and the device that was made last. */
export interface Counts {
  dispatches: number;
  submits: number;
  writes: number;
  writtenBytes: number;
  maps: number;
  pipelines: number;
  buffers: number;
  /** Bytes of buffers not destroyed yet. Not reset. */
  held: number;
  device?: GPUDevice;
  reset(): void;
}

/** Wraps the API's methods while `run` runs. */
export async function counting(run: (counts: Counts) => Promise<void>): Promise<void> {
  const zero = {
    dispatches: 0,
    submits: 0,
    writes: 0,
    writtenBytes: 0,
    maps: 0,
    pipelines: 0,
    buffers: 0,
  };
  const counts: Counts = { ...zero, held: 0, reset: () => Object.assign(counts, zero) };
  const sizes = new Map<GPUBuffer, number>();
  const wrap = (
    // deno-lint-ignore no-explicit-any -- methods of several interfaces, wrapped alike
    prototype: any,
    name: string,
    // deno-lint-ignore no-explicit-any -- as above
    after: (self: any, args: any[], result: any) => void,
  ) => {
    const original = prototype[name];
    // deno-lint-ignore no-explicit-any -- as above
    prototype[name] = function (...args: any[]) {
      const result = original.apply(this, args);
      after(this, args, result);
      return result;
    };
    return () => prototype[name] = original;
  };
  const undo = [
    wrap(GPUComputePassEncoder.prototype, "dispatchWorkgroups", () => counts.dispatches++),
    wrap(GPUQueue.prototype, "submit", () => counts.submits++),
    wrap(
      GPUQueue.prototype,
      "writeBuffer",
      (_, [, , data]) => {
        counts.writes++;
        counts.writtenBytes += data.byteLength;
      },
    ),
    wrap(GPUBuffer.prototype, "mapAsync", () => counts.maps++),
    wrap(GPUDevice.prototype, "createComputePipelineAsync", () => counts.pipelines++),
    wrap(GPUDevice.prototype, "createComputePipeline", () => counts.pipelines++),
    wrap(
      GPUDevice.prototype,
      "createBuffer",
      (_, [{ size }], buffer) => {
        counts.buffers++;
        counts.held += size;
        sizes.set(buffer, size);
      },
    ),
    wrap(
      GPUBuffer.prototype,
      "destroy",
      (buffer) => {
        counts.held -= sizes.get(buffer) ?? 0;
        sizes.delete(buffer);
      },
    ),
    wrap(
      GPUAdapter.prototype,
      "requestDevice",
      (_, __, promise) => promise.then((device: GPUDevice) => counts.device = device),
    ),
  ];
  try {
    await run(counts);
  } finally {
    undo.forEach((restore) => restore());
  }
}

/**
 * One kernel on the device with given buffers, as the engine runs it, so that it can be compared
 * with the same operation in float64.
 */
import { type Gpu, requestGpu } from "../../../lib/engine/webgpu/device.ts";
import { bindGroupLayout, compile } from "../../../lib/engine/webgpu/pipelines.ts";
import {
  type Binding,
  BINDINGS,
  type Kernel,
  STORAGE,
} from "../../../lib/kernels/webgpu/kernel.ts";
import {
  NO_COUNTS,
  type ShardNumbers,
  shardWords,
  STEP_BYTES,
  type StepNumbers,
  type StepSizes,
  writeStep,
} from "../../../lib/kernels/webgpu/step_uniform.ts";
import { uniform } from "../../../lib/random/threefry.ts";

/** The device of all kernel tests, or none. */
export const gpu: Gpu | undefined = await requestGpu({ allowSoftware: true });

/**
 * Registers a test that says aloud that it is skipped where there is no adapter, or one with fewer
 * threads a workgroup than its kernels have.
 */
export function kernelTest(name: string, fn: () => Promise<void>, threads = 0): void {
  const most = gpu?.limits.maxComputeInvocationsPerWorkgroup ?? 0;
  let why: string | undefined;
  if (gpu === undefined) why = "there is no WebGPU adapter";
  else if (threads > most) why = `the adapter has ${most} threads a workgroup`;
  Deno.test({
    name: why === undefined ? name : `${name}: skipped, ${why}`,
    ignore: why !== undefined,
    fn,
  });
}

/** What a run is given. Buffers that are not named are small and zero. */
export interface Run {
  readonly step?: Partial<StepNumbers>;
  readonly shard?: Partial<ShardNumbers>;
  readonly sizes?: Partial<StepSizes>;
  readonly buffers: Partial<Record<Binding, Float32Array | Uint32Array>>;
}

/** Runs kernels one after the other over the same buffers; gives the buffers back as floats. */
export async function runKernels(
  kernels: readonly Kernel[],
  { step = {}, shard = {}, sizes = {}, buffers }: Run,
): Promise<Record<Binding, Float32Array>> {
  const { device } = gpu!;
  const layout = bindGroupLayout(device);
  const pipelines = await compile(gpu!, layout, kernels);
  const use = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const made: GPUBuffer[] = [];
  const upload = (data: ArrayBufferView<ArrayBuffer>, usage: number) => {
    const buffer = device.createBuffer({
      size: Math.max(256, Math.ceil(data.byteLength / 16) * 16),
      usage,
    });
    device.queue.writeBuffer(buffer, 0, data);
    made.push(buffer);
    return buffer;
  };
  const numbers = new ArrayBuffer(STEP_BYTES);
  writeStep(numbers, 0, step);
  const storage = STORAGE.map((name) =>
    upload((buffers[name] ?? new Float32Array(64)) as Float32Array<ArrayBuffer>, use)
  );
  const uniform = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
  const group = device.createBindGroup({
    layout,
    entries: [
      {
        binding: BINDINGS.step,
        resource: { buffer: upload(new Uint8Array(numbers), uniform), size: STEP_BYTES },
      },
      ...STORAGE.map((name, i) => ({ binding: BINDINGS[name], resource: { buffer: storage[i] } })),
      { binding: BINDINGS.shard, resource: { buffer: upload(shardWords(shard), uniform) } },
    ],
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setBindGroup(0, group, [0]);
  const whole: StepSizes = {
    ...NO_COUNTS,
    shardItems: 0,
    storeSize: 0,
    ...sizes,
  };
  for (const kernel of kernels) {
    pass.setPipeline(pipelines.get(kernel)!);
    const [x, y = 1, z = 1] = kernel.dispatch(whole);
    pass.dispatchWorkgroups(x, y, z);
  }
  pass.end();
  const back = storage.map((buffer) => {
    const copy = device.createBuffer({
      size: buffer.size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    encoder.copyBufferToBuffer(buffer, 0, copy, 0, buffer.size);
    made.push(copy);
    return copy;
  });
  device.queue.submit([encoder.finish()]);
  const result: Partial<Record<Binding, Float32Array>> = {};
  for (const [i, name] of STORAGE.entries()) {
    await back[i].mapAsync(GPUMapMode.READ);
    result[name] = new Float32Array(back[i].getMappedRange().slice(0));
    back[i].unmap();
  }
  made.forEach((buffer) => buffer.destroy());
  return result as Record<Binding, Float32Array>;
}

/** n floats in (-size, size), the same for a name every time. */
export function floats(n: number, name: number, size = 1): Float32Array {
  const words = new Uint32Array(2);
  return Float32Array.from({ length: n }, (_, i) => size * (2 * uniform(5, name, i, words) - 1));
}

/**
 * Arrays one after the other, each from a multiple of 64 floats on; `at` gives the places in
 * floats.
 */
export function packed(
  parts: Record<string, Float32Array | number>,
): { data: Float32Array; at: Record<string, number> } {
  const at: Record<string, number> = {};
  let size = 0;
  for (const [name, part] of Object.entries(parts)) {
    at[name] = size;
    size += Math.ceil((typeof part === "number" ? part : part.length) / 64) * 64;
  }
  const data = new Float32Array(size);
  for (const [name, part] of Object.entries(parts)) {
    if (typeof part !== "number") data.set(part, at[name]);
  }
  return { data, at };
}

/** Σ a·b in float64. */
export function dot(n: number, a: (i: number) => number, b: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += a(i) * b(i);
  return sum;
}

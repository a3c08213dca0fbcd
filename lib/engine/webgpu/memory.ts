/**
 * Device memory by role. Everything is allocated through here, checked for out-of-memory, and given
 * back at once.
 */
import { BINDINGS, STORAGE } from "../../kernels/webgpu/kernel.ts";
import { shardWords, STEP_BYTES } from "../../kernels/webgpu/step_uniform.ts";
import type { Gpu } from "./device.ts";
import { deviceError, limitError } from "./errors.ts";
import type { Store } from "./program.ts";

/** Buffers that this engine made. */
export interface Memory {
  /**
   * A buffer of at least `bytes`. @throws InputError when there is no room or the device's limits
   * forbid it.
   */
  create(label: string, bytes: number, usage: GPUBufferUsageFlags): Promise<GPUBuffer>;
  /** A buffer at least as large: the given one or, when it is too small, a new one in its place. */
  grow(
    old: GPUBuffer | undefined,
    label: string,
    bytes: number,
    usage: GPUBufferUsageFlags,
  ): Promise<GPUBuffer>;
  destroy(buffer: GPUBuffer): void;
  destroyAll(): void;
}

/** Starts with nothing. */
export function memory(gpu: Gpu): Memory {
  const { device, limits } = gpu;
  const made = new Set<GPUBuffer>();
  async function create(
    label: string,
    bytes: number,
    usage: GPUBufferUsageFlags,
  ): Promise<GPUBuffer> {
    const size = Math.max(256, Math.ceil(bytes / 256) * 256);
    const doing = `allocating ${label}`;
    const next = "start anew with a smaller batch size or model, or with --device wasm";
    if (size > limits.maxBufferSize) {
      const what = "a buffer of bytes";
      throw limitError(gpu, { doing, what, needed: size, limit: "maxBufferSize", next });
    }
    if ((usage & GPUBufferUsage.STORAGE) !== 0 && size > limits.maxStorageBufferBindingSize) {
      const what = "a binding of bytes";
      const limit = "maxStorageBufferBindingSize";
      throw limitError(gpu, { doing, what, needed: size, limit, next });
    }
    device.pushErrorScope("out-of-memory");
    device.pushErrorScope("validation");
    const buffer = device.createBuffer({ label, size, usage });
    const errors = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
    const error = errors.find((e) => e !== null);
    if (error) {
      buffer.destroy();
      throw deviceError(
        gpu,
        `${doing} (${Math.ceil(size / 2 ** 20)} MiB)`,
        error.message || "out of memory",
        "end other programs on the GPU",
      );
    }
    made.add(buffer);
    return buffer;
  }
  function destroy(buffer: GPUBuffer): void {
    buffer.destroy();
    made.delete(buffer);
  }
  return {
    create,
    async grow(old, label, bytes, usage) {
      if (old !== undefined && old.size >= bytes) return old;
      if (old !== undefined) destroy(old);
      return await create(label, bytes, usage);
    },
    destroy,
    destroyAll() {
      for (const buffer of made) buffer.destroy();
      made.clear();
    },
  };
}

/** The buffers of a store. */
export interface StoreBuffers {
  readonly weights: GPUBuffer;
  readonly moments: GPUBuffer;
  readonly gradients: GPUBuffer;
  readonly shard: GPUBuffer;
}

/** Allocates a store. */
export async function allocateStore(
  gpu: Gpu,
  memory: Memory,
  { layout, shard }: Store,
  label: string,
): Promise<StoreBuffers> {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const uniform = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
  const numbers = shardWords(shard);
  const buffers = {
    weights: await memory.create(`weights of ${label}`, 4 * layout.weightsSize, usage),
    moments: await memory.create(`moments of ${label}`, 8 * layout.targetEnd, usage),
    gradients: await memory.create(`gradients of ${label}`, 4 * layout.gradientsSize, usage),
    shard: await memory.create(`numbers of ${label}`, numbers.byteLength, uniform),
  };
  gpu.device.queue.writeBuffer(buffers.shard, 0, numbers);
  return buffers;
}

/** The buffers that a step binds beside its store. */
export interface StepBuffers {
  readonly numbers: GPUBuffer;
  readonly plan: GPUBuffer;
  readonly activations: GPUBuffer;
  readonly losses: GPUBuffer;
  readonly logits: GPUBuffer;
}

/** One bind group of everything. */
export function bind(
  device: GPUDevice,
  layout: GPUBindGroupLayout,
  step: StepBuffers,
  store: StoreBuffers,
): GPUBindGroup {
  const all = { ...step, ...store };
  return device.createBindGroup({
    layout,
    entries: [
      { binding: BINDINGS.step, resource: { buffer: step.numbers, size: STEP_BYTES } },
      ...STORAGE.map((name) => ({ binding: BINDINGS[name], resource: { buffer: all[name] } })),
      { binding: BINDINGS.shard, resource: { buffer: store.shard } },
    ],
  });
}

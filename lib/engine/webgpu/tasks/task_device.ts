/** Tasks on a device: its buffers, pipelines and bind group; uploads, dispatches and read-backs. */
import {
  TASK_STORAGE,
  type TaskBinding,
  type TaskKernel,
} from "../../../kernels/webgpu/tasks/kernel.ts";
import { PASS_BYTES, passWords } from "../../../kernels/webgpu/tasks/records.ts";
import type { Gpu } from "../device.ts";
import { watch } from "../errors.ts";
import { memory } from "../memory.ts";
import { compile } from "../pipelines.ts";
import { stagingOf } from "../staging.ts";
import type { Script } from "./script.ts";

/** Dispatches that one submit carries: few enough that a device stays responsive. */
const DISPATCHES_A_SUBMIT = 256;

/** Bytes of buffers; those that are too small are made anew. */
export type BufferBytes = Partial<Readonly<Record<TaskBinding, number>>>;

/** What adaptation does with a device. */
export interface TaskDevice {
  /** Makes room; what lay in a buffer that grows is lost. */
  fit(bytes: BufferBytes): Promise<void>;
  write(to: TaskBinding, offset: number, data: Float32Array | Uint32Array): void;
  /**
   * Uploads the numbers of a script's passes and runs it. Kernels are compiled when they are first
   * run. @throws InputError as `compile`.
   */
  run(script: Script): Promise<void>;
  /** Floats of a buffer, from float `at` on. */
  read(from: TaskBinding, at: number, floats: number, doing: string): Promise<Float32Array>;
  dispose(): void;
}

/** Starts with empty buffers on a device, which it destroys in the end. */
export function taskDevice(gpu: Gpu): TaskDevice {
  const { device } = gpu;
  const room = memory(gpu);
  const watcher = watch(gpu);
  const staging = stagingOf(device, room, watcher);
  const layout = bindGroupLayout(device);
  const pipelines = new Map<TaskKernel, GPUComputePipeline>();
  const buffers: Partial<Record<TaskBinding, GPUBuffer>> = {};
  const storage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  let numbers: GPUBuffer | undefined;
  let group: GPUBindGroup | undefined;

  function bind(): GPUBindGroup {
    return device.createBindGroup({
      layout,
      entries: [
        { binding: 0, resource: { buffer: numbers!, size: PASS_BYTES } },
        ...TASK_STORAGE.map((name, i) => ({
          binding: i + 1,
          resource: { buffer: buffers[name]! },
        })),
      ],
    });
  }

  return {
    async fit(bytes) {
      for (const name of TASK_STORAGE) {
        const old = buffers[name];
        buffers[name] = await room.grow(old, `${name} of tasks`, bytes[name] ?? 0, storage);
        if (buffers[name] !== old) group = undefined;
      }
    },
    write(to, offset, data) {
      device.queue.writeBuffer(buffers[to]!, 4 * offset, data as Float32Array<ArrayBuffer>);
    },
    async run({ passes, dispatches }) {
      const missing = dispatches.map(({ kernel }) => kernel).filter((one) => !pipelines.has(one));
      for (const [kernel, made] of await compile(gpu, layout, missing)) {
        pipelines.set(kernel, made);
      }
      const old = numbers;
      const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
      numbers = await room.grow(old, "numbers of tasks", PASS_BYTES * passes.length, usage);
      if (numbers !== old) group = undefined;
      device.queue.writeBuffer(numbers, 0, passWords(passes));
      group ??= bind();
      for (let first = 0; first < dispatches.length; first += DISPATCHES_A_SUBMIT) {
        const encoder = device.createCommandEncoder();
        const encoded = encoder.beginComputePass();
        let bound = -1;
        for (const one of dispatches.slice(first, first + DISPATCHES_A_SUBMIT)) {
          if (one.pass !== bound) encoded.setBindGroup(0, group, [PASS_BYTES * one.pass]);
          bound = one.pass;
          encoded.setPipeline(pipelines.get(one.kernel)!);
          encoded.dispatchWorkgroups(...one.groups);
        }
        encoded.end();
        device.queue.submit([encoder.finish()]);
      }
    },
    async read(from, at, floats, doing) {
      return new Float32Array(await staging.read(buffers[from]!, 4 * at, 4 * floats, doing));
    },
    dispose() {
      room.destroyAll();
      device.destroy();
    },
  };
}

/** The bindings that all kernels of tasks share. */
function bindGroupLayout(device: GPUDevice): GPUBindGroupLayout {
  const visibility = GPUShaderStage.COMPUTE;
  return device.createBindGroupLayout({
    label: "tasks",
    entries: [
      { binding: 0, visibility, buffer: { type: "uniform", hasDynamicOffset: true } },
      ...TASK_STORAGE.map((name, i) => {
        const type: GPUBufferBindingType = name === "plan" ? "read-only-storage" : "storage";
        return { binding: i + 1, visibility, buffer: { type } };
      }),
    ],
  });
}

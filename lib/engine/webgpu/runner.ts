/**
 * A program on a device: its pipelines, stores, activations and bind groups; uploads, dispatches
 * and read-backs.
 */
import type { Kernel } from "../../kernels/webgpu/kernel.ts";
import { STEP_BYTES } from "../../kernels/webgpu/step_uniform.ts";
import type { Gpu } from "./device.ts";
import type { Watch } from "./errors.ts";
import { allocateStore, bind, type Memory, memory, type StoreBuffers } from "./memory.ts";
import { bindGroupLayout, compile } from "./pipelines.ts";
import type { EpochPlan } from "./plan.ts";
import { type Program, type Regions, type Stage, targetRows } from "./program.ts";

/**
 * The training plan and the one for scoring live side by side, so that scoring between two batches
 * disturbs nothing.
 */
export type Slot = "train" | "score";

/** What the engine does with a device. */
export interface Runner {
  readonly stores: readonly StoreBuffers[];
  /** Makes room for a plan and uploads its words. */
  load(slot: Slot, epoch: EpochPlan): Promise<void>;
  /** Where activations are; a new record whenever they moved. */
  regions(): Regions;
  /** Uploads the steps' numbers. */
  number(slot: Slot, numbers: ArrayBuffer): void;
  /** Dispatches the stages of steps from..to-1, so many steps a submit. */
  run(
    slot: Slot,
    epoch: EpochPlan,
    from: number,
    to: number,
    stages: readonly Stage[],
    stepsASubmit: number,
  ): void;
  /** Encodes the stages of one step of a loaded plan into a pass. */
  encode(
    pass: GPUComputePassEncoder,
    slot: Slot,
    epoch: EpochPlan,
    step: number,
    stages: readonly Stage[],
  ): void;
  losses(slot: Slot): GPUBuffer;
  logits(store: number): GPUBuffer;
  /** A copy of part of a buffer. */
  read(buffer: GPUBuffer, offset: number, bytes: number, doing: string): Promise<ArrayBuffer>;
  /** Zeroes. */
  clear(buffer: GPUBuffer): void;
  dispose(): void;
}

interface SlotState {
  plan?: GPUBuffer;
  numbers?: GPUBuffer;
  losses?: GPUBuffer;
  groups?: GPUBindGroup[];
}

const STORAGE_USE = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;

/** Compiles the program and allocates its stores. */
export async function startRunner(gpu: Gpu, program: Program, watcher: Watch): Promise<Runner> {
  const { device } = gpu;
  const room: Memory = memory(gpu);
  const layout = bindGroupLayout(device);
  const kernels = [program.differentiate, program.update, program.score, program.rank].flatMap((
    stages,
  ) => stages.map((s) => s.kernel));
  const pipelines = await compile(gpu, layout, kernels);
  const stores: StoreBuffers[] = [];
  const slots: Record<Slot, SlotState> = { train: {}, score: {} };
  let most: EpochPlan["most"] = { windows: 0, tokens: 0, distinct: 0, targets: 0, longest: 0 };
  let regions = program.regions(most);
  let activations: GPUBuffer | undefined;
  let staging: GPUBuffer | undefined;
  const logits: (GPUBuffer | undefined)[] = program.stores.map(() => undefined);
  try {
    for (const [i, store] of program.stores.entries()) {
      stores.push(await allocateStore(gpu, room, store, `store ${i}`));
    }
  } catch (error) {
    room.destroyAll();
    throw error;
  }

  /** Activations as large as the largest step of all plans so far. */
  async function fit(slot: Slot, epoch: EpochPlan): Promise<void> {
    const larger = Object.fromEntries(
      Object.entries(epoch.most).map((
        [name, n],
      ) => [name, Math.max(n, most[name as keyof typeof most])]),
    );
    if (Object.entries(larger).some(([name, n]) => n > most[name as keyof typeof most])) {
      most = larger as unknown as EpochPlan["most"];
      regions = program.regions(most);
    }
    const before = [activations, ...logits];
    activations = await room.grow(activations, "activations", 16 * regions.quads, STORAGE_USE);
    for (const [i, store] of program.stores.entries()) {
      const floats = slot === "score" || program.keepsLogits
        ? targetRows(most.targets) * store.logits
        : 0;
      logits[i] = await room.grow(logits[i], `logits of store ${i}`, 4 * floats, STORAGE_USE);
    }
    if (before.some((buffer, i) => buffer !== [activations, ...logits][i])) {
      slots.train.groups = slots.score.groups = undefined;
    }
  }

  return {
    stores,
    async load(slot, epoch) {
      await fit(slot, epoch);
      const state = slots[slot];
      const before = [state.plan, state.numbers, state.losses];
      state.plan = await room.grow(state.plan, `plan to ${slot}`, 4 * epoch.capacity, STORAGE_USE);
      state.numbers = await room.grow(
        state.numbers,
        `numbers to ${slot}`,
        epoch.numbers.byteLength,
        GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      );
      state.losses = await room.grow(
        state.losses,
        `losses to ${slot}`,
        4 * epoch.losses,
        STORAGE_USE,
      );
      if (before[0] !== state.plan || before[1] !== state.numbers || before[2] !== state.losses) {
        state.groups = undefined;
      }
      device.queue.writeBuffer(state.plan, 0, epoch.words as Uint32Array<ArrayBuffer>);
      if (slot === "train") {
        staging = await room.grow(
          staging,
          "staging",
          4 * epoch.losses,
          GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
        );
      }
    },
    regions: () => regions,
    number: (slot, numbers) => device.queue.writeBuffer(slots[slot].numbers!, 0, numbers),
    run(slot, epoch, from, to, stages, stepsASubmit) {
      for (let first = from; first < to; first += stepsASubmit) {
        const encoder = device.createCommandEncoder();
        const pass = encoder.beginComputePass();
        for (let step = first; step < Math.min(to, first + stepsASubmit); step++) {
          encode(pass, slot, epoch, step, stages);
        }
        pass.end();
        device.queue.submit([encoder.finish()]);
      }
    },
    encode,
    losses: (slot) => slots[slot].losses!,
    logits: (store) => logits[store]!,
    async read(buffer, offset, bytes, doing) {
      const target = staging !== undefined && staging.size >= bytes
        ? staging
        : staging = await room.grow(
          staging,
          "staging",
          bytes,
          GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
        );
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, offset, target, 0, bytes);
      device.queue.submit([encoder.finish()]);
      await watcher.wait(target.mapAsync(GPUMapMode.READ, 0, bytes), doing);
      const copy = target.getMappedRange(0, bytes).slice(0);
      target.unmap();
      return copy;
    },
    clear(buffer) {
      const encoder = device.createCommandEncoder();
      encoder.clearBuffer(buffer);
      device.queue.submit([encoder.finish()]);
    },
    dispose() {
      room.destroyAll();
      device.destroy();
    },
  };

  function encode(
    pass: GPUComputePassEncoder,
    slot: Slot,
    epoch: EpochPlan,
    step: number,
    stages: readonly Stage[],
  ): void {
    const state = slots[slot];
    const { plan, numbers, losses } = state;
    const groups = state.groups ??= stores.map((store, i) =>
      bind(device, layout, {
        plan: plan!,
        numbers: numbers!,
        losses: losses!,
        activations: activations!,
        logits: logits[i]!,
      }, store)
    );
    let bound = -1;
    for (const { kernel, store } of stages) {
      if (store !== bound) pass.setBindGroup(0, groups[bound = store], [step * STEP_BYTES]);
      pass.setPipeline(pipelines.get(kernel)!);
      const [x, y = 1, z = 1] = groupsOf(kernel, epoch, step, store);
      if (x * y * z > 0) pass.dispatchWorkgroups(x, y, z);
    }
  }

  function groupsOf(kernel: Kernel, epoch: EpochPlan, s: number, store: number) {
    const { shard } = program.stores[store];
    return kernel.dispatch({
      ...epoch.steps[s],
      shardItems: shard.items,
      storeSize: shard.parameters,
    });
  }
}

/**
 * A program on a device: its pipelines, stores, activations and bind groups; uploads, dispatches
 * and read-backs.
 */
import { wholeGroups } from "../../kernels/webgpu/plan_records.ts";
import {
  largerCounts,
  NO_COUNTS,
  STEP_BYTES,
  type StepSizes,
} from "../../kernels/webgpu/step_uniform.ts";
import type { Gpu } from "./device.ts";
import { checkDispatches, sizesOver } from "./dispatches.ts";
import type { Watch } from "./errors.ts";
import { allocateStore, bind, type Memory, memory, type StoreBuffers } from "./memory.ts";
import { bindGroupLayout, compile } from "./pipelines.ts";
import type { EpochPlan } from "./plan.ts";
import type { Program, Regions, Stage } from "./program.ts";
import { stagingOf } from "./staging.ts";

/**
 * The training plan and the one for scoring live side by side, so that scoring between two batches
 * disturbs nothing.
 */
export type Slot = "train" | "score";

/** What the engine does with a device. */
export interface Runner {
  readonly stores: readonly StoreBuffers[];
  /**
   * Makes room for a plan and uploads its words. @throws InputError where a step is beyond the
   * device's limits.
   */
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
  activations(): GPUBuffer;
  /** A copy of part of a buffer. */
  read(buffer: GPUBuffer, offset: number, bytes: number, doing: string): Promise<ArrayBuffer>;
  /** Zeroes. */
  clear(buffer: GPUBuffer): void;
  dispose(): void;
}

/** A slot's buffers, and the bind group of each store while none of its buffers has moved. */
interface SlotState {
  plan?: GPUBuffer;
  numbers?: GPUBuffer;
  losses?: GPUBuffer;
  groups?: GPUBindGroup[];
}

const STORAGE_USE = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
const UNIFORM_USE = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;

/** Compiles the program and allocates its stores. */
export async function startRunner(gpu: Gpu, program: Program, watcher: Watch): Promise<Runner> {
  const { device } = gpu;
  const room: Memory = memory(gpu);
  const layout = bindGroupLayout(device);
  const { differentiate, update, represent, score, rank } = program;
  const stagesOfAll = [...differentiate, ...update, ...represent, ...score, ...rank];
  const pipelines = await compile(gpu, layout, stagesOfAll.map(({ kernel }) => kernel));
  const stores: StoreBuffers[] = [];
  const slots: Record<Slot, SlotState> = { train: {}, score: {} };
  let most = NO_COUNTS;
  let regions = program.regions(most);
  let activations: GPUBuffer | undefined;
  const staging = stagingOf(device, room, watcher);
  const logits: (GPUBuffer | undefined)[] = program.stores.map(() => undefined);
  try {
    for (const [i, store] of program.stores.entries()) {
      stores.push(await allocateStore(gpu, room, store, `store ${i}`));
    }
  } catch (error) {
    room.destroyAll();
    throw error;
  }

  /** Activations and logits as large as the largest step of all plans so far. */
  async function fit(slot: Slot, epoch: EpochPlan): Promise<void> {
    const larger = largerCounts(most, epoch.most);
    if (larger !== most) {
      most = larger;
      regions = program.regions(most);
    }
    const before = [activations, ...logits];
    activations = await room.grow(activations, "activations", 16 * regions.quads, STORAGE_USE);
    for (const [i, store] of program.stores.entries()) {
      const wanted = slot === "score" || program.keepsLogits;
      const bytes = wanted ? 4 * wholeGroups(most.targets) * store.logits : 0;
      logits[i] = await room.grow(logits[i], `logits of store ${i}`, bytes, STORAGE_USE);
    }
    if (moved(before, [activations, ...logits])) {
      slots.train.groups = slots.score.groups = undefined;
    }
  }

  return {
    stores,
    async load(slot, epoch) {
      const stages = slot === "train" ? [...differentiate, ...update] : [...score, ...rank];
      checkDispatches(gpu, program.stores, stages, epoch.most);
      await fit(slot, epoch);
      const state = slots[slot];
      const before = [state.plan, state.numbers, state.losses];
      const numberBytes = epoch.numbers.byteLength;
      const lossBytes = 4 * epoch.losses;
      state.plan = await room.grow(state.plan, `plan to ${slot}`, 4 * epoch.capacity, STORAGE_USE);
      state.numbers = await room.grow(
        state.numbers,
        `numbers to ${slot}`,
        numberBytes,
        UNIFORM_USE,
      );
      state.losses = await room.grow(state.losses, `losses to ${slot}`, lossBytes, STORAGE_USE);
      if (moved(before, [state.plan, state.numbers, state.losses])) state.groups = undefined;
      device.queue.writeBuffer(state.plan, 0, epoch.words as Uint32Array<ArrayBuffer>);
      if (slot === "train") await staging.reserve(lossBytes);
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
    activations: () => activations!,
    read: staging.read,
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
    const groups = slots[slot].groups ??= bindGroups(slots[slot]);
    let bound = -1;
    let sizes: StepSizes | undefined;
    for (const { kernel, store } of stages) {
      if (store !== bound) {
        pass.setBindGroup(0, groups[bound = store], [step * STEP_BYTES]);
        sizes = sizesOver(program.stores[store], epoch.steps[step]);
      }
      pass.setPipeline(pipelines.get(kernel)!);
      const [x, y = 1, z = 1] = kernel.dispatch(sizes!);
      if (x * y * z > 0) pass.dispatchWorkgroups(x, y, z);
    }
  }

  /** A bind group a store, of buffers that have all been loaded. */
  function bindGroups({ plan, numbers, losses }: SlotState): GPUBindGroup[] {
    return stores.map((store, i) =>
      bind(device, layout, {
        plan: plan!,
        numbers: numbers!,
        losses: losses!,
        activations: activations!,
        logits: logits[i]!,
      }, store)
    );
  }
}

/** Whether any buffer is another one than before. */
function moved(
  before: readonly (GPUBuffer | undefined)[],
  after: readonly (GPUBuffer | undefined)[],
): boolean {
  return before.some((buffer, i) => buffer !== after[i]);
}

/** Tasks brought to the device: planned in waves that fit it, with memory and kernels. */
import {
  type OuterKernels,
  outerKernels,
  type TaskKernels,
  taskKernels,
} from "../../../kernels/webgpu/tasks/kernels.ts";
import type { Moved, TaskLayout } from "../../../kernels/webgpu/tasks/layout.ts";
import type { PassNumbers } from "../../../kernels/webgpu/tasks/records.ts";
import { taskCount, type TaskWindows } from "../../../samplers/task_windows.ts";
import type { InnerLoop } from "../../adaptation.ts";
import type { Gpu } from "../device.ts";
import { limitError } from "../errors.ts";
import { type Arena, type ArenaNeeds, layArena } from "./arena.ts";
import { largestParts, type PartSizes, planTasks, type TaskPlan, waveBounds } from "./plan.ts";
import type { Start } from "./start.ts";
import type { TaskDevice } from "./task_device.ts";

/** Most bytes of tasks in memory together, where the device allows as much. */
const TASK_BYTES = 2 ** 30;

/** What the work needs. */
export interface LoadNeeds extends Omit<ArenaNeeds, "moments"> {
  /** Floats of losses. */
  readonly losses: number;
  /** Lists of answers a query. */
  readonly answers?: number;
  /** Bounds of steps, which no wave crosses; without them all tasks are one. */
  readonly offsets?: Int32Array;
}

/** Tasks on the device. */
export interface Loaded {
  readonly plan: TaskPlan;
  readonly sizes: readonly [PartSizes, PartSizes];
  readonly arena: Arena;
  readonly moved: Moved;
  readonly inner: InnerLoop;
  readonly kernels: TaskKernels;
  readonly outerKernels: OuterKernels;
  readonly base: PassNumbers;
}

/** Where tasks are brought. */
export interface LoadPlace {
  readonly gpu: Gpu;
  readonly device: TaskDevice;
  readonly start: Start;
  readonly layout: TaskLayout;
  readonly paddingRow: number;
  /** Most tasks in memory together. */
  readonly mostTasks: number;
}

/** Loads tasks. @throws SettingsError for one that the device cannot hold. */
export type Load = (tasks: TaskWindows, inner: InnerLoop, needs: LoadNeeds) => Promise<Loaded>;

/** Makes it; kernels are made once. */
export function loader({ gpu, device, start, layout, paddingRow, mostTasks }: LoadPlace): Load {
  const { limits } = gpu;
  const kernelLimits = {
    threads: Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX),
    workgroupBytes: limits.maxComputeWorkgroupStorageSize,
  };
  const bindingBytes = Math.min(
    limits.maxStorageBufferBindingSize,
    limits.maxBufferSize,
    TASK_BYTES,
  );
  const ofOuter = outerKernels(layout, kernelLimits);
  const ofTasks: Partial<Record<Moved, TaskKernels>> = {};

  /** Tasks that fit into the device's buffers. */
  function capacity(bytes: number): number {
    const fitting = Math.floor(bindingBytes / bytes);
    if (fitting > 0) {
      return Math.min(mostTasks, fitting, limits.maxComputeWorkgroupsPerDimension);
    }
    throw limitError(gpu, {
      doing: "adapting a task",
      what: "its memory",
      needed: bytes,
      limit: "maxStorageBufferBindingSize",
      next: "use --device wasm",
    });
  }

  return async (tasks, inner, { answers = 0, losses, offsets, ...needs }) => {
    const { moved } = needs;
    const sizes = largestParts(tasks);
    const arena = layArena(layout, sizes, { ...needs, moments: inner.optimizer === "adam" });
    const answerBytes = 4 * answers * sizes[1].targets * layout.items;
    const bounds = waveBounds(
      offsets ?? [0, taskCount(tasks)],
      capacity(Math.max(16 * arena.taskQuads, answerBytes)),
    );
    const plan = planTasks(tasks, bounds, {
      tableRows: layout.rows,
      paddingRow,
      tables: needs.outer,
    });
    const kernels = ofTasks[moved] ??= taskKernels(layout, moved, kernelLimits);
    const together = bounds.reduce((most, [from, to]) => Math.max(most, to - from), 0);
    await device.fit({
      ...start.bytes,
      plan: plan.words.byteLength,
      tasks: 16 * arena.taskQuads * together,
      losses: 4 * losses,
      answers: answerBytes * together,
    });
    device.write("plan", 0, plan.words);
    const { queryRecordsAt: _queries, ownQuads: _own, ...places } = arena;
    const base = { ...plan.places, ...places, ratesAt: await start.ratesFor(inner) };
    return { plan, sizes, arena, moved, inner, kernels, outerKernels: ofOuter, base };
  };
}

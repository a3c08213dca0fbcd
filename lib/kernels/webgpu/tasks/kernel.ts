/**
 * A kernel over many tasks at once: workgroup (x, y) works on task y of those in memory. All of
 * them share one set of bindings: a pass's numbers, the plan, the start's parameters, the tasks'
 * memory, the sum of outer gradients, the start's moments, losses, answers, and rates.
 */
import { type KernelCode, workgroupBytes } from "../kernel.ts";
import { type Constants, expand } from "../template.ts";
import { RECORDS_WGSL } from "./records.ts";
import common from "./common.wgsl" with { type: "text" };

/** The storage bindings in the order of their numbers, and as what kernels see them. */
export const TASK_BINDINGS = {
  plan: "u32",
  start: "vec4f",
  tasks: "vec4f",
  sums: "vec4f",
  moments: "vec4f",
  losses: "f32",
  answers: "f32",
  rates: "f32",
} as const;

/** A storage binding. */
export type TaskBinding = keyof typeof TASK_BINDINGS;

/** Their names. */
export const TASK_STORAGE = Object.keys(TASK_BINDINGS) as readonly TaskBinding[];

/** What decides a dispatch. */
export interface TaskSizes {
  /** Tasks in memory. */
  readonly tasks: number;
  /** Of the largest of their parts that the pass is about. */
  readonly windows: number;
  readonly targets: number;
  readonly rows: number;
}

/** One compute pipeline of tasks. */
export interface TaskKernel extends KernelCode {
  readonly dispatch: (sizes: TaskSizes) => readonly [number, number];
}

/** What a kernel is made of. The key's `SIZE` is the workgroup size. */
export interface TaskKernelSource extends Pick<TaskKernel, "name" | "dispatch"> {
  readonly key: Constants;
  /** Templates, expanded together behind what all kernels share. */
  readonly text: readonly string[];
}

/** Makes the record: bindings declared, constants in front, storage counted. */
export function taskKernel({ name, key, dispatch, text }: TaskKernelSource): TaskKernel {
  const storage = Object.entries(TASK_BINDINGS).map(([binding, view], i) => {
    const access = binding === "plan" ? "read" : "read_write";
    const at = `@group(0) @binding(${i + 1})`;
    return `${at} var<storage, ${access}> ${binding}: array<${view}>;\n`;
  });
  const code = [
    RECORDS_WGSL,
    "@group(0) @binding(0) var<uniform> step: Pass;\n",
    ...storage,
    expand([common, ...text].join("\n"), key),
  ].join("");
  return {
    name,
    code,
    dispatch,
    workgroupSize: key.SIZE,
    workgroupBytes: workgroupBytes(code, key),
  };
}

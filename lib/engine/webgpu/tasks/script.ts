/** A list of dispatches, written first and run at once, each with the numbers of its pass. */
import type { TaskKernel, TaskSizes } from "../../../kernels/webgpu/tasks/kernel.ts";
import type { PassNumbers } from "../../../kernels/webgpu/tasks/records.ts";

/** One dispatch. */
export interface Dispatch {
  readonly kernel: TaskKernel;
  /** Which of the passes' numbers it reads. */
  readonly pass: number;
  readonly groups: readonly [number, number];
}

/** What a device runs. */
export interface Script {
  readonly passes: readonly PassNumbers[];
  readonly dispatches: readonly Dispatch[];
}

/** Adds a dispatch of a pass. */
export type Run = (kernel: TaskKernel, sizes: Omit<TaskSizes, "tasks">) => void;

/** A script that is being written. */
export interface ScriptWriter extends Script {
  /** Begins a pass over `tasks` tasks. */
  pass(tasks: number, numbers: PassNumbers): Run;
}

/** Starts with nothing. */
export function writeScript(): ScriptWriter {
  const passes: PassNumbers[] = [];
  const dispatches: Dispatch[] = [];
  return {
    passes,
    dispatches,
    pass(tasks, numbers) {
      const pass = passes.push(numbers) - 1;
      return (kernel, sizes) => {
        const groups = kernel.dispatch({ ...sizes, tasks });
        if (groups[0] * groups[1] > 0) dispatches.push({ kernel, pass, groups });
      };
    },
  };
}

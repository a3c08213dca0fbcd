/** What came of tasks, from the device's floats. */
import { type Moved, movedFloats, type TaskLayout } from "../../../kernels/webgpu/tasks/layout.ts";
import { taskCount, type TaskWindows } from "../../../samplers/task_windows.ts";
import { rowsOfTask, type TaskPlan } from "./plan.ts";

/** The mean of values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Each task's mean loss over the targets of its support (0) or its queries (1). */
export function lossesOfTasks(
  { windows, parts }: TaskWindows,
  losses: Float32Array,
  part: 0 | 1,
): Float64Array {
  return Float64Array.from({ length: taskCount({ windows, parts }) }, (_, task) => {
    const [from, to] = [0, 1].map((i) => windows.targetOffsets[parts[2 * task + part + i]]);
    return mean(losses.subarray(from, to));
  });
}

/** All parameters as they lie in the store: the start's, and over them what a task has moved. */
export function adaptedStore(
  l: TaskLayout,
  moved: Moved,
  { start, own, plan, task }: {
    readonly start: Float32Array;
    readonly own: Float32Array;
    readonly plan: TaskPlan;
    readonly task: number;
  },
): Float32Array {
  const adapted = start.slice();
  adapted.set(own.subarray(0, movedFloats(l, moved, 0)));
  if (moved !== "all") return adapted;
  rowsOfTask(plan, task).forEach((item, row) => {
    const at = l.table + row * l.width;
    adapted.set(own.subarray(at, at + l.width), l.table + item * l.width);
  });
  return adapted;
}

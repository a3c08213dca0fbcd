/** Sizes of tasks: memory from the largest part, and a fair deal of whole tasks to the threads. */
import type { NeuralModel } from "../../../models/neural.ts";
import { taskCount, type TaskWindows } from "../../../samplers/task_windows.ts";
import type { ShareSize } from "../deal.ts";
import type { Parts } from "../parts.ts";
import { measureScore } from "../score.ts";
import { countScratch } from "../scratch.ts";
import { measureStep } from "../step.ts";
import type { LargestPart } from "./place.ts";

/** What the largest part of a task takes. */
export interface TaskMemory extends LargestPart {
  /** Bytes of a thread's scratch. */
  readonly scratch: number;
}

/** Looks through all parts. */
export function measureTasks(
  parts: Parts,
  model: NeuralModel,
  tasks: TaskWindows,
): TaskMemory {
  const most = { targets: 1, tokens: 1, scratch: 0 };
  for (let part = 0; part < tasks.parts.length - 1; part++) {
    const size = sizeOf(tasks, part);
    const training = countScratch();
    measureStep(parts, training, model, size, 1);
    const scoring = countScratch();
    measureScore(parts.architecture, scoring, model, size);
    most.targets = Math.max(most.targets, size.targets);
    most.tokens = Math.max(most.tokens, size.tokens);
    most.scratch = Math.max(most.scratch, training.bytes(), scoring.bytes());
  }
  return most;
}

function sizeOf({ windows, parts }: TaskWindows, part: number): ShareSize {
  const [from, to] = [parts[part], parts[part + 1]];
  const lengths = windows.length.subarray(from, to);
  return {
    targets: windows.targetOffsets[to] - windows.targetOffsets[from],
    windows: to - from,
    tokens: lengths.reduce((sum, items) => sum + items, 0),
    longest: lengths.reduce((most, items) => Math.max(most, items), 0),
  };
}

/**
 * The tasks from..to-1 dealt to the threads, the costly ones first, each to the thread that has
 * least. A support pair counts once an inner step, a query pair once.
 */
export function dealTasks(
  tasks: TaskWindows,
  steps: number,
  threads: number,
  from = 0,
  to = taskCount(tasks),
): number[][] {
  const cost = (task: number) => {
    const support = sizeOf(tasks, 2 * task);
    const queries = sizeOf(tasks, 2 * task + 1);
    const fixed = 4; // what a gradient costs beside its items, in items
    return (steps || 1) * (support.tokens + fixed) + queries.tokens + fixed;
  };
  const costs = Array.from(
    { length: to - from },
    (_, i) => ({ task: from + i, cost: cost(from + i) }),
  );
  costs.sort((a, b) => b.cost - a.cost || a.task - b.task);
  const dealt = Array.from({ length: threads }, () => ({ cost: 0, tasks: [] as number[] }));
  for (const { task, cost: own } of costs) {
    const least = dealt.reduce((a, b) => b.cost < a.cost ? b : a);
    least.tasks.push(task);
    least.cost += own;
  }
  return dealt.map((one) => one.tasks);
}

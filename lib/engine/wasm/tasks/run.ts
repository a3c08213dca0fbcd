/** What a worker does with tasks: adapts them, answers for them, takes outer steps. */
import type { OuterLoop } from "../../adaptation.ts";
import type { Parts } from "../parts.ts";
import { scoreWindows } from "../score.ts";
import { batchScratch } from "../scratch.ts";
import { makeThread, type SharedAddresses, type Thread, type ThreadKeeps } from "../thread.ts";
import type { ThreadOptions } from "../thread.ts";
import { innerStep, type Steps } from "./inner_loop.ts";
import { beginTask, copyStart, restoreRows, type Solo, taskPart, touchedItems } from "./learner.ts";
import {
  addOuterGradient,
  clipFactor,
  moveStart,
  sumOuter,
  type TaskParts,
  type Together,
} from "./outer_step.ts";
import type { TaskPlace } from "./place.ts";
import { learnRates, type SharedRates } from "./rates.ts";

/** What a worker is asked. Addresses are bytes in the shared memory. */
export interface TaskCommand {
  readonly kind: "tasks";
  readonly shared: SharedAddresses;
  readonly place: TaskPlace;
  /** Bounds of this thread's scratch. */
  readonly scratch: readonly [number, number];
  /** [2 · tasks + 1] as `TaskWindows.parts`, int32. */
  readonly parts: number;
  readonly steps: Steps;
  readonly work: AdaptWork | AnswerWork | OuterWork;
}

/** Leaves each task's parameters (in the layout) and losses (float64) behind. */
export interface AdaptWork {
  readonly kind: "adapt";
  readonly tasks: readonly number[];
  readonly parameters: number;
  readonly losses: number;
}

/** Scores every query after each number of steps. */
export interface AnswerWork {
  readonly kind: "answer";
  readonly tasks: readonly number[];
  readonly after: readonly number[];
  /** Per number of steps: rows [queries × nItems]. */
  readonly out: readonly number[];
  /** [tasks] each task's first row. */
  readonly firstRow: readonly number[];
}

/** Takes outer steps, or leaves the first one's gradient behind. */
export interface OuterWork {
  readonly kind: "outer";
  readonly outer: OuterLoop;
  readonly together: Together;
  readonly rates?: SharedRates;
  /** This thread's tasks of each step, and how many all threads have. */
  readonly tasks: readonly (readonly number[])[];
  readonly counts: readonly number[];
  /** The first step, from 1. */
  readonly step: number;
  readonly update: boolean;
  /** [steps] mean losses, float64. */
  readonly losses: number;
}

/** What of a worker outlives its commands. */
export interface TaskWorker {
  readonly options: ThreadOptions;
  readonly keeps: ThreadKeeps;
  readonly parts: Parts;
}

/** Carries a command out. */
export function runTasks({ options, keeps, parts }: TaskWorker, command: TaskCommand): void {
  const { shared, place, work } = command;
  const scratch = batchScratch(...command.scratch);
  const alone = { ...shared, parameters: place.own, gradients: place.gradients };
  const thread = makeThread(
    { ...options, index: 0, threads: 1 },
    keeps,
    { shared: alone, exchange: place.exchange },
    scratch,
  );
  const solo: Solo = { thread, parts, scratch, place, start: shared.parameters };
  const partsOf = (task: number): TaskParts => {
    const [from, between, to] = thread.ints.subarray(command.parts / 4 + 2 * task);
    return { support: range(from, between), queries: range(between, to) };
  };
  copyStart(solo);
  thread.clear(place.gradients, thread.layout.size); // padding that no gradient writes stays zero
  if (work.kind === "adapt") adapt(solo, partsOf, command.steps, work);
  else if (work.kind === "answer") answer(solo, partsOf, command.steps, work);
  else {
    const all = makeThread(options, keeps, { shared, exchange: place.exchange }, scratch);
    takeOuterSteps(solo, all, partsOf, command.steps, work);
  }
}

type PartsOf = (task: number) => TaskParts;

function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, i) => from + i);
}

function adapt(
  solo: Solo,
  partsOf: PartsOf,
  steps: Steps,
  { tasks, parameters, losses }: AdaptWork,
): void {
  const { thread, place } = solo;
  for (const task of tasks) {
    beginTask(solo);
    const support = taskPart(solo, partsOf(task).support);
    const out = new Float64Array(thread.floats.buffer, losses, (task + 1) * steps.steps);
    for (let step = 1; step <= steps.steps; step++) {
      out[task * steps.steps + step - 1] = innerStep(solo, support, steps, step);
    }
    thread.copy(place.own, parameters + 4 * task * thread.layout.size, thread.layout.size);
    if (steps.steps > 0) restoreRows(solo, touchedItems(solo));
  }
}

function answer(
  solo: Solo,
  partsOf: PartsOf,
  steps: Steps,
  { tasks, after, out, firstRow }: AnswerWork,
): void {
  const { thread, parts, scratch } = solo;
  for (const task of tasks) {
    beginTask(solo);
    const { support, queries } = partsOf(task);
    const known = taskPart(solo, support);
    let taken = 0;
    after.forEach((until, i) => {
      while (taken < until) innerStep(solo, known, steps, ++taken);
      scratch.reset();
      scoreWindows(thread, parts.architecture, {
        order: queries,
        out: out[i],
        firstRow: firstRow[task],
      });
    });
    if (taken > 0) restoreRows(solo, touchedItems(solo));
  }
}

/** Takes the steps until a loss is not finite, which all threads see in the same step. */
function takeOuterSteps(
  solo: Solo,
  all: Thread,
  partsOf: PartsOf,
  steps: Steps,
  work: OuterWork,
): void {
  const { floats, layout, index, optimizer } = all;
  const { outer, together, update } = work;
  const tensors = layout.tensors.length;
  const doubles = (address: number, count: number) =>
    new Float64Array(floats.buffer, address, count);
  const sums = together.sums.map((address) => doubles(address, 2 + tensors));
  const losses = doubles(work.losses, work.tasks.length);
  const own = sums[index];
  for (const [s, tasks] of work.tasks.entries()) {
    own.fill(0);
    all.clear(solo.place.outer, layout.size);
    const rates = work.rates === undefined
      ? steps
      : { ...steps, rates: doubles(work.rates.values, tensors).slice() };
    for (const task of tasks) {
      const rateGradients = work.rates && own.subarray(2);
      own[1] += addOuterGradient(solo, partsOf(task), rates, outer, rateGradients);
    }
    all.barrier();
    own[0] = sumOuter(all, together, work.counts[s]);
    all.barrier();
    const total = (i: number) => sums.reduce((sum, of) => sum + of[i], 0);
    const loss = total(1) / work.counts[s];
    if (index === 0) losses[s] = loss;
    if (!Number.isFinite(loss) || !Number.isFinite(total(0))) return;
    if (!update) return;
    moveStart(all, clipFactor(Math.sqrt(total(0)), outer.clipNorm), work.step + s);
    if (work.rates !== undefined && index === 0) {
      const gradients = Float64Array.from(
        { length: tensors },
        (_, t) => total(2 + t) / work.counts[s],
      );
      learnRates(floats.buffer, work.rates, gradients, optimizer, work.step + s);
    }
    all.barrier();
    copyStart(solo);
  }
}

/** Outer steps: each thread sums its tasks' outer gradients, then all update the start together. */
import type { OuterLoop } from "../../adaptation.ts";
import type { Thread } from "../thread.ts";
import { adamStep, vectorsOf } from "../update.ts";
import { innerStep, saveParameters, type Steps } from "./inner_loop.ts";
import {
  beginTask,
  bodyFloats,
  itemRow,
  restoreRows,
  rowGradient,
  type Solo,
  taskPart,
  touchedItems,
} from "./learner.ts";
import { carryThroughHead } from "./head_second_order.ts";
import { carryBack, takeUpGradient } from "./second_order.ts";

/** The windows of a task's two parts. */
export interface TaskParts {
  readonly support: Int32Array;
  readonly queries: Int32Array;
}

/**
 * Adds a task's outer gradient to `place.outer` and, where they are learnt, its rates' to
 * `rateGradients`. Returns the queries' loss; for `reptile` the support's before the last step.
 */
export function addOuterGradient(
  solo: Solo,
  { support, queries }: TaskParts,
  steps: Steps,
  { method }: OuterLoop,
  rateGradients?: Float64Array,
): number {
  const { place } = solo;
  const carries = method === "second_order";
  beginTask(solo);
  if (carries && steps.headOnly && rateGradients === undefined) {
    const { loss, items } = carryThroughHead(solo, { support, queries }, steps);
    addCarried(solo, items);
    return loss;
  }
  const known = taskPart(solo, support);
  // the way back needs the support's rows, which a head's own gradient does not list
  const taken = { ...steps, headOnly: steps.headOnly && !carries };
  let items = new Int32Array(0);
  let loss = NaN;
  for (let step = 1; step <= steps.steps; step++) {
    loss = innerStep(solo, known, taken, step, () => {
      if (step === 1) items = touchedItems(solo).slice();
      if (carries) {
        saveParameters(solo, items, place.saved + 4 * (step - 1) * place.bodyAndRows);
      }
    });
  }
  if (method === "reptile") addMovement(solo, items);
  else {
    loss = taskPart(solo, queries).gradient();
    const asked = touchedItems(solo).slice();
    if (carries) {
      takeUpGradient(solo, items, asked);
      carryBack(solo, {
        support: known,
        items,
        rates: steps.rates,
        steps: steps.steps,
        rateGradients,
      });
      addCarried(solo, new Set([...items, ...asked]));
    } else addGradient(solo, asked);
  }
  restoreRows(solo, items);
  return loss;
}

/** outer += the queries' gradient. */
function addGradient(solo: Solo, items: Int32Array): void {
  const { thread: { kernels, layout }, place } = solo;
  const body = 4 * layout.dense[0];
  kernels.addTo(bodyFloats(solo), place.outer + body, place.gradients + body);
  items.forEach((item, i) =>
    kernels.addTo(
      layout.itemTable.stride,
      itemRow(solo, place.outer, item),
      rowGradient(solo, i),
    )
  );
}

/** outer += what was carried back. */
function addCarried(solo: Solo, items: ReadonlySet<number>): void {
  const { thread: { kernels, layout }, place } = solo;
  const body = 4 * layout.dense[0];
  kernels.addTo(bodyFloats(solo), place.outer + body, place.carried + body);
  for (const item of items) {
    kernels.addTo(
      layout.itemTable.stride,
      itemRow(solo, place.outer, item),
      itemRow(solo, place.carried, item),
    );
  }
}

/** outer += start − adapted. */
function addMovement(solo: Solo, items: Int32Array): void {
  const { thread: { kernels, layout }, place, start } = solo;
  const add = (count: number, outer: number, from: number, to: number) => {
    kernels.addTo(count, outer, from);
    kernels.addScaled(count, outer, -1, to);
  };
  const body = 4 * layout.dense[0];
  add(bodyFloats(solo), place.outer + body, start + body, place.own + body);
  for (const item of items) {
    const row = (region: number) => itemRow(solo, region, item);
    add(layout.itemTable.stride, row(place.outer), row(start), row(place.own));
  }
}

/** What all threads of an outer step share. */
export interface Together {
  /** Per thread: its sum of outer gradients. */
  readonly outers: readonly number[];
  /** Per thread, float64: a squared length, a loss, and its tensors' rate gradients. */
  readonly sums: readonly number[];
}

/**
 * shared.gradients = the mean of all threads' outer gradients over `tasks`, each thread its slice;
 * returns the squared length of the slice.
 */
export function sumOuter(thread: Thread, { outers }: Together, tasks: number): number {
  const { kernels, shared, layout, threads } = thread;
  const [from, to] = vectorsOf(layout.size, thread);
  const sum = shared.gradients + 4 * from;
  thread.copy(outers[0] + 4 * from, sum, to - from);
  for (let t = 1; t < threads; t++) kernels.addTo(to - from, sum, outers[t] + 4 * from);
  kernels.scale(to - from, sum, 1 / tasks);
  return kernels.dot(to - from, sum, sum);
}

/** One Adam step of the thread's slice of the start; the gradient is scaled by `factor` before. */
export function moveStart(thread: Thread, factor: number, step: number): void {
  const { kernels, shared, layout } = thread;
  const [from, to] = vectorsOf(layout.size, thread);
  if (factor !== 1) kernels.scale(to - from, shared.gradients + 4 * from, factor);
  adamStep(thread, step);
}

/** As `torch.nn.utils.clip_grad_norm_` scales. */
export function clipFactor(norm: number, clipNorm: number): number {
  return Math.min(1, clipNorm / (norm + 1e-6));
}

/**
 * A gradient carried back through inner steps of SGD. With θₖ₊₁ = θₖ − α·g(θₖ), where α is a rate a
 * tensor (0 where nothing moves), the gradient v of the queries' loss by θₖ₊₁ becomes
 *
 *     v − H(θₖ)·(α·v)
 *
 * by θₖ. The product of the support's Hessian with d = α·v is a central difference of gradients,
 * (g(θₖ + s·d) − g(θₖ − s·d)) / 2s: two first-order gradients a step, no kernel of its own, and an
 * error of O(s²). The rates' own gradients are −⟨g(θₖ), v⟩, tensor by tensor.
 */
import { loadParameters } from "./inner_loop.ts";
import {
  bodyFloats,
  floatsOf,
  itemRow,
  rowGradient,
  savedRow,
  type Solo,
  type TaskPart,
} from "./learner.ts";

/**
 * Length of s·d. Rounding of float32 gradients asks for a long step, the third derivative for a
 * short one; at this one both stay far below the fixtures' tolerance.
 */
export const STEP = 0.02;

/** What is carried back. */
export interface Carrying {
  readonly support: TaskPart;
  /** The items of the support's rows, in order. */
  readonly items: Int32Array;
  /** [tensors] */
  readonly rates: ArrayLike<number>;
  readonly steps: number;
  /** [tensors] is added the gradients of the rates, where they are wanted. */
  readonly rateGradients?: Float64Array;
}

/** Begins with the queries' gradient, as `gradient()` left it; `items` are the support's. */
export function takeUpGradient(solo: Solo, items: Int32Array, queryItems: Int32Array): void {
  const { thread, place } = solo;
  const { stride } = thread.layout.itemTable;
  const body = 4 * thread.layout.dense[0];
  thread.copy(place.gradients + body, place.carried + body, bodyFloats(solo));
  for (const item of items) thread.clear(itemRow(solo, place.carried, item), stride);
  queryItems.forEach((item, i) =>
    thread.copy(rowGradient(solo, i), itemRow(solo, place.carried, item), stride)
  );
}

/** Carries the gradient at `place.carried` back to the start, through the saved parameters. */
export function carryBack(solo: Solo, carrying: Carrying): void {
  const { place } = solo;
  for (let k = carrying.steps - 1; k >= 0; k--) {
    carryStep(solo, carrying, place.saved + 4 * k * place.bodyAndRows);
  }
}

function carryStep(solo: Solo, carrying: Carrying, saved: number): void {
  const { thread: { kernels }, place } = solo;
  const { support, items, rates, rateGradients } = carrying;
  const length = Math.sqrt(squaredLength(solo, items, rates));
  if (length === 0 || !Number.isFinite(length)) return;
  const s = STEP / length;
  moveAlong(solo, carrying, saved, s);
  support.gradient();
  keepGradient(solo, items);
  if (rateGradients !== undefined) addRateGradients(solo, carrying, place.other);
  moveAlong(solo, carrying, saved, -s);
  support.gradient();
  if (rateGradients !== undefined) addRateGradients(solo, carrying);
  const { stride } = solo.thread.layout.itemTable;
  const body = 4 * solo.thread.layout.dense[0];
  kernels.addScaled(bodyFloats(solo), place.other, -1, place.gradients + body);
  kernels.addScaled(bodyFloats(solo), place.carried + body, -1 / (2 * s), place.other);
  items.forEach((item, i) => {
    const difference = savedRow(solo, place.other, i);
    kernels.addScaled(stride, difference, -1, rowGradient(solo, i));
    kernels.addScaled(stride, itemRow(solo, place.carried, item), -1 / (2 * s), difference);
  });
}

/** ‖α·v‖² over what the support moves. */
function squaredLength(solo: Solo, items: Int32Array, rates: ArrayLike<number>): number {
  const { thread: { kernels, layout }, place } = solo;
  let sum = 0;
  layout.tensors.forEach((tensor, t) => {
    if (rates[t] === 0) return;
    let squares = 0;
    if (tensor === layout.itemTable) {
      for (const item of items) {
        const row = itemRow(solo, place.carried, item);
        squares += kernels.dot(tensor.stride, row, row);
      }
    } else {
      const at = place.carried + 4 * tensor.offset;
      squares = kernels.dot(floatsOf(tensor), at, at);
    }
    sum += rates[t] ** 2 * squares;
  });
  return sum;
}

/** The parameters become the saved ones + s·α·v. */
function moveAlong(
  solo: Solo,
  { items, rates }: Carrying,
  saved: number,
  s: number,
): void {
  const { thread: { kernels, layout }, place } = solo;
  loadParameters(solo, items, saved);
  layout.tensors.forEach((tensor, t) => {
    if (rates[t] === 0) return;
    if (tensor === layout.itemTable) {
      for (const item of items) {
        kernels.addScaled(
          tensor.stride,
          itemRow(solo, place.own, item),
          s * rates[t],
          itemRow(solo, place.carried, item),
        );
      }
    } else {
      const at = 4 * tensor.offset;
      kernels.addScaled(floatsOf(tensor), place.own + at, s * rates[t], place.carried + at);
    }
  });
}

/** Keeps the gradient, body and rows, at `place.other`. */
function keepGradient(solo: Solo, items: Int32Array): void {
  const { thread, place } = solo;
  thread.copy(place.gradients + 4 * thread.layout.dense[0], place.other, bodyFloats(solo));
  items.forEach((_, i) =>
    thread.copy(
      rowGradient(solo, i),
      savedRow(solo, place.other, i),
      thread.layout.itemTable.stride,
    )
  );
}

/** Half of −⟨g, v⟩ for one of the two gradients, whose mean is g(θₖ) up to O(s²). */
function addRateGradients(
  solo: Solo,
  { items, rateGradients }: Carrying,
  kept?: number,
): void {
  const { thread: { kernels, layout }, place } = solo;
  layout.tensors.forEach((tensor, t) => {
    let product = 0;
    if (tensor === layout.itemTable) {
      items.forEach((item, i) => {
        const row = kept === undefined ? rowGradient(solo, i) : savedRow(solo, kept, i);
        product += kernels.dot(tensor.stride, row, itemRow(solo, place.carried, item));
      });
    } else {
      const gradient = kept === undefined
        ? place.gradients + 4 * tensor.offset
        : kept + 4 * (tensor.offset - layout.dense[0]);
      product = kernels.dot(floatsOf(tensor), gradient, place.carried + 4 * tensor.offset);
    }
    rateGradients![t] -= product / 2;
  });
}

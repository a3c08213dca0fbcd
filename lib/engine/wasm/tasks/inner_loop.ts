/** The inner loop of one task: SGD or Adam on its support. */
import type { AdamConfig } from "../../engine.ts";
import {
  bodyFloats,
  floatsOf,
  itemRow,
  rowGradient,
  savedRow,
  type Solo,
  type TaskPart,
  touchedItems,
} from "./learner.ts";

/** How a thread takes inner steps. */
export interface Steps {
  readonly optimizer: "sgd" | "adam";
  /** [tensors] rates in the layout's order; 0 does not move. */
  readonly rates: ArrayLike<number>;
  readonly steps: number;
  /** Whether only the output layer moves. */
  readonly headOnly: boolean;
}

/** Adam inside as PyTorch's defaults have it; the rate is the task's. */
const INNER_ADAM: Omit<AdamConfig, "learningRate"> = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/**
 * Takes step `step` (from 1) and returns the loss before it. `before` runs between the gradient and
 * the step.
 */
export function innerStep(
  solo: Solo,
  support: TaskPart,
  { headOnly, optimizer, rates }: Steps,
  step: number,
  before: () => void = () => {},
): number {
  const loss = headOnly ? support.headGradient() : support.gradient();
  before();
  if (optimizer === "adam" && step === 1) clearMoments(solo);
  if (optimizer === "sgd") descend(solo, rates);
  else adamStep(solo, rates, step);
  return loss;
}

/** parameters −= rate · gradient, by tensor. */
function descend(solo: Solo, rates: ArrayLike<number>): void {
  const { thread: { kernels, layout }, place } = solo;
  layout.tensors.forEach((tensor, t) => {
    if (rates[t] === 0) return;
    if (tensor === layout.itemTable) {
      touchedItems(solo).forEach((item, i) =>
        kernels.addScaled(
          tensor.stride,
          itemRow(solo, place.own, item),
          -rates[t],
          rowGradient(solo, i),
        )
      );
    } else {
      const at = 4 * tensor.offset;
      kernels.addScaled(floatsOf(tensor), place.own + at, -rates[t], place.gradients + at);
    }
  });
}

/** Sets Adam's moments to zero. */
function clearMoments({ thread, place }: Solo): void {
  thread.clear(place.moments, 2 * place.bodyAndRows);
}

/** The support's rows are the same in every step, so that their moments lie in their order. */
function adamStep(solo: Solo, rates: ArrayLike<number>, step: number): void {
  const { thread: { kernels, layout }, place } = solo;
  const { beta1, beta2, epsilon } = INNER_ADAM;
  const second = place.moments + 4 * place.bodyAndRows;
  const update = (
    count: number,
    rate: number,
    at: { parameters: number; gradients: number; moments: number },
  ) =>
    kernels.adam({
      count,
      parameters: at.parameters,
      gradients: at.gradients,
      firstMoments: place.moments + at.moments,
      secondMoments: second + at.moments,
      size: rate / (1 - beta1 ** step),
      correction: 1 / Math.sqrt(1 - beta2 ** step),
      epsilon,
      beta1,
      rest1: 1 - beta1,
      beta2,
      rest2: 1 - beta2,
    });
  layout.tensors.forEach((tensor, t) => {
    if (rates[t] === 0) return;
    if (tensor === layout.itemTable) {
      touchedItems(solo).forEach((item, i) =>
        update(tensor.stride, rates[t], {
          parameters: itemRow(solo, place.own, item),
          gradients: rowGradient(solo, i),
          moments: savedRow(solo, 0, i),
        })
      );
    } else {
      const at = 4 * tensor.offset;
      update(floatsOf(tensor), rates[t], {
        parameters: place.own + at,
        gradients: place.gradients + at,
        moments: at - 4 * layout.dense[0],
      });
    }
  });
}

/** Keeps the parameters as they are, body and rows, at `to`. */
export function saveParameters(solo: Solo, items: Int32Array, to: number): void {
  const { thread, place } = solo;
  thread.copy(place.own + 4 * thread.layout.dense[0], to, bodyFloats(solo));
  items.forEach((item, i) =>
    thread.copy(
      itemRow(solo, place.own, item),
      savedRow(solo, to, i),
      thread.layout.itemTable.stride,
    )
  );
}

/** The parameters become what was kept at `from`. */
export function loadParameters(solo: Solo, items: Int32Array, from: number): void {
  const { thread, place } = solo;
  thread.copy(from, place.own + 4 * thread.layout.dense[0], bodyFloats(solo));
  items.forEach((item, i) =>
    thread.copy(
      savedRow(solo, from, i),
      itemRow(solo, place.own, item),
      thread.layout.itemTable.stride,
    )
  );
}

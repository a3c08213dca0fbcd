/**
 * One training step of one thread, for any architecture and loss: deal, forward, head, backward,
 * sum, update.
 */
import { pad4 } from "../../kernels/wasm/sizes.ts";
import type { NeuralModel } from "../../models/neural.ts";
import type { Pass } from "./architecture.ts";
import { deal, type Share, type ShareSize } from "./deal.ts";
import type { Parts } from "./parts.ts";
import type { Scratch } from "./scratch.ts";
import type { Thread } from "./thread.ts";
import { adamOfSums, clearRowGradients, sumGradients } from "./update.ts";

/** One step. */
export interface Step {
  /** The windows of the batch. */
  readonly order: Int32Array;
  /** The optimiser's step, from 1. */
  readonly step: number;
  /** Whether windows are padded to the batch's longest. */
  readonly padded: boolean;
  /** False leaves the gradients in the shared region, and the parameters as they are. */
  readonly update: boolean;
}

/** The dry run of a step: takes from `scratch` what one thread takes. */
export function measureStep(
  { architecture, head }: Parts,
  scratch: Scratch,
  model: NeuralModel,
  size: ShareSize,
  threads: number,
): void {
  const courses = Math.ceil(model.nItems / threads);
  architecture.measure(scratch, model, size, true);
  head.measure(scratch, model, { targets: size.targets, courses });
  takeStateGradients(scratch, model, size.targets);
}

/** The states' gradient, all threads' parts summed: [targets × hidden]. */
function takeStateGradients(scratch: Scratch, model: NeuralModel, targets: number): number {
  return scratch.take(targets * pad4(model.hiddenDim));
}

/** Trains on a batch; returns its mean loss, the same in every thread. */
export function trainStep(
  thread: Thread,
  { architecture, head }: Parts,
  { order, step, padded, update }: Step,
): number {
  const { exchange, layout, index } = thread;
  const share = deal(thread, order, padded);
  thread.clear(exchange.dense[index], layout.dense[1] - layout.dense[0]);
  if (index === 0) writeLabels(thread, order);
  const pass = architecture.forward(thread, share, step);
  writeStates(thread, share, pass);
  thread.barrier();
  const loss = head.differentiate(thread, thread.loss, share.size.targets, step);
  thread.barrier();
  pass.backward(sumStateGradients(thread, share));
  thread.barrier();
  sumGradients(thread);
  if (update) {
    if (Number.isFinite(loss)) adamOfSums(thread, step);
    clearRowGradients(thread);
  }
  thread.barrier();
  return loss;
}

/** The labels of the batch's targets, for all threads. */
export function writeLabels({ ints, shared, exchange }: Thread, order: Int32Array): void {
  const offsets = shared.targetOffsets / 4;
  const labels = shared.targetLabel / 4;
  let at = exchange.labels / 4;
  for (const window of order) {
    for (let t = ints[offsets + window]; t < ints[offsets + window + 1]; t++) {
      ints[at++] = ints[labels + t];
    }
  }
}

/** The states of the share's targets, for all threads. */
export function writeStates(thread: Thread, share: Share, pass: Pass): void {
  const { targetFirst, targetPosition, targetPlace, size } = share;
  const stride = pad4(thread.model.hiddenDim);
  for (let i = 0; i < size.windows; i++) {
    for (let t = targetFirst[i]; t < targetFirst[i + 1]; t++) {
      const to = thread.exchange.states + 4 * targetPlace[t] * stride;
      thread.copy(pass.stateAt(i, targetPosition[t]), to, stride);
    }
  }
}

/** The gradients of the share's states: the threads' parts, summed in order. */
function sumStateGradients(thread: Thread, { size, targetPlace }: Share): number {
  const { kernels, model, exchange, threads } = thread;
  const parts = exchange.stateGradients;
  const stride = pad4(model.hiddenDim);
  const sum = takeStateGradients(thread.scratch, model, size.targets);
  for (const place of targetPlace) {
    const at = 4 * place * stride;
    thread.copy(parts[0] + at, sum + at, stride);
    for (let t = 1; t < threads; t++) kernels.addTo(stride, sum + at, parts[t] + at);
  }
  return sum;
}

/**
 * The end of a step: gradients of all threads summed in a fixed order, then Adam; each thread on
 * its own slice of the parameters.
 */
import { pad4 } from "./arena.ts";
import { sliceOf } from "./head.ts";
import type { Thread } from "./thread.ts";

/**
 * Sums this thread's slice of the gradients into the shared region. The output layer's are there
 * already.
 */
export function sumGradients(thread: Thread): void {
  const { k, exchange, shared, layout, threads } = thread;
  const [begin, end] = layout.dense;
  const [from, to] = sliceOf((end - begin) / 4, thread.thread, threads).map((x) => 4 * x);
  const count = to - from;
  const target = shared.gradients + 4 * (begin + from);
  thread.f32.copyWithin(target / 4, exchange.dense[0] / 4 + from, exchange.dense[0] / 4 + to);
  for (let t = 1; t < threads; t++) k.addTo(count, target, exchange.dense[t] + 4 * from);
  eachTouchedRow(
    thread,
    (row, gradient, width) => k.addTo(width, shared.gradients + 4 * row * width, gradient),
  );
}

/**
 * Sets the shared gradients of this thread's item rows back to zero, so that the next step begins
 * clean.
 */
export function clearRowGradients(thread: Thread): void {
  eachTouchedRow(
    thread,
    (row, _, width) =>
      thread.f32.fill(
        0,
        thread.shared.gradients / 4 + row * width,
        thread.shared.gradients / 4 + (row + 1) * width,
      ),
  );
}

/** Adam on this thread's slices: item rows, dense parameters, output rows. `step` counts from 1. */
export function adamStep(thread: Thread, step: number): void {
  const {
    k,
    shared,
    layout,
    threads,
    thread: me,
    optimizer: { learningRate, beta1, beta2, epsilon },
  } = thread;
  const size = learningRate / (1 - beta1 ** step);
  const correction = 1 / Math.sqrt(1 - beta2 ** step);
  const [from, to] = sliceOf(layout.size / 4, me, threads).map((x) => 4 * x);
  const at = (region: number) => region + 4 * from;
  k.adam(
    to - from,
    at(shared.parameters),
    at(shared.first),
    at(shared.second),
    at(shared.gradients),
    size,
    correction,
    epsilon,
    beta1,
    1 - beta1,
    beta2,
    1 - beta2,
  );
}

/**
 * Visits the item rows of this thread's slice that any thread has a gradient for, in the threads'
 * order.
 */
function eachTouchedRow(
  { exchange, i32, layout, model, thread, threads }: Thread,
  visit: (row: number, gradient: number, width: number) => void,
): void {
  const width = pad4(model.architecture === "gru" ? model.embeddingDim : model.hiddenDim);
  const [begin, end] = sliceOf(layout.places[0].rows, thread, threads);
  for (let t = 0; t < threads; t++) {
    const list = exchange.distinct[t] / 4;
    const count = i32[list];
    for (let i = 0; i < count; i++) {
      const row = i32[list + 1 + i];
      if (row >= begin && row < end) visit(row, exchange.rows[t] + 4 * i * width, width);
    }
  }
}

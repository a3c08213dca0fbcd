/**
 * The end of a step: gradients of all threads summed in a fixed order, then Adam; each thread on
 * its own part of the parameters.
 */
import { sliceOf } from "./deal.ts";
import type { Thread } from "./thread.ts";

/** This thread's slice [begin, end) of n floats, in whole vectors. */
export function vectorsOf(n: number, { index, threads }: Thread): [number, number] {
  const [begin, end] = sliceOf(n / 4, index, threads);
  return [4 * begin, 4 * end];
}

/**
 * Sums this thread's part of the gradients into the shared region. The output layer's are there
 * already.
 */
export function sumGradients(thread: Thread): void {
  const { kernels, exchange, shared, layout, threads } = thread;
  const [begin, end] = layout.dense;
  const [from, to] = vectorsOf(end - begin, thread);
  const sum = shared.gradients + 4 * (begin + from);
  thread.copy(exchange.dense[0] + 4 * from, sum, to - from);
  for (let t = 1; t < threads; t++) {
    kernels.addTo(to - from, sum, exchange.dense[t] + 4 * from);
  }
  const { stride } = layout.itemTable;
  eachTouchedRow(thread, (row, gradient) => kernels.addTo(stride, row, gradient));
}

/**
 * Sets the shared gradients of this thread's item rows back to zero, so that the next step begins
 * clean.
 */
export function clearRowGradients(thread: Thread): void {
  const { stride } = thread.layout.itemTable;
  eachTouchedRow(thread, (row) => thread.clear(row, stride));
}

/**
 * Adam on the parameters whose gradients this thread has summed, and so without waiting for the
 * others, and on its slice of the output layer. `step` counts from 1.
 */
export function adamOfSums(thread: Thread, step: number): void {
  const { itemTable, dense: [begin, end], size } = thread.layout;
  const { offset, rows, stride } = itemTable;
  const [first, last] = sliceOf(rows, thread.index, thread.threads);
  adam(thread, step, [offset + first * stride, offset + last * stride]);
  const slice = (from: number, to: number): void => {
    const [a, b] = vectorsOf(to - from, thread);
    adam(thread, step, [from + a, from + b]);
  };
  slice(begin, end);
  slice(end, size);
}

/** Adam on this thread's slice of all parameters. `step` counts from 1. */
export function adamStep(thread: Thread, step: number): void {
  adam(thread, step, vectorsOf(thread.layout.size, thread));
}

/** Adam on parameters from..to-1. */
function adam(thread: Thread, step: number, [from, to]: readonly [number, number]): void {
  const { kernels, shared, optimizer } = thread;
  const { learningRate, beta1, beta2, epsilon } = optimizer;
  const slice = (region: number) => region + 4 * from;
  kernels.adam({
    count: to - from,
    parameters: slice(shared.parameters),
    firstMoments: slice(shared.first),
    secondMoments: slice(shared.second),
    gradients: slice(shared.gradients),
    size: learningRate / (1 - beta1 ** step),
    correction: 1 / Math.sqrt(1 - beta2 ** step),
    epsilon,
    beta1,
    rest1: 1 - beta1,
    beta2,
    rest2: 1 - beta2,
  });
}

/** Tells all threads which distinct items this one has rows in `exchange.itemGradients` for. */
export function writeTouchedItems(thread: Thread, items: ArrayLike<number>): void {
  const { ints, exchange, index } = thread;
  const list = exchange.items[index] / 4;
  ints[list] = items.length;
  ints.set(items, list + 1);
}

/**
 * Visits the rows of this thread's slice of the item table that any thread has a gradient for, in
 * the threads' order: addresses of the row's shared gradient and of the thread's.
 */
function eachTouchedRow(
  { exchange, ints, layout, shared, index, threads }: Thread,
  visit: (row: number, gradient: number) => void,
): void {
  const { offset, rows, stride } = layout.itemTable;
  const [begin, end] = sliceOf(rows, index, threads);
  const table = shared.gradients + 4 * offset;
  for (let t = 0; t < threads; t++) {
    const list = exchange.items[t] / 4;
    const count = ints[list];
    for (let i = 0; i < count; i++) {
      const item = ints[list + 1 + i];
      if (item < begin || item >= end) continue;
      visit(table + 4 * item * stride, exchange.itemGradients[t] + 4 * i * stride);
    }
  }
}

/**
 * The output layer and its softmax cross-entropy, the catalogue split over the threads: each
 * computes all targets against its own courses, so the output weights' gradient needs no summing
 * and no copy. Large catalogues go in chunks that fit the cache; their logits are computed twice
 * rather than kept.
 */
import { gemmScratch, packedSize, pad4 } from "../../kernels/wasm/sizes.ts";
import { CROSS_ENTROPY } from "../../models/loss.ts";
import { sliceOf } from "./deal.ts";
import type { Head, HeadSize } from "./head.ts";
import type { Scratch } from "./scratch.ts";
import type { Thread } from "./thread.ts";

/** Mean cross-entropy of the labels under a softmax over the whole catalogue. */
export const SOFTMAX: Head = {
  name: CROSS_ENTROPY.name,
  exchanged: (_loss, targets) => 3 * targets,
  measure: (scratch, model, size) => void takeSoftmax(scratch, model.hiddenDim, size),
  differentiate: (thread, _loss, targets) => differentiate(thread, targets),
};

/** Logits a thread keeps at once. */
const KEPT = 1 << 20;

/** No logit is smaller: the maximum of nothing. */
const LOWEST = -3e38;

/** Byte addresses of one thread's scratch. */
interface SoftmaxBuffers {
  /** Courses that go at once; the logits [targets × chunk] and weights of those. */
  readonly chunk: number;
  readonly logits: number;
  readonly packed: number;
  readonly products: number;
  /** [targets] of a chunk. */
  readonly maxima: number;
  readonly sums: number;
  /** [targets] of the whole catalogue. */
  readonly allMaxima: number;
  readonly allSums: number;
  /** [chunk] */
  readonly bias: number;
  readonly biasGradients: number;
}

function takeSoftmax(
  scratch: Scratch,
  hidden: number,
  { targets, courses }: HeadSize,
): SoftmaxBuffers {
  const cached = Math.floor(KEPT / Math.max(1, targets)) & ~3;
  const chunk = Math.min(Math.max(64, Math.min(4096, cached)), Math.max(4, courses));
  return {
    chunk,
    logits: scratch.take(targets * pad4(chunk)),
    packed: scratch.take(Math.max(packedSize(hidden, chunk), packedSize(chunk, hidden))),
    products: scratch.take(gemmScratch(Math.max(chunk, hidden), hidden)),
    maxima: scratch.take(targets),
    sums: scratch.take(targets),
    allMaxima: scratch.take(targets),
    allSums: scratch.take(targets),
    bias: scratch.take(pad4(chunk)),
    biasGradients: scratch.take(pad4(chunk)),
  };
}

/** What a thread tells the others: addresses in its `exchange.head`. */
interface SliceSums {
  /** [targets] maximum and sum of exponentials over the thread's slice. */
  readonly maxima: number;
  readonly sums: number;
  /** [targets] logit of the label; in the first thread's, written by whoever has the label. */
  readonly atLabel: number;
}

function sliceSums({ exchange }: Thread, index: number, targets: number): SliceSums {
  const begin = exchange.head[index];
  return { maxima: begin, sums: begin + 4 * targets, atLabel: begin + 8 * targets };
}

function differentiate(thread: Thread, targets: number): number {
  const { kernels, floats, exchange, layout, shared, model, index, threads } = thread;
  const hidden = model.hiddenDim;
  const stride = pad4(hidden);
  const { weight, bias } = layout.output;
  const weights = shared.parameters + 4 * weight.offset;
  const weightGradients = shared.gradients + 4 * weight.offset;
  const [begin, end] = sliceOf(model.nItems, index, threads);
  const buffers = takeSoftmax(thread.scratch, hidden, { targets, courses: end - begin });
  const { logits, packed, products } = buffers;
  const slice = sliceSums(thread, index, targets);
  const { atLabel } = sliceSums(thread, 0, targets);

  function computeLogits(from: number, courses: number): void {
    // a slice of the biases that begins off a multiple of four is copied to a padded place
    thread.clear(buffers.bias, pad4(courses));
    if (bias !== undefined) {
      thread.copy(shared.parameters + 4 * (bias.offset + from), buffers.bias, courses);
    }
    const ld = pad4(courses);
    kernels.packBT(hidden, courses, weights + 4 * from * stride, stride, packed);
    kernels.gemm({
      rows: targets,
      columns: courses,
      depth: hidden,
      a: exchange.states,
      lda: stride,
      packed,
      c: logits,
      ldc: ld,
      add: false,
      scratch: products,
    });
    kernels.softmaxSums({
      rows: targets,
      courses,
      ld,
      logits,
      bias: buffers.bias,
      maxima: buffers.maxima,
      sums: buffers.sums,
      labels: exchange.labels,
      first: from,
      atLabel,
    });
  }

  floats.fill(LOWEST, slice.maxima / 4, slice.maxima / 4 + targets);
  thread.clear(slice.sums, targets);
  for (let from = begin; from < end; from += buffers.chunk) {
    computeLogits(from, Math.min(buffers.chunk, end - from));
    merge(floats, slice, buffers, targets);
  }
  thread.barrier();
  const loss = combine(thread, buffers, targets);
  const stateGradients = exchange.stateGradients[index];
  thread.clear(stateGradients, targets * stride);
  thread.clear(weightGradients + 4 * begin * stride, (end - begin) * stride);
  for (let from = begin; from < end; from += buffers.chunk) {
    const courses = Math.min(buffers.chunk, end - from);
    const ld = pad4(courses);
    if (end - begin > buffers.chunk) computeLogits(from, courses); // else they are there still
    thread.clear(buffers.biasGradients, ld);
    kernels.softmaxGradient({
      rows: targets,
      courses,
      ld,
      logits,
      maxima: buffers.allMaxima,
      sums: buffers.allSums,
      labels: exchange.labels,
      first: from,
      scale: 1 / targets,
      dBias: buffers.biasGradients,
    });
    if (bias !== undefined) {
      thread.copy(buffers.biasGradients, shared.gradients + 4 * (bias.offset + from), courses);
    }
    kernels.gemmTN({
      rows: courses,
      columns: hidden,
      depth: targets,
      a: logits,
      lda: ld,
      b: exchange.states,
      ldb: stride,
      c: weightGradients + 4 * from * stride,
      ldc: stride,
      scratch: products,
    });
    kernels.packB(courses, hidden, weights + 4 * from * stride, stride, packed);
    kernels.gemm({
      rows: targets,
      columns: hidden,
      depth: courses,
      a: logits,
      lda: ld,
      packed,
      c: stateGradients,
      ldc: stride,
      add: true,
      scratch: products,
    });
  }
  return loss;
}

/** Folds a chunk's maxima and sums into the thread's. */
function merge(
  floats: Float32Array,
  slice: SliceSums,
  chunk: Pick<SoftmaxBuffers, "maxima" | "sums">,
  targets: number,
): void {
  for (let i = 0; i < targets; i++) {
    const before = floats[slice.maxima / 4 + i];
    const here = floats[chunk.maxima / 4 + i];
    const max = Math.max(before, here);
    floats[slice.sums / 4 + i] = floats[slice.sums / 4 + i] * Math.exp(before - max) +
      floats[chunk.sums / 4 + i] * Math.exp(here - max);
    floats[slice.maxima / 4 + i] = max;
  }
}

/**
 * Combines all threads' maxima and sums, every thread in the same order, into its own `allMaxima`
 * and `allSums`. Returns the mean loss.
 */
function combine(
  thread: Thread,
  { allMaxima, allSums }: SoftmaxBuffers,
  targets: number,
): number {
  const { floats, threads } = thread;
  const all = Array.from({ length: threads }, (_, t) => sliceSums(thread, t, targets));
  let loss = 0;
  for (let i = 0; i < targets; i++) {
    let max = LOWEST;
    for (const { maxima } of all) max = Math.max(max, floats[maxima / 4 + i]);
    let sum = 0;
    for (const { maxima, sums } of all) {
      sum += floats[sums / 4 + i] * Math.exp(floats[maxima / 4 + i] - max);
    }
    floats[allMaxima / 4 + i] = max;
    floats[allSums / 4 + i] = sum;
    loss += Math.log(sum) + max - floats[all[0].atLabel / 4 + i];
  }
  return loss / targets;
}

/**
 * The output layer and its softmax cross-entropy, the catalogue split over the threads: each
 * computes all targets against its own courses, so the output weights' gradient needs no summing
 * and no copy. Large catalogues go in chunks that fit the cache; their logits are computed twice
 * rather than kept.
 */
import type { NeuralModel } from "../../models/neural.ts";
import { pad4 } from "./arena.ts";
import type { Thread } from "./thread.ts";

/** Logits a thread keeps at once. */
const KEPT = 1 << 20;

/** The courses [begin, end) of a thread. */
export function sliceOf(n: number, thread: number, threads: number): [number, number] {
  return [Math.floor(n * thread / threads), Math.floor(n * (thread + 1) / threads)];
}

/** Courses a chunk, for `targets` rows. */
function chunkSize(targets: number): number {
  return Math.max(64, Math.min(4096, Math.floor(KEPT / Math.max(1, targets)) & ~3));
}

/**
 * From the states in exchange.hidden: writes this thread's part of their gradient and the output
 * layer's gradients of its courses, and returns the summed loss (the same in every thread). `train`
 * false computes the loss alone.
 */
export function softmaxHead(thread: Thread, targets: number, hidden: number): number {
  const { k, f32, exchange, layout, shared, model, threads } = thread;
  const hp = pad4(hidden);
  const me = thread.thread;
  const weights = thread.parameter("fc.weight");
  const bias = thread.parameter("fc.bias");
  const gradients = shared.gradients + 4 * layout.byName["fc.weight"].offset;
  const biasGradients = shared.gradients + 4 * layout.byName["fc.bias"].offset;
  const [begin, end] = sliceOf(model.nItems, me, threads);
  const size = Math.min(chunkSize(targets), Math.max(4, end - begin));
  const chunks = Math.ceil((end - begin) / size);
  const logits = thread.take(targets * pad4(size));
  const packed = thread.take(Math.max(hidden, size) * pad4(Math.max(hidden, size)) + 64);
  const scratch = thread.take(gemmScratch(Math.max(size, hidden), Math.max(size, hp)));
  const maxima = thread.take(targets);
  const sums = thread.take(targets);
  const own = { max: exchange.maxima[me] / 4, sum: exchange.sums[me] / 4 };
  for (let i = 0; i < targets; i++) {
    f32[own.max + i] = -3e38;
    f32[own.sum + i] = 0;
  }
  const chunk = (
    c: number,
  ): [number, number] => [begin + c * size, Math.min(end, begin + (c + 1) * size)];
  const computeLogits = (from: number, n: number) => {
    k.packBT(hidden, n, weights + 4 * from * hp, hp, packed);
    k.gemm(targets, n, hidden, exchange.hidden, hp, packed, logits, pad4(n), 0, scratch);
    k.softmaxSums(
      targets,
      n,
      pad4(n),
      logits,
      biasOf(from, n),
      maxima,
      sums,
      exchange.labels,
      from,
      exchange.atLabel,
    );
  };
  // a bias slice that begins off a multiple of four is copied to a padded place
  const biasCopy = thread.take(size + 4);
  function biasOf(from: number, n: number): number {
    f32.set(f32.subarray(bias / 4 + from, bias / 4 + from + n), biasCopy / 4);
    f32.fill(0, biasCopy / 4 + n, biasCopy / 4 + pad4(n));
    return biasCopy;
  }
  for (let c = 0; c < chunks; c++) {
    const [from, to] = chunk(c);
    computeLogits(from, to - from);
    merge(f32, own.max, own.sum, maxima / 4, sums / 4, targets);
  }
  thread.barrier();
  // every thread combines all slices in the same order
  const max = thread.take(targets);
  const sum = thread.take(targets);
  let loss = 0;
  for (let i = 0; i < targets; i++) {
    let m = -3e38;
    let s = 0;
    for (let t = 0; t < threads; t++) m = Math.max(m, f32[exchange.maxima[t] / 4 + i]);
    for (let t = 0; t < threads; t++) {
      s += f32[exchange.sums[t] / 4 + i] * Math.exp(f32[exchange.maxima[t] / 4 + i] - m);
    }
    f32[max / 4 + i] = m;
    f32[sum / 4 + i] = s;
    loss += Math.log(s) + m - f32[exchange.atLabel / 4 + i];
  }
  const partial = exchange.partial[me];
  const dBias = thread.take(size + 4);
  f32.fill(0, partial / 4, partial / 4 + targets * hp);
  f32.fill(0, gradients / 4 + begin * hp, gradients / 4 + end * hp);
  for (let c = 0; c < chunks; c++) {
    const [from, to] = chunk(c);
    const n = to - from;
    const np = pad4(n);
    if (chunks > 1) computeLogits(from, n);
    f32.fill(0, dBias / 4, dBias / 4 + np);
    k.softmaxGradient(targets, n, np, logits, max, sum, exchange.labels, from, 1 / targets, dBias);
    f32.set(f32.subarray(dBias / 4, dBias / 4 + n), biasGradients / 4 + from);
    k.gemmTN(
      n,
      hidden,
      targets,
      logits,
      np,
      exchange.hidden,
      hp,
      gradients + 4 * from * hp,
      hp,
      scratch,
    );
    k.packB(n, hidden, weights + 4 * from * hp, hp, packed);
    k.gemm(targets, hidden, n, logits, np, packed, partial, hp, 1, scratch);
  }
  return loss;
}

/** Folds a chunk's maxima and sums into running ones. */
function merge(
  f32: Float32Array,
  max: number,
  sum: number,
  chunkMax: number,
  chunkSum: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    const a = f32[max + i];
    const b = f32[chunkMax + i];
    const m = Math.max(a, b);
    f32[sum + i] = f32[sum + i] * Math.exp(a - m) + f32[chunkSum + i] * Math.exp(b - m);
    f32[max + i] = m;
  }
}

/** Floats of scratch that `softmaxHead` takes. */
export function headScratch({ nItems, hiddenDim }: NeuralModel, targets: number): number {
  const size = Math.max(4, Math.min(chunkSize(targets), nItems));
  const h = pad4(hiddenDim);
  const wide = Math.max(size, hiddenDim);
  return targets * (pad4(size) + 4) + wide * pad4(wide) + 64 +
    gemmScratch(Math.max(size, hiddenDim), Math.max(size, h)) + 2 * (size + 4) +
    1024;
}

/**
 * Floats of scratch that products need: `m` the larger side of A, `n` of B; pieces of 128 along the
 * third.
 */
export function gemmScratch(m: number, n: number): number {
  return 64 * (Math.max(m, n) + 8) + (m + 8) * 132 + (n + 8) * 132 + 1024;
}

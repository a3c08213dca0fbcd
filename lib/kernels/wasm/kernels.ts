/**
 * The CPU kernels as WebAssembly exports them. Pointers are byte addresses in the shared memory; n,
 * w, M, N, K count rows and columns; ld… is the distance of two rows in floats; rows are padded to
 * multiples of four floats. `add` and `first` are 0 or 1. How much scratch they take: `sizes.ts`.
 */

/** The compiled kernels over a memory. */
export function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Kernels {
  const abort = () => {
    throw new Error("a kernel aborted");
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  return exports as unknown as Kernels;
}

// deno-fmt-ignore
/** The exports of assembly/index.ts. */
export interface Kernels {
  /** 72·n floating-point operations on registers alone, for benchmarks. */
  peak(n: number, operands: number): number;
  /** Packs B [K × N] into panels of 8 columns for `gemm`. */
  packB(K: number, N: number, b: number, ldb: number, packed: number): void;
  /** The same from B's transpose [N × K]. */
  packBT(K: number, N: number, b: number, ldb: number, packed: number): void;
  /** C [M × N] (+)= A [M × K] · packed B. */
  gemm(
    M: number, N: number, K: number, a: number, lda: number, packed: number, c: number, ldc: number,
    add: number, scratch: number,
  ): void;
  /** C [M × N] += Aᵀ · B with A [K × M] and B [K × N]. */
  gemmTN(
    M: number, N: number, K: number, a: number, lda: number, b: number, ldb: number, c: number,
    ldc: number, scratch: number,
  ): void;
  /** x [n × w] += bias. */
  addBias(n: number, w: number, x: number, bias: number): void;
  /** x += y. */
  addTo(count: number, x: number, y: number): void;
  /** out [w] += sums of the columns of x. */
  columnSums(n: number, w: number, x: number, ldx: number, out: number): void;
  /** out [n × w] = rows `ids` of the table. */
  gatherRows(n: number, w: number, table: number, ids: number, out: number): void;
  /** x [n × w] += rows `ids` of the table. */
  addRows(n: number, w: number, table: number, ids: number, x: number): void;
  /** Copies w columns of n rows. */
  copyColumns(n: number, w: number, from: number, ldFrom: number, to: number, ldTo: number): void;
  relu(count: number, x: number): void;
  /** d = d·scale where y > 0, else 0; y is what left ReLU and dropout. */
  reluDropoutBackward(count: number, d: number, y: number, scale: number): void;
  /** Gates of n rows of one step; `states` keeps r, z, n and h·W_hn + b_hn for the way back. */
  gruForward(
    n: number, width: number, projected: number, slots: number, gates: number, biasN: number,
    states: number, h: number, previous: number, first: number,
  ): void;
  /** dh becomes dh·z; dG gets the gates' gradients, dP sums them by item. */
  gruBackward(
    n: number, width: number, states: number, previous: number, first: number, dh: number,
    dG: number, dP: number, slots: number,
  ): void;
  /**
   * Adds the bias to logits [rows × n]; maximum and sum of exponentials of each row; the label's
   * logit where it is in the slice.
   */
  softmaxSums(
    rows: number, n: number, ld: number, logits: number, bias: number, maxima: number, sums: number,
    labels: number, first: number, atLabel: number,
  ): void;
  /** Logits become scale·(softmax − one-hot); dBias += their columns. */
  softmaxGradient(
    rows: number, n: number, ld: number, logits: number, maxima: number, sums: number,
    labels: number, first: number, scale: number, dBias: number,
  ): void;
  /** One Adam step: `size` is the corrected learning rate, `correction` 1/√(1-β2ᵗ). */
  adam(
    count: number, w: number, m: number, v: number, g: number, size: number, correction: number,
    epsilon: number, beta1: number, rest1: number, beta2: number, rest2: number,
  ): void;
  /** x [n × w] times the mask of elements tokens[i]·w + j (`lib/random/dropout.ts`). */
  dropoutRows(
    n: number, w: number, ld: number, x: number, tokens: number, seed: number, site: number,
    step: number, limit: number, scale: number, scratch: number,
  ): void;
  /** x becomes normalised; out = gamma·x + beta. */
  layerNormForward(
    n: number, w: number, ld: number, x: number, gamma: number, beta: number, epsilon: number,
    rstd: number, out: number,
  ): void;
  /** dy becomes dx. */
  layerNormBackward(
    n: number, w: number, ld: number, dy: number, normalised: number, rstd: number, gamma: number,
    dGamma: number, dBeta: number,
  ): void;
  /**
   * One head of one window; ld is the distance of rows of q, k and v. Shares are kept for the way
   * back, dropped ones negative.
   */
  attentionForward(
    length: number, headDim: number, q: number, k: number, v: number, ld: number, shares: number,
    lds: number, out: number, ldo: number, limit: number, keep: number, seed: number, site: number,
    step: number, base: number, maxLen: number, scratch: number,
  ): void;
  /** dq is written, dk and dv are added to. */
  attentionBackward(
    length: number, headDim: number, q: number, k: number, v: number, ld: number, shares: number,
    lds: number, dOut: number, ldo: number, keep: number, dq: number, dk: number, dv: number,
    scratch: number,
  ): void;
  /**
   * One head of one window whose last position asks: scores asked·x, then Σ share·x in `out`;
   * returns Σ share. Masked like attention, `base` its query's row.
   */
  readOutForward(
    length: number, width: number, headDim: number, asked: number, x: number, shares: number,
    out: number, limit: number, keep: number, seed: number, site: number, step: number,
    base: number, scratch: number,
  ): number;
  /** dx += …; dAsked is written. dSum is the gradient of the returned sum. */
  readOutBackward(
    length: number, width: number, headDim: number, asked: number, x: number, shares: number,
    dOut: number, dSum: number, keep: number, dx: number, dAsked: number, work: number,
  ): void;
}

/**
 * The CPU kernels. A call of up to six numbers passes them; a larger one is a record, whose fields
 * are written to the thread's block in the shared memory (`fields.ts`) and read from there.
 * Addresses are in bytes, in the shared memory; n, w, M, N, K count rows and columns; ld… is the
 * distance of two rows in floats; rows are padded to multiples of four floats. How much scratch the
 * kernels take: `sizes.ts`.
 */
import { type BlockKernels, type RecordKernels, recordKernels } from "./calls.ts";

/** The exports of assembly/index.ts that take numbers. */
interface PlainKernels {
  /** 72·n floating-point operations on registers alone, for benchmarks. */
  peak(n: number, operands: number): number;
  /** Packs B [K × N] into panels of 8 columns for `gemm`. */
  packB(K: number, N: number, b: number, ldb: number, packed: number): void;
  /** The same from B's transpose [N × K]. */
  packBT(K: number, N: number, b: number, ldb: number, packed: number): void;
  /** x [n × w] += bias. */
  addBias(n: number, w: number, x: number, bias: number): void;
  /** x [n × w] = x + bias where that is positive, else 0. */
  addBiasRelu(n: number, w: number, x: number, bias: number): void;
  copy(count: number, from: number, to: number): void;
  /** x = 0. */
  clear(count: number, x: number): void;
  /** x += y. */
  addTo(count: number, x: number, y: number): void;
  /** x += factor·y. */
  addScaled(count: number, x: number, factor: number, y: number): void;
  /** x = factor·x. */
  scale(count: number, x: number, factor: number): void;
  /** Σ x·y, summed in double precision. */
  dot(count: number, x: number, y: number): number;
  /** out [w] += sums of the columns of x. */
  columnSums(n: number, w: number, x: number, ldx: number, out: number): void;
  /** out [n × w] = rows `ids` of the table. */
  gatherRows(n: number, w: number, table: number, ids: number, out: number): void;
  /** x [n × w] += rows `ids` of the table. */
  addRows(n: number, w: number, table: number, ids: number, x: number): void;
  /** Rows `ids` of the table += x [n × w]. */
  scatterRows(n: number, w: number, x: number, ids: number, table: number): void;
  /** Copies w columns of n rows. */
  copyColumns(n: number, w: number, from: number, ldFrom: number, to: number, ldTo: number): void;
  /** d = d·scale where y > 0, else 0; y is what left ReLU and dropout. */
  reluDropoutBackward(count: number, d: number, y: number, scale: number): void;
}

/** The compiled kernels over a memory. */
export interface Kernels extends PlainKernels, RecordKernels {}

/**
 * The compiled kernels over a memory, for one thread, whose calls are written to the `BLOCK_BYTES`
 * bytes at the address `block`.
 */
export function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  block: number,
): Kernels {
  const abort = () => {
    throw new Error("a kernel aborted");
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  const plain = exports as unknown as PlainKernels;
  return { ...plain, ...recordKernels(exports as unknown as BlockKernels, memory, block) };
}

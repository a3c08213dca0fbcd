/**
 * A linear layer on one thread: its weights are packed once, then rows go through it in portions
 * that stay in the cache.
 */
import { packedSize, pad4 } from "../../kernels/wasm/sizes.ts";
import type { Scratch } from "./scratch.ts";
import type { Thread } from "./thread.ts";

/** `width` rows of a weight matrix and of its bias, from (padded) row `from`; `inner` columns. */
export interface Linear {
  readonly weight: string;
  readonly bias: string;
  readonly from: number;
  readonly width: number;
  readonly inner: number;
}

/** Addresses of what a layer computes with: its packed weights, and scratch of the products. */
export interface LinearBuffers {
  readonly packed: number;
  readonly products: number;
}

/** The linear layer `name` as a whole. */
export function linear(name: string, width: number, inner: number): Linear {
  return { weight: `${name}.weight`, bias: `${name}.bias`, from: 0, width, inner };
}

/** Room for the packed weights of a layer, forward or backward. */
export function takePacked(scratch: Scratch, width: number, inner: number): number {
  return scratch.take(Math.max(packedSize(inner, width), packedSize(width, inner)));
}

/** Address of a layer's first weight. */
export function weightOf(thread: Thread, { weight, from, inner }: Linear): number {
  return thread.parameter(weight) + 4 * from * pad4(inner);
}

/** Address of the gradient of a layer's first weight. */
export function weightGradientOf(thread: Thread, { weight, from, inner }: Linear): number {
  return thread.gradient(weight) + 4 * from * pad4(inner);
}

/** out [count × width] = x [count × inner] · Wᵀ + b; with `relu` 0 where that is negative. */
export function linearForward(
  thread: Thread,
  layer: Linear,
  { packed, products }: LinearBuffers,
  relu = false,
): (count: number, x: number, out: number) => void {
  const { kernels } = thread;
  const { width, inner, from } = layer;
  const ldx = pad4(inner);
  const ldOut = pad4(width);
  const bias = thread.parameter(layer.bias) + 4 * from;
  const addBias = relu ? kernels.addBiasRelu : kernels.addBias;
  kernels.packBT(inner, width, weightOf(thread, layer), ldx, packed);
  return (count, x, out) => {
    kernels.gemm({
      rows: count,
      columns: width,
      depth: inner,
      a: x,
      lda: ldx,
      packed,
      c: out,
      ldc: ldOut,
      add: false,
      scratch: products,
    });
    addBias(count, ldOut, out, bias);
  };
}

/**
 * From d [count × width] and x: adds to the gradients of weights and bias, and dx [count × inner]
 * (+)= d · W.
 */
export function linearBackward(
  thread: Thread,
  layer: Linear,
  { packed, products }: LinearBuffers,
): (count: number, d: number, x: number, dx: number, add: boolean) => void {
  const { kernels } = thread;
  const { width, inner, from } = layer;
  const ldx = pad4(inner);
  const ldd = pad4(width);
  const dWeight = weightGradientOf(thread, layer);
  const dBias = thread.gradient(layer.bias) + 4 * from;
  kernels.packB(width, inner, weightOf(thread, layer), ldx, packed);
  return (count, d, x, dx, add) => {
    kernels.gemmTN({
      rows: width,
      columns: inner,
      depth: count,
      a: d,
      lda: ldd,
      b: x,
      ldb: ldx,
      c: dWeight,
      ldc: ldx,
      scratch: products,
    });
    kernels.columnSums(count, ldd, d, ldd, dBias);
    kernels.gemm({
      rows: count,
      columns: inner,
      depth: width,
      a: d,
      lda: ldd,
      packed,
      c: dx,
      ldc: ldx,
      add,
      scratch: products,
    });
  };
}

/**
 * A linear layer on one thread: its weights are packed once, then rows go through it in portions
 * that stay in the cache.
 */
import { pad4 } from "./arena.ts";
import type { Thread } from "./thread.ts";

/** `width` rows of a (padded) weight matrix and of its bias, from row `from`; `inner` columns. */
export interface Linear {
  readonly weight: string;
  readonly bias: string;
  readonly from: number;
  readonly width: number;
  readonly inner: number;
}

/** The linear layer `name` as a whole. */
export function linear(name: string, width: number, inner: number): Linear {
  return { weight: `${name}.weight`, bias: `${name}.bias`, from: 0, width, inner };
}

/** Byte address of a layer's first weight. */
export function weightOf(thread: Thread, { weight, from, inner }: Linear): number {
  return thread.parameter(weight) + 4 * from * pad4(inner);
}

/** out [count × width] = x [count × inner] · Wᵀ + b. */
export function linearForward(
  thread: Thread,
  layer: Linear,
  scratch: number,
): (count: number, x: number, out: number) => void {
  const { k } = thread;
  const { width, inner, from } = layer;
  const ip = pad4(inner);
  const wp = pad4(width);
  const packed = thread.take(ip * wp + 64);
  const bias = thread.parameter(layer.bias) + 4 * from;
  k.packBT(inner, width, weightOf(thread, layer), ip, packed);
  return (count, x, out) => {
    k.gemm(count, width, inner, x, ip, packed, out, wp, 0, scratch);
    k.addBias(count, wp, out, bias);
  };
}

/**
 * From d [count × width] and x: adds the gradients of weights and bias, and dx [count × inner] (+)=
 * d · W.
 */
export function linearBackward(
  thread: Thread,
  layer: Linear,
  scratch: number,
): (count: number, d: number, x: number, dx: number, add: boolean) => void {
  const { k } = thread;
  const { width, inner, from } = layer;
  const ip = pad4(inner);
  const wp = pad4(width);
  const packed = thread.take(wp * ip + 64);
  const dWeight = thread.ownGradient(layer.weight) + 4 * from * ip;
  const dBias = thread.ownGradient(layer.bias) + 4 * from;
  k.packB(width, inner, weightOf(thread, layer), ip, packed);
  return (count, d, x, dx, add) => {
    k.gemmTN(width, inner, count, d, wp, x, ip, dWeight, ip, scratch);
    k.columnSums(count, wp, d, wp, dBias);
    k.gemm(count, inner, width, d, wp, packed, dx, ip, add ? 1 : 0, scratch);
  };
}

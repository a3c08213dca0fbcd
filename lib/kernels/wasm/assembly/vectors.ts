// Rows as vectors, of `bytes` bytes, a multiple of sixteen. Addresses are in bytes.
import { max4, sum4 } from "./elementary";
import { LOWEST, VECTOR } from "./layout";

/** a·b. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function product(a: usize, b: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0);
  for (let j: usize = 0; j < bytes; j += VECTOR) {
    sum = f32x4.relaxed_madd(v128.load(a + j), v128.load(b + j), sum);
  }
  return sum4(sum);
}

/** y += factor·x, each element rounded once. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function multiplyAdd(factor: f32, x: usize, y: usize, bytes: usize): void {
  const factor4 = f32x4.splat(factor);
  for (let j: usize = 0; j < bytes; j += VECTOR) {
    v128.store(y + j, f32x4.relaxed_madd(factor4, v128.load(x + j), v128.load(y + j)));
  }
}

/** The largest element; two maxima at once, since each comparison waits for the last. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function largest(x: usize, bytes: usize): f32 {
  let even = f32x4.splat(LOWEST);
  let odd = even;
  let j: usize = 0;
  for (; j + 2 * VECTOR <= bytes; j += 2 * VECTOR) {
    even = f32x4.pmax(even, v128.load(x + j));
    odd = f32x4.pmax(odd, v128.load(x + j, VECTOR));
  }
  if (j < bytes) even = f32x4.pmax(even, v128.load(x + j));
  return max4(f32x4.pmax(even, odd));
}

// How everything lies in the memory: floats of four bytes; rows padded to whole vectors of four
// floats, so that a kernel reads and writes vectors alone. Padding holds zeros where nothing else
// is said.

/** Bytes of a float, and of a vector of four. */
export const FLOAT: usize = 4;
export const VECTOR: usize = 16;

/** No score is smaller: the maximum of nothing. */
export const LOWEST: f32 = -3e38;

/** Floats of a row of n. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function padded(n: i32): i32 {
  return (n + 3) & ~3;
}

/** Bytes of n floats. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function bytesOf(n: i32): usize {
  return (n as usize) << 2;
}

/** Address of float (or int32) i of an array. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function at(array: usize, i: i32): usize {
  return array + bytesOf(i);
}

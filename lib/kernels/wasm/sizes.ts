/**
 * How many floats the CPU kernels read and write beyond their operands: padded rows, packed panels
 * and scratch. `assembly/` lays them out; the test beside this file watches what the kernels touch.
 */

/** Rounds up to a multiple of four: the distance of two rows. */
export const pad4 = (n: number): number => (n + 3) & ~3;

/** What `packB` and `packBT` write of B [K × N]. */
export function packedSize(K: number, N: number): number {
  return K * pad4(N);
}

/** Depth of the pieces that `gemmTN` packs. */
const GEMM_TN_DEPTH = 128;

/** Scratch of `gemm` with K up to m or n, and of `gemmTN` with M up to m and N up to n. */
export function gemmScratch(m: number, n: number): number {
  // gemmTN packs panels of four columns of A and of eight of B, each some floats from the next;
  // gemm packs 48 rows of A, which is less
  return (GEMM_TN_DEPTH + 4) * pad4(m) + 64 + (GEMM_TN_DEPTH + 2) * (n + 7 & ~7);
}

/** Scratch of `attentionForward` and `attentionBackward` for windows up to `longest`. */
export function attentionScratch(longest: number, headDim: number): number {
  // keys and values packed; blocks of sixteen queries with their shares and gradients
  return 2 * (longest + 16) * (headDim + 16) + 6 * 16 * (longest + headDim + 32);
}

/** Scratch of `dropoutRows` and `readOutForward`: the masks of n elements, in runs of 32. */
export function maskScratch(n: number): number {
  return n + 3 + 31 & ~31;
}

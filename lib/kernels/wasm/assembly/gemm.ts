// Matrix products from packed panels; the 4×8 tile keeps eight vectors of C in registers.
// AssemblyScript. Pointers are byte addresses; sizes and leading dimensions (ld…) count floats; rows are padded to multiples of four.
import { tile1x4, tile1x8, tile2x4, tile2x8, tile3x4, tile3x8, tile4x4, tile4x8 } from "./tiles";
import { packColumns, packPanels, packRows } from "./packing";
function block4(
  N: i32,
  K: i32,
  a: usize,
  b: usize,
  pb: usize,
  c: usize,
  ldc: usize,
  add: bool,
): void {
  let n = N;
  while (n >= 8) {
    tile4x8(K, a, b, c, ldc, add);
    b += pb;
    c += 32;
    n -= 8;
  }
  if (n > 0) tile4x4(K, a, b, c, ldc, add);
}
function block3(
  N: i32,
  K: i32,
  a: usize,
  b: usize,
  pb: usize,
  c: usize,
  ldc: usize,
  add: bool,
): void {
  let n = N;
  while (n >= 8) {
    tile3x8(K, a, b, c, ldc, add);
    b += pb;
    c += 32;
    n -= 8;
  }
  if (n > 0) tile3x4(K, a, b, c, ldc, add);
}
function block2(
  N: i32,
  K: i32,
  a: usize,
  b: usize,
  pb: usize,
  c: usize,
  ldc: usize,
  add: bool,
): void {
  let n = N;
  while (n >= 8) {
    tile2x8(K, a, b, c, ldc, add);
    b += pb;
    c += 32;
    n -= 8;
  }
  if (n > 0) tile2x4(K, a, b, c, ldc, add);
}
function block1(
  N: i32,
  K: i32,
  a: usize,
  b: usize,
  pb: usize,
  c: usize,
  ldc: usize,
  add: bool,
): void {
  let n = N;
  while (n >= 8) {
    tile1x8(K, a, b, c, ldc, add);
    b += pb;
    c += 32;
    n -= 8;
  }
  if (n > 0) tile1x4(K, a, b, c, ldc, add);
}
// C (+)= A . B from panels of both, pa and pb bytes apart
export function panels(
  M: i32,
  N: i32,
  K: i32,
  ap: usize,
  pa: usize,
  bp: usize,
  pb: usize,
  c: usize,
  ldc: usize,
  add: bool,
): void {
  const np = (N + 3) & ~3;
  ldc <<= 2;
  while (M >= 4) {
    block4(np, K, ap, bp, pb, c, ldc, add);
    ap += pa;
    c += 4 * ldc;
    M -= 4;
  }
  if (M == 3) block3(np, K, ap, bp, pb, c, ldc, add);
  else if (M == 2) block2(np, K, ap, bp, pb, c, ldc, add);
  else if (M == 1) block1(np, K, ap, bp, pb, c, ldc, add);
}
// bytes from one panel of rows to the next, as packRows leaves them
// @ts-ignore: a decorator of AssemblyScript
@inline
export function rowPanel(K: i32): usize {
  return (((K as usize) + 3) >> 2) << 6;
}
// C [M x N] (+)= A [M x K] . packed B; scratch holds the packed A in pieces of rows
export function gemm(
  M: i32,
  N: i32,
  K: i32,
  a: usize,
  lda: usize,
  bp: usize,
  c: usize,
  ldc: usize,
  add: bool,
  scratch: usize,
): void {
  for (let m = 0; m < M; m += 48) {
    const r = min(48, M - m);
    packRows(r, K, a + (m as usize) * lda * 4, lda, scratch);
    panels(
      r,
      N,
      K,
      scratch,
      rowPanel(K),
      bp,
      (K as usize) << 5,
      c + (m as usize) * ldc * 4,
      ldc,
      add,
    );
  }
}
// C [M x N] += Aᵀ . B with A [K x M], B [K x N] row-major; K in pieces; scratch holds both packed, panels an odd number of cache lines apart,
// so that a row across them does not fall into one set of the cache
export function gemmTN(
  M: i32,
  N: i32,
  K: i32,
  a: usize,
  lda: usize,
  b: usize,
  ldb: usize,
  c: usize,
  ldc: usize,
  scratch: usize,
): void {
  const S = 128;
  const bp = scratch + (((M as usize) + 3) / 4) * ((S + 4) * 16) + 256;
  for (let k = 0; k < K; k += S) {
    const r = min(S, K - k),
      pa: usize = ((((r as usize) + 3) >> 2) | 1) << 6,
      pb: usize = ((((r as usize) + 1) >> 1) | 1) << 6;
    packColumns(M, r, pa, a + (k as usize) * lda * 4, lda, scratch);
    packPanels(r, N, b + (k as usize) * ldb * 4, ldb, bp, pb);
    panels(M, N, r, scratch, pa, bp, pb, c, ldc, true);
  }
}

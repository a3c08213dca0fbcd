// Panels for the product kernels: A in rows of four, B in columns of eight.
// AssemblyScript. Pointers are byte addresses; sizes and leading dimensions (ld…) count floats; rows are padded to multiples of four.
// A [M x K] row-major -> panels of 4 rows, [k][4]
export function packRows(M: i32, K: i32, a: usize, lda: usize, dst: usize): void {
  lda <<= 2;
  const kb: usize = (((K as usize) + 3) >> 2) << 4;
  for (let m = 0; m < M; m += 4) {
    const p0 = a,
      p1 = m + 1 < M ? a + lda : a,
      p2 = m + 2 < M ? a + 2 * lda : p1,
      p3 = m + 3 < M ? a + 3 * lda : p2;
    for (let k: usize = 0; k < kb; k += 16) {
      const x = v128.load(p0 + k),
        y = v128.load(p1 + k),
        z = v128.load(p2 + k),
        u = v128.load(p3 + k);
      const a0 = v128.shuffle<f32>(x, y, 0, 4, 1, 5),
        a1 = v128.shuffle<f32>(x, y, 2, 6, 3, 7),
        b0 = v128.shuffle<f32>(z, u, 0, 4, 1, 5),
        b1 = v128.shuffle<f32>(z, u, 2, 6, 3, 7);
      v128.store(dst, v128.shuffle<f32>(a0, b0, 0, 1, 4, 5));
      v128.store(dst, v128.shuffle<f32>(a0, b0, 2, 3, 6, 7), 16);
      v128.store(dst, v128.shuffle<f32>(a1, b1, 0, 1, 4, 5), 32);
      v128.store(dst, v128.shuffle<f32>(a1, b1, 2, 3, 6, 7), 48);
      dst += 64;
    }
    a += 4 * lda;
  }
}
// A given as its transpose [K x M] -> panels of 4 rows, [k][4], `panel` bytes apart
export function packColumns(M: i32, K: i32, panel: usize, a: usize, lda: usize, dst: usize): void {
  lda <<= 2;
  for (let k = 0; k < K; k++) {
    let d = dst,
      s = a;
    for (let m = 0; m < M; m += 4) {
      v128.store(d, v128.load(s));
      d += panel;
      s += 16;
    }
    a += lda;
    dst += 16;
  }
}
// B [K x N] row-major -> panels of 8 columns (then 4), [k][8], `panel` bytes apart
export function packPanels(K: i32, N: i32, b: usize, ldb: usize, dst: usize, panel: usize): void {
  ldb <<= 2;
  const np = (N + 3) & ~3,
    full = np >> 3,
    rest = np & 7;
  let r = dst + panel * full;
  for (let k = 0; k < K; k++) {
    let d = dst,
      s = b;
    for (let n = 0; n < full; n++) {
      v128.store(d, v128.load(s));
      v128.store(d, v128.load(s, 16), 16);
      d += panel;
      s += 32;
    }
    if (rest == 4) {
      v128.store(r, v128.load(s));
      r += 16;
    }
    b += ldb;
    dst += 32;
  }
}
export function packB(K: i32, N: i32, b: usize, ldb: usize, dst: usize): void {
  packPanels(K, N, b, ldb, dst, (K as usize) << 5);
}
// B given as its transpose [N x K] -> the same panels; columns beyond N are zero
export function packBT(K: i32, N: i32, b: usize, ldb: usize, dst: usize): void {
  ldb <<= 2;
  const np = (N + 3) & ~3,
    zero = f32x4.splat(0);
  for (let n = 0; n < np; n += 8) {
    const w = min(8, np - n);
    const rb: usize = w << 2;
    for (let j = 0; j < w; j += 4) {
      const c = n + j;
      const p0 = b + ldb * c,
        p1 = p0 + ldb,
        p2 = p1 + ldb,
        p3 = p2 + ldb;
      let d = dst + (j << 2);
      for (let k = 0; k < K; k += 4) {
        const o: usize = k << 2;
        const x = v128.load(p0 + o),
          y = c + 1 < N ? v128.load(p1 + o) : zero,
          z = c + 2 < N ? v128.load(p2 + o) : zero,
          u = c + 3 < N ? v128.load(p3 + o) : zero;
        const a0 = v128.shuffle<f32>(x, y, 0, 4, 1, 5),
          a1 = v128.shuffle<f32>(x, y, 2, 6, 3, 7),
          b0 = v128.shuffle<f32>(z, u, 0, 4, 1, 5),
          b1 = v128.shuffle<f32>(z, u, 2, 6, 3, 7);
        v128.store(d, v128.shuffle<f32>(a0, b0, 0, 1, 4, 5));
        d += rb;
        if (k + 1 < K) {
          v128.store(d, v128.shuffle<f32>(a0, b0, 2, 3, 6, 7));
          d += rb;
        }
        if (k + 2 < K) {
          v128.store(d, v128.shuffle<f32>(a1, b1, 0, 1, 4, 5));
          d += rb;
        }
        if (k + 3 < K) {
          v128.store(d, v128.shuffle<f32>(a1, b1, 2, 3, 6, 7));
          d += rb;
        }
      }
    }
    dst += (K as usize) * rb;
  }
}

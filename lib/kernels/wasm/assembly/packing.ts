// Packing for the products: A into panels of four rows, B into panels of eight columns and, where
// four are left, one of four. A panel holds its rows' (columns') elements side by side, step by
// step of the depth K: [K][4] or [K][8]. Addresses are in bytes; M, N, K and ld… count floats.
//
// Where the source lies the other way round, four of its rows are transposed in registers: of rows
// x, y, z, u the shuffles give (x₀ y₀ x₁ y₁), (x₂ y₂ x₃ y₃), the same of z and u, and of those the
// columns (x₀ y₀ z₀ u₀) and so on.
import { FLOAT, VECTOR, padded } from "./layout";

/** Bytes of a step of a panel of four, and of a panel of eight. */
const STEP4: usize = 16;
const STEP8: usize = 32;

/** A [M × K] into panels of four rows; rows beyond M repeat one that is there. */
export function packRows(M: i32, K: i32, a: usize, lda: usize, panels: usize): void {
  const row = lda * FLOAT;
  const end: usize = (((K as usize) + 3) >> 2) << 4; // bytes of a row, whole vectors
  for (let m = 0; m < M; m += 4) {
    const row1 = m + 1 < M ? a + row : a;
    const row2 = m + 2 < M ? a + 2 * row : row1;
    const row3 = m + 3 < M ? a + 3 * row : row2;
    for (let k: usize = 0; k < end; k += VECTOR) {
      const x = v128.load(a + k);
      const y = v128.load(row1 + k);
      const z = v128.load(row2 + k);
      const u = v128.load(row3 + k);
      const xyLow = v128.shuffle<f32>(x, y, 0, 4, 1, 5);
      const xyHigh = v128.shuffle<f32>(x, y, 2, 6, 3, 7);
      const zuLow = v128.shuffle<f32>(z, u, 0, 4, 1, 5);
      const zuHigh = v128.shuffle<f32>(z, u, 2, 6, 3, 7);
      v128.store(panels, v128.shuffle<f32>(xyLow, zuLow, 0, 1, 4, 5));
      v128.store(panels, v128.shuffle<f32>(xyLow, zuLow, 2, 3, 6, 7), 16);
      v128.store(panels, v128.shuffle<f32>(xyHigh, zuHigh, 0, 1, 4, 5), 32);
      v128.store(panels, v128.shuffle<f32>(xyHigh, zuHigh, 2, 3, 6, 7), 48);
      panels += 4 * STEP4;
    }
    a += 4 * row;
  }
}

/** The same panels, `panel` bytes apart, from A's transpose [K × M]. */
export function packColumns(
  M: i32,
  K: i32,
  panel: usize,
  a: usize,
  lda: usize,
  panels: usize,
): void {
  for (let k = 0; k < K; k++) {
    let to = panels;
    let from = a;
    for (let m = 0; m < M; m += 4) {
      v128.store(to, v128.load(from));
      to += panel;
      from += VECTOR;
    }
    a += lda * FLOAT;
    panels += STEP4;
  }
}

/** B [K × N] into panels of eight columns, `panel` bytes apart, and one of four. */
export function packPanels(
  K: i32,
  N: i32,
  b: usize,
  ldb: usize,
  panels: usize,
  panel: usize,
): void {
  const full = padded(N) >> 3;
  const four = (padded(N) & 7) == 4;
  let last = panels + panel * full;
  for (let k = 0; k < K; k++) {
    let to = panels;
    let from = b;
    for (let n = 0; n < full; n++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      to += panel;
      from += 2 * VECTOR;
    }
    if (four) {
      v128.store(last, v128.load(from));
      last += STEP4;
    }
    b += ldb * FLOAT;
    panels += STEP8;
  }
}

/** B [K × N] into panels that lie one after the other. */
export function packB(K: i32, N: i32, b: usize, ldb: usize, packed: usize): void {
  packPanels(K, N, b, ldb, packed, (K as usize) * STEP8);
}

/** The same panels from B's transpose [N × K]; columns beyond N are zero. */
export function packBT(K: i32, N: i32, b: usize, ldb: usize, packed: usize): void {
  const row = ldb * FLOAT;
  const columns = padded(N);
  const zero = f32x4.splat(0);
  for (let n = 0; n < columns; n += 8) {
    const width = min(8, columns - n);
    const step: usize = width << 2; // bytes of a step of this panel
    for (let j = 0; j < width; j += 4) {
      const column = n + j;
      const row0 = b + row * column;
      const row1 = row0 + row;
      const row2 = row1 + row;
      const row3 = row2 + row;
      let to = packed + (j << 2);
      for (let k = 0; k < K; k += 4) {
        const offset: usize = k << 2;
        const x = v128.load(row0 + offset);
        const y = column + 1 < N ? v128.load(row1 + offset) : zero;
        const z = column + 2 < N ? v128.load(row2 + offset) : zero;
        const u = column + 3 < N ? v128.load(row3 + offset) : zero;
        const xyLow = v128.shuffle<f32>(x, y, 0, 4, 1, 5);
        const xyHigh = v128.shuffle<f32>(x, y, 2, 6, 3, 7);
        const zuLow = v128.shuffle<f32>(z, u, 0, 4, 1, 5);
        const zuHigh = v128.shuffle<f32>(z, u, 2, 6, 3, 7);
        v128.store(to, v128.shuffle<f32>(xyLow, zuLow, 0, 1, 4, 5));
        to += step;
        if (k + 1 < K) {
          v128.store(to, v128.shuffle<f32>(xyLow, zuLow, 2, 3, 6, 7));
          to += step;
        }
        if (k + 2 < K) {
          v128.store(to, v128.shuffle<f32>(xyHigh, zuHigh, 0, 1, 4, 5));
          to += step;
        }
        if (k + 3 < K) {
          v128.store(to, v128.shuffle<f32>(xyHigh, zuHigh, 2, 3, 6, 7));
          to += step;
        }
      }
    }
    packed += (K as usize) * step;
  }
}

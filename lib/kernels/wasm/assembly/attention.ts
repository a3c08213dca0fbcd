// Causal attention of one head of one window, forward and backward, in blocks of sixteen queries against the keys up to the block's last.
// AssemblyScript. Pointers are byte addresses; sizes and leading dimensions (ld…) count floats; rows are padded to multiples of four.
// A dropped share is kept negative: the way back needs it, the mixed values do not.
import { masks } from "./dropout";
import { exp4, sum4 } from "./elementary";
import { panels, rowPanel } from "./gemm";
import { packB, packBT, packColumns, packRows } from "./packing";
const ROWS: i32 = 16;
// @ts-ignore: a decorator of AssemblyScript
@inline
function bytes(floats: i32): usize {
  return (((floats as usize) << 2) + 63) & ~63;
}
// scores of a row become shares: columns from n on become 0, the first n exp and divided by their sum, dropped ones negative; `used` gets
// the shares that are used, times keep. limit 0 drops nothing
// @ts-ignore: a decorator of AssemblyScript
@inline
function shareRow(
  row: usize,
  n: i32,
  np: i32,
  scale: f32,
  used: usize,
  mask: usize,
  limit: i32,
  keep: f32,
): void {
  const end: usize = (np as usize) << 2,
    real: usize = (n as usize) << 2,
    S = f32x4.splat(scale),
    K = f32x4.splat(keep),
    all = i32x4.splat(-1);
  let m4 = f32x4.splat(-3e38),
    j: usize = real;
  for (; j & 15; j += 4) store<f32>(row + j, -3e38);
  for (j = 0; j < real; j += 16) m4 = f32x4.max(m4, v128.load(row + j));
  const m: f32 = max(
      max(f32x4.extract_lane(m4, 0), f32x4.extract_lane(m4, 1)),
      max(f32x4.extract_lane(m4, 2), f32x4.extract_lane(m4, 3)),
    ),
    M = f32x4.splat(m);
  for (j = 0; j < real; j += 16)
    v128.store(row + j, exp4(f32x4.mul(f32x4.sub(v128.load(row + j), M), S)));
  for (j = real; j & 15; j += 4) store<f32>(row + j, 0);
  for (; j < end; j += 16)
    (v128.store(row + j, f32x4.splat(0)), v128.store(used + j, f32x4.splat(0)));
  let s4 = f32x4.splat(0);
  for (j = 0; j < real; j += 16) s4 = f32x4.add(s4, v128.load(row + j));
  const R = f32x4.splat(<f32>1.0 / sum4(s4));
  for (j = 0; j < real; j += 16) {
    const p = f32x4.mul(v128.load(row + j), R),
      on = limit > 0 ? v128.load(mask + j) : all;
    v128.store(row + j, v128.bitselect(p, f32x4.neg(p), on));
    v128.store(used + j, v128.and(f32x4.mul(p, K), on));
  }
}
export function attentionForward(
  len: i32,
  dh: i32,
  q: usize,
  k: usize,
  v: usize,
  ld: usize,
  shares: usize,
  lds: usize,
  out: usize,
  ldo: usize,
  limit: i32,
  keep: f32,
  seed: i32,
  site: i32,
  step: i32,
  base: u32,
  maxLen: u32,
  scratch: usize,
): void {
  const scale: f32 = 1.0 / Mathf.sqrt(dh as f32),
    np = (len + 3) & ~3,
    keys = scratch,
    values = keys + bytes((dh + 3) * (np + 8)),
    rows = values + bytes(np * (dh + 8)),
    used = rows + bytes(ROWS * (max(np, dh) + 8)),
    mask = used + bytes(ROWS * (np + 4));
  packBT(dh, len, k, ld, keys);
  packB(len, dh, v, ld, values);
  for (let i = 0; i < len; i += ROWS) {
    const r = min(ROWS, len - i),
      n = i + r,
      cols = min((n + 7) & ~7, np);
    packRows(r, dh, q, ld, rows);
    panels(r, cols, dh, rows, rowPanel(dh), keys, (dh as usize) << 5, shares, lds, false);
    for (let t = 0; t < r; t++) {
      const m =
        limit > 0
          ? masks(base + ((i + t) as u32) * maxLen, i + t + 1, seed, site, step, limit, mask)
          : mask;
      shareRow(
        shares + (t as usize) * lds * 4,
        i + t + 1,
        cols,
        scale,
        used + ((t * np) << 2),
        m,
        limit,
        keep,
      );
    }
    packRows(r, n, used, np, rows);
    panels(r, dh, n, rows, rowPanel(n), values, (len as usize) << 5, out, ldo, false);
    q += ROWS * ld * 4;
    shares += ROWS * lds * 4;
    out += ROWS * ldo * 4;
  }
}
// dq is written, dk and dv are added to
export function attentionBackward(
  len: i32,
  dh: i32,
  q: usize,
  k: usize,
  v: usize,
  ld: usize,
  shares: usize,
  lds: usize,
  dOut: usize,
  ldo: usize,
  keep: f32,
  dq: usize,
  dk: usize,
  dv: usize,
  scratch: usize,
): void {
  const scale: f32 = 1.0 / Mathf.sqrt(dh as f32),
    np = (len + 3) & ~3,
    values = scratch,
    keys = values + bytes((dh + 3) * (np + 8)),
    rows = keys + bytes(np * (dh + 8)),
    columns = rows + bytes(ROWS * (max(np, dh) + 8)),
    right = columns + bytes((np + 4) * (ROWS + 4)),
    d = right + bytes(ROWS * (dh + 8)),
    used = d + bytes(ROWS * (np + 4));
  const K = f32x4.splat(keep),
    zero = f32x4.splat(0);
  packBT(dh, len, v, ld, values);
  packB(len, dh, k, ld, keys);
  for (let i = 0; i < len; i += ROWS) {
    const r = min(ROWS, len - i),
      n = i + r,
      cols = min((n + 7) & ~7, np),
      pa: usize = ((((r as usize) + 3) >> 2) | 1) << 6;
    packRows(r, dh, dOut, ldo, rows);
    panels(r, cols, dh, rows, rowPanel(dh), values, (dh as usize) << 5, d, np, false);
    for (let t = 0; t < r; t++) {
      const row = shares + (t as usize) * lds * 4,
        own = d + ((t * np) << 2),
        u = used + ((t * np) << 2),
        end: usize = (cols as usize) << 2;
      let s4 = zero;
      for (let j: usize = 0; j < end; j += 16) {
        const p = v128.load(row + j),
          on = f32x4.gt(p, zero),
          dp = v128.and(f32x4.mul(v128.load(own + j), K), on);
        v128.store(own + j, dp);
        v128.store(u + j, v128.and(f32x4.mul(p, K), on));
        s4 = f32x4.relaxed_madd(f32x4.abs(p), dp, s4);
      }
      const T = f32x4.splat(sum4(s4)),
        S = f32x4.splat(scale);
      for (let j: usize = 0; j < end; j += 16)
        v128.store(
          own + j,
          f32x4.mul(f32x4.mul(f32x4.abs(v128.load(row + j)), f32x4.sub(v128.load(own + j), T)), S),
        );
    }
    packRows(r, n, d, np, rows);
    panels(r, dh, n, rows, rowPanel(n), keys, (len as usize) << 5, dq, ld, false);
    packColumns(n, r, pa, d, np, columns);
    packB(r, dh, q, ld, right);
    panels(n, dh, r, columns, pa, right, (r as usize) << 5, dk, ld, true);
    packColumns(n, r, pa, used, np, columns);
    packB(r, dh, dOut, ldo, right);
    panels(n, dh, r, columns, pa, right, (r as usize) << 5, dv, ld, true);
    q += ROWS * ld * 4;
    shares += ROWS * lds * 4;
    dOut += ROWS * ldo * 4;
    dq += ROWS * ld * 4;
  }
}

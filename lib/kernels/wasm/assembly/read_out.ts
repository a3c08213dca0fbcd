// Attention of one head with one query a window, over the inputs themselves: scores u·x, then the mean of the x by their shares.
// AssemblyScript. Pointers are byte addresses; sizes and leading dimensions (ld…) count floats; rows are padded to multiples of four.
import { masks } from "./dropout";
import { exp4, sum4 } from "./elementary";
// @ts-ignore: a decorator of AssemblyScript
@inline
function dot(a: usize, b: usize, w: usize): f32 {
  let s = f32x4.splat(0);
  for (let j: usize = 0; j < w; j += 16)
    s = f32x4.relaxed_madd(v128.load(a + j), v128.load(b + j), s);
  return sum4(s);
}
// @ts-ignore: a decorator of AssemblyScript
@inline
function axpy(f: f32, a: usize, b: usize, w: usize): void {
  const f4 = f32x4.splat(f);
  for (let j: usize = 0; j < w; j += 16)
    v128.store(b + j, f32x4.relaxed_madd(f4, v128.load(a + j), v128.load(b + j)));
}
// returns the sum of the shares that are used; dropped ones are kept negative
export function readOutForward(
  len: i32,
  w: usize,
  dh: i32,
  u: usize,
  x: usize,
  shares: usize,
  out: usize,
  limit: i32,
  keep: f32,
  seed: i32,
  site: i32,
  step: i32,
  base: u32,
  scratch: usize,
): f32 {
  w <<= 2;
  const scale: f32 = 1.0 / Mathf.sqrt(dh as f32);
  let m: f32 = -3e38,
    s: f32 = 0,
    used: f32 = 0;
  for (let j = 0; j < len; j++) {
    const d = dot(u, x + (j as usize) * w, w) * scale;
    store<f32>(shares + (j << 2), d);
    m = max(m, d);
  }
  for (let j = len; j < ((len + 3) & ~3); j++) store<f32>(shares + (j << 2), -3e38);
  const M = f32x4.splat(m);
  for (let j = 0; j < len; j += 4)
    v128.store(shares + (j << 2), exp4(f32x4.sub(v128.load(shares + (j << 2)), M)));
  for (let j = 0; j < len; j++) s += load<f32>(shares + (j << 2));
  s = 1.0 / s;
  for (let j: usize = 0; j < w; j += 16) v128.store(out + j, f32x4.splat(0));
  const mask = limit > 0 ? masks(base, len, seed, site, step, limit, scratch) : 0;
  for (let j = 0; j < len; j++) {
    const p = load<f32>(shares + (j << 2)) * s,
      on = limit == 0 || load<i32>(mask + (j << 2)) != 0;
    store<f32>(shares + (j << 2), on ? p : -p);
    if (on) {
      used += p * keep;
      axpy(p * keep, x + (j as usize) * w, out, w);
    }
  }
  return used;
}
// dOut and dUsed are the gradients of out and of the returned sum; dx is added to, du is written
export function readOutBackward(
  len: i32,
  w: usize,
  dh: i32,
  u: usize,
  x: usize,
  shares: usize,
  dOut: usize,
  dUsed: f32,
  keep: f32,
  dx: usize,
  du: usize,
  work: usize,
): void {
  w <<= 2;
  const scale: f32 = 1.0 / Mathf.sqrt(dh as f32);
  let total: f32 = 0;
  for (let j = 0; j < len; j++) {
    const p = load<f32>(shares + (j << 2)),
      d: f32 = p > 0 ? (dot(dOut, x + (j as usize) * w, w) + dUsed) * keep : 0;
    store<f32>(work + (j << 2), d);
    total += Mathf.abs(p) * d;
  }
  for (let j: usize = 0; j < w; j += 16) v128.store(du + j, f32x4.splat(0));
  for (let j = 0; j < len; j++) {
    const p = load<f32>(shares + (j << 2)),
      g = Mathf.abs(p) * (load<f32>(work + (j << 2)) - total) * scale,
      G = f32x4.splat(g),
      P = f32x4.splat(p > 0 ? p * keep : 0);
    for (let c: usize = 0; c < w; c += 16) {
      v128.store(du + c, f32x4.relaxed_madd(G, v128.load(x + c), v128.load(du + c)));
      v128.store(
        dx + c,
        f32x4.relaxed_madd(
          P,
          v128.load(dOut + c),
          f32x4.relaxed_madd(G, v128.load(u + c), v128.load(dx + c)),
        ),
      );
    }
    x += w;
    dx += w;
  }
}

// LayerNorm over the last axis, forward and backward.
// AssemblyScript. Pointers are byte addresses; sizes and leading dimensions (ld…) count floats; rows are padded to multiples of four.
import { sum4 } from "./elementary";
// ---- layer norm over w real columns of rows ld apart. x becomes the normalised values; out gets gamma·x + beta
export function layerNormForward(
  n: i32,
  w: i32,
  ld: usize,
  x: usize,
  gamma: usize,
  beta: usize,
  eps: f32,
  rstd: usize,
  out: usize,
): void {
  const wp: usize = (((w + 3) & ~3) as usize) << 2,
    inv: f32 = 1.0 / (w as f32);
  for (let i = 0; i < n; i++) {
    let s4 = f32x4.splat(0);
    for (let j: usize = 0; j < wp; j += 16) s4 = f32x4.add(s4, v128.load(x + j));
    const m = f32x4.splat(sum4(s4) * inv);
    let v4 = f32x4.splat(0);
    for (let j: usize = 0; j < wp; j += 16) {
      const d = f32x4.sub(v128.load(x + j), m);
      v128.store(x + j, d);
      v4 = f32x4.add(v4, f32x4.mul(d, d));
    }
    let v = sum4(v4);
    const mm = f32x4.extract_lane(m, 0);
    v -= ((((wp >> 2) as i32) - w) as f32) * mm * mm;
    for (let j = w; j < ((w + 3) & ~3); j++) store<f32>(x + (j << 2), 0);
    const r: f32 = 1.0 / Mathf.sqrt(v * inv + eps);
    store<f32>(rstd + (i << 2), r);
    const r4 = f32x4.splat(r);
    for (let j: usize = 0; j < wp; j += 16) {
      const h = f32x4.mul(v128.load(x + j), r4);
      v128.store(x + j, h);
      v128.store(out + j, f32x4.add(f32x4.mul(h, v128.load(gamma + j)), v128.load(beta + j)));
    }
    x += ld << 2;
    out += ld << 2;
  }
}
// dy becomes dx
export function layerNormBackward(
  n: i32,
  w: i32,
  ld: usize,
  dy: usize,
  xhat: usize,
  rstd: usize,
  gamma: usize,
  dGamma: usize,
  dBeta: usize,
): void {
  const wp: usize = (((w + 3) & ~3) as usize) << 2,
    inv: f32 = 1.0 / (w as f32);
  for (let i = 0; i < n; i++) {
    let a4 = f32x4.splat(0),
      b4 = f32x4.splat(0);
    for (let j: usize = 0; j < wp; j += 16) {
      const d = v128.load(dy + j),
        h = v128.load(xhat + j);
      v128.store(dGamma + j, f32x4.add(v128.load(dGamma + j), f32x4.mul(d, h)));
      v128.store(dBeta + j, f32x4.add(v128.load(dBeta + j), d));
      const g = f32x4.mul(d, v128.load(gamma + j));
      v128.store(dy + j, g);
      a4 = f32x4.add(a4, g);
      b4 = f32x4.add(b4, f32x4.mul(g, h));
    }
    const a = f32x4.splat(sum4(a4) * inv),
      b = f32x4.splat(sum4(b4) * inv),
      r = f32x4.splat(load<f32>(rstd + (i << 2)));
    for (let j: usize = 0; j < wp; j += 16)
      v128.store(
        dy + j,
        f32x4.mul(r, f32x4.sub(f32x4.sub(v128.load(dy + j), a), f32x4.mul(v128.load(xhat + j), b))),
      );
    for (let j = w; j < ((w + 3) & ~3); j++) store<f32>(dy + (j << 2), 0);
    dy += ld << 2;
    xhat += ld << 2;
  }
}

// Softmax cross-entropy over a slice of the catalogue.
// AssemblyScript. Pointers are byte addresses; sizes and leading dimensions (ld…) count floats; rows are padded to multiples of four.
import { exp4, sum4 } from "./elementary";
// ---- softmax cross-entropy over a slice of columns: running max and sum, then gradients
export function softmaxSums(
  rows: i32,
  n: i32,
  ld: usize,
  logits: usize,
  bias: usize,
  maxs: usize,
  sums: usize,
  labels: usize,
  first: i32,
  atLabel: usize,
): void {
  for (let i = 0; i < rows; i++) {
    const x = logits + (i as usize) * ld * 4,
      e: usize = (((n + 3) & ~3) as usize) << 2;
    let m4 = f32x4.splat(-3e38);
    for (let j: usize = 0; j < e; j += 16)
      v128.store(x + j, f32x4.add(v128.load(x + j), v128.load(bias + j)));
    for (let k = n; k < ((n + 3) & ~3); k++) store<f32>(x + (k << 2), -1e30);
    const y = load<i32>(labels + (i << 2)) - first;
    if (y >= 0 && y < n) store<f32>(atLabel + (i << 2), load<f32>(x + (y << 2)));
    for (let j: usize = 0; j < e; j += 16) m4 = f32x4.max(m4, v128.load(x + j));
    const m = max(
      max(f32x4.extract_lane(m4, 0), f32x4.extract_lane(m4, 1)),
      max(f32x4.extract_lane(m4, 2), f32x4.extract_lane(m4, 3)),
    );
    let s4 = f32x4.splat(0);
    const mv = f32x4.splat(m);
    for (let j: usize = 0; j < e; j += 16)
      s4 = f32x4.add(s4, exp4(f32x4.sub(v128.load(x + j), mv)));
    store<f32>(maxs + (i << 2), m);
    store<f32>(sums + (i << 2), sum4(s4));
  }
}
export function softmaxGradient(
  rows: i32,
  n: i32,
  ld: usize,
  logits: usize,
  maxs: usize,
  sums: usize,
  labels: usize,
  first: i32,
  scale: f32,
  dBias: usize,
): void {
  for (let i = 0; i < rows; i++) {
    const x = logits + (i as usize) * ld * 4,
      e: usize = (((n + 3) & ~3) as usize) << 2;
    const mv = f32x4.splat(load<f32>(maxs + (i << 2))),
      k4 = f32x4.splat(scale / load<f32>(sums + (i << 2)));
    for (let j: usize = 0; j < e; j += 16)
      v128.store(x + j, f32x4.mul(exp4(f32x4.sub(v128.load(x + j), mv)), k4));
    for (let k = n; k < ((n + 3) & ~3); k++) store<f32>(x + (k << 2), 0);
    const y = load<i32>(labels + (i << 2)) - first;
    if (y >= 0 && y < n) store<f32>(x + (y << 2), load<f32>(x + (y << 2)) - scale);
    for (let j: usize = 0; j < e; j += 16)
      v128.store(dBias + j, f32x4.add(v128.load(dBias + j), v128.load(x + j)));
  }
}

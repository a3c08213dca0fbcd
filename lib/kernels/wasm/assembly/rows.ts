// Rows and columns: bias, sums, gather, scatter, ReLU. Addresses are in bytes; n counts rows, width
// and ld… floats, width a multiple of four.
import { FLOAT, VECTOR, at } from "./layout";

/** x [n × width] += bias [width], in each row. */
export function addBias(n: i32, width: usize, x: usize, bias: usize): void {
  const row = width * FLOAT;
  for (let i = 0; i < n; i++) {
    for (let j: usize = 0; j < row; j += VECTOR) {
      v128.store(x + j, f32x4.add(v128.load(x + j), v128.load(bias + j)));
    }
    x += row;
  }
}

/** x [count] += y [count]. */
export function addTo(count: usize, x: usize, y: usize): void {
  for (let j: usize = 0; j < count * FLOAT; j += VECTOR) {
    v128.store(x + j, f32x4.add(v128.load(x + j), v128.load(y + j)));
  }
}

/** x [count] += factor·y [count]. */
export function addScaled(count: usize, x: usize, factor: f32, y: usize): void {
  const factor4 = f32x4.splat(factor);
  for (let j: usize = 0; j < count * FLOAT; j += VECTOR) {
    v128.store(x + j, f32x4.add(v128.load(x + j), f32x4.mul(factor4, v128.load(y + j))));
  }
}

/** x [count] = factor·x. */
export function scale(count: usize, x: usize, factor: f32): void {
  const factor4 = f32x4.splat(factor);
  for (let j: usize = 0; j < count * FLOAT; j += VECTOR) {
    v128.store(x + j, f32x4.mul(factor4, v128.load(x + j)));
  }
}

/** Σ x·y over [count], summed in double precision: it may run over all parameters. */
export function dot(count: usize, x: usize, y: usize): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let j: usize = 0; j < count * FLOAT; j += VECTOR) {
    const product = f32x4.mul(v128.load(x + j), v128.load(y + j));
    low = f64x2.add(low, f64x2.promote_low_f32x4(product));
    const upper = i32x4.shuffle(product, product, 2, 3, 2, 3);
    high = f64x2.add(high, f64x2.promote_low_f32x4(upper));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** out [width] += Σᵢ x[i], over the rows of x [n × width]. */
export function columnSums(n: i32, width: usize, x: usize, ldx: usize, out: usize): void {
  for (let i = 0; i < n; i++) {
    for (let j: usize = 0; j < width * FLOAT; j += VECTOR) {
      v128.store(out + j, f32x4.add(v128.load(out + j), v128.load(x + j)));
    }
    x += ldx * FLOAT;
  }
}

/** out[i] = table[ids[i]], rows of `width` floats. */
export function gatherRows(n: i32, width: usize, table: usize, ids: usize, out: usize): void {
  const row = width * FLOAT;
  for (let i = 0; i < n; i++) {
    memory.copy(out, table + (load<i32>(at(ids, i)) as usize) * row, row);
    out += row;
  }
}

/** x[i] += table[ids[i]], rows of `width` floats. */
export function addRows(n: i32, width: usize, table: usize, ids: usize, x: usize): void {
  const row = width * FLOAT;
  for (let i = 0; i < n; i++) {
    addTo(width, x, table + (load<i32>(at(ids, i)) as usize) * row);
    x += row;
  }
}

/** Copies `width` columns of n rows. */
export function copyColumns(
  n: i32,
  width: usize,
  from: usize,
  ldFrom: usize,
  to: usize,
  ldTo: usize,
): void {
  for (let i = 0; i < n; i++) {
    memory.copy(to, from, width * FLOAT);
    from += ldFrom * FLOAT;
    to += ldTo * FLOAT;
  }
}

/** x [count] = max(x, 0). */
export function relu(count: usize, x: usize): void {
  for (let j: usize = 0; j < count * FLOAT; j += VECTOR) {
    v128.store(x + j, f32x4.max(v128.load(x + j), f32x4.splat(0)));
  }
}

/** d = d·scale where y > 0, else 0: y is after ReLU and dropout, so both masks are in it. */
export function reluDropoutBackward(count: usize, d: usize, y: usize, scale: f32): void {
  const scale4 = f32x4.splat(scale);
  for (let j: usize = 0; j < count * FLOAT; j += VECTOR) {
    const on = f32x4.gt(v128.load(y + j), f32x4.splat(0));
    v128.store(d + j, v128.and(f32x4.mul(v128.load(d + j), scale4), on));
  }
}

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

/** x [n × width] = max(x + bias, 0). */
export function addBiasRelu(n: i32, width: usize, x: usize, bias: usize): void {
  const row = width * FLOAT;
  for (let i = 0; i < n; i++) {
    for (let j: usize = 0; j < row; j += VECTOR) {
      const sum = f32x4.add(v128.load(x + j), v128.load(bias + j));
      v128.store(x + j, f32x4.max(sum, f32x4.splat(0)));
    }
    x += row;
  }
}

/** to [count] = from [count]. */
export function copy(count: usize, from: usize, to: usize): void {
  memory.copy(to, from, count * FLOAT);
}

/** x [count] = 0. */
export function clear(count: usize, x: usize): void {
  memory.fill(x, 0, count * FLOAT);
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

/**
 * out [width] += Σᵢ x[i], over the rows of x [n × width], in their order. Four vectors of sums stay
 * in registers over all rows.
 */
export function columnSums(n: i32, width: usize, x: usize, ldx: usize, out: usize): void {
  const row = ldx * FLOAT;
  const end = width * FLOAT;
  let j: usize = 0;
  for (; j + 4 * VECTOR <= end; j += 4 * VECTOR) {
    let a = v128.load(out + j);
    let b = v128.load(out + j, VECTOR);
    let c = v128.load(out + j, 2 * VECTOR);
    let d = v128.load(out + j, 3 * VECTOR);
    let from = x + j;
    for (let i = 0; i < n; i++) {
      a = f32x4.add(a, v128.load(from));
      b = f32x4.add(b, v128.load(from, VECTOR));
      c = f32x4.add(c, v128.load(from, 2 * VECTOR));
      d = f32x4.add(d, v128.load(from, 3 * VECTOR));
      from += row;
    }
    v128.store(out + j, a);
    v128.store(out + j, b, VECTOR);
    v128.store(out + j, c, 2 * VECTOR);
    v128.store(out + j, d, 3 * VECTOR);
  }
  for (; j < end; j += VECTOR) {
    let sum = v128.load(out + j);
    let from = x + j;
    for (let i = 0; i < n; i++) {
      sum = f32x4.add(sum, v128.load(from));
      from += row;
    }
    v128.store(out + j, sum);
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

/** table[ids[i]] += x[i], rows of `width` floats, in their order. */
export function scatterRows(n: i32, width: usize, x: usize, ids: usize, table: usize): void {
  const row = width * FLOAT;
  for (let i = 0; i < n; i++) {
    addTo(width, table + (load<i32>(at(ids, i)) as usize) * row, x);
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

/** d = d·scale where y > 0, else 0: y is after ReLU and dropout, so both masks are in it. */
export function reluDropoutBackward(count: usize, d: usize, y: usize, scale: f32): void {
  const scale4 = f32x4.splat(scale);
  for (let j: usize = 0; j < count * FLOAT; j += VECTOR) {
    const on = f32x4.gt(v128.load(y + j), f32x4.splat(0));
    v128.store(d + j, v128.and(f32x4.mul(v128.load(d + j), scale4), on));
  }
}

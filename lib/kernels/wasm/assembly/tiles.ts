// Written by lib/kernels/wasm/tiles.ts; run `deno task build:wasm` to write it again.
//
// tileMxN: C [M × N] (+)= A [M × K] · B [K × N] for packed A [K][4] and packed B [K][N], with
//
//     c[i][j] = Σₖ a[k][i] · b[k][j]
//
// K counts steps; a, b and c are byte addresses; ldc is the distance of two rows of C in bytes.
// ci_j accumulates columns 4j .. 4j+3 of row i; xi is a[k][i] in all four lanes.
//
// stripM goes with M rows of A over all columns of a product.
import { PanelProduct } from "./panels";

// @ts-ignore: a decorator of AssemblyScript
@inline
export function tile1x4(K: i32, a: usize, b: usize, c: usize, ldc: usize, add: bool): void {
  let c0_0 = f32x4.splat(0);
  for (let k = K; k > 0; k--) {
    const b0 = v128.load(b, 0);
    const row = v128.load(a);
    const x0 = v128.shuffle<f32>(row, row, 0, 0, 0, 0);
    c0_0 = f32x4.relaxed_madd(x0, b0, c0_0);
    b += 16;
    a += 16;
  }
  if (add) {
    v128.store(c, f32x4.add(c0_0, v128.load(c, 0)), 0);
  } else {
    v128.store(c, c0_0, 0);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function tile1x8(K: i32, a: usize, b: usize, c: usize, ldc: usize, add: bool): void {
  let c0_0 = f32x4.splat(0);
  let c0_1 = f32x4.splat(0);
  for (let k = K; k > 0; k--) {
    const b0 = v128.load(b, 0);
    const b1 = v128.load(b, 16);
    const row = v128.load(a);
    const x0 = v128.shuffle<f32>(row, row, 0, 0, 0, 0);
    c0_0 = f32x4.relaxed_madd(x0, b0, c0_0);
    c0_1 = f32x4.relaxed_madd(x0, b1, c0_1);
    b += 32;
    a += 16;
  }
  if (add) {
    v128.store(c, f32x4.add(c0_0, v128.load(c, 0)), 0);
    v128.store(c, f32x4.add(c0_1, v128.load(c, 16)), 16);
  } else {
    v128.store(c, c0_0, 0);
    v128.store(c, c0_1, 16);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function tile2x4(K: i32, a: usize, b: usize, c: usize, ldc: usize, add: bool): void {
  let c0_0 = f32x4.splat(0);
  let c1_0 = f32x4.splat(0);
  for (let k = K; k > 0; k--) {
    const b0 = v128.load(b, 0);
    const row = v128.load(a);
    const x0 = v128.shuffle<f32>(row, row, 0, 0, 0, 0);
    c0_0 = f32x4.relaxed_madd(x0, b0, c0_0);
    const x1 = v128.shuffle<f32>(row, row, 1, 1, 1, 1);
    c1_0 = f32x4.relaxed_madd(x1, b0, c1_0);
    b += 16;
    a += 16;
  }
  if (add) {
    v128.store(c, f32x4.add(c0_0, v128.load(c, 0)), 0);
    c += ldc;
    v128.store(c, f32x4.add(c1_0, v128.load(c, 0)), 0);
  } else {
    v128.store(c, c0_0, 0);
    c += ldc;
    v128.store(c, c1_0, 0);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function tile2x8(K: i32, a: usize, b: usize, c: usize, ldc: usize, add: bool): void {
  let c0_0 = f32x4.splat(0);
  let c0_1 = f32x4.splat(0);
  let c1_0 = f32x4.splat(0);
  let c1_1 = f32x4.splat(0);
  for (let k = K; k > 0; k--) {
    const b0 = v128.load(b, 0);
    const b1 = v128.load(b, 16);
    const row = v128.load(a);
    const x0 = v128.shuffle<f32>(row, row, 0, 0, 0, 0);
    c0_0 = f32x4.relaxed_madd(x0, b0, c0_0);
    c0_1 = f32x4.relaxed_madd(x0, b1, c0_1);
    const x1 = v128.shuffle<f32>(row, row, 1, 1, 1, 1);
    c1_0 = f32x4.relaxed_madd(x1, b0, c1_0);
    c1_1 = f32x4.relaxed_madd(x1, b1, c1_1);
    b += 32;
    a += 16;
  }
  if (add) {
    v128.store(c, f32x4.add(c0_0, v128.load(c, 0)), 0);
    v128.store(c, f32x4.add(c0_1, v128.load(c, 16)), 16);
    c += ldc;
    v128.store(c, f32x4.add(c1_0, v128.load(c, 0)), 0);
    v128.store(c, f32x4.add(c1_1, v128.load(c, 16)), 16);
  } else {
    v128.store(c, c0_0, 0);
    v128.store(c, c0_1, 16);
    c += ldc;
    v128.store(c, c1_0, 0);
    v128.store(c, c1_1, 16);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function tile3x4(K: i32, a: usize, b: usize, c: usize, ldc: usize, add: bool): void {
  let c0_0 = f32x4.splat(0);
  let c1_0 = f32x4.splat(0);
  let c2_0 = f32x4.splat(0);
  for (let k = K; k > 0; k--) {
    const b0 = v128.load(b, 0);
    const row = v128.load(a);
    const x0 = v128.shuffle<f32>(row, row, 0, 0, 0, 0);
    c0_0 = f32x4.relaxed_madd(x0, b0, c0_0);
    const x1 = v128.shuffle<f32>(row, row, 1, 1, 1, 1);
    c1_0 = f32x4.relaxed_madd(x1, b0, c1_0);
    const x2 = v128.shuffle<f32>(row, row, 2, 2, 2, 2);
    c2_0 = f32x4.relaxed_madd(x2, b0, c2_0);
    b += 16;
    a += 16;
  }
  if (add) {
    v128.store(c, f32x4.add(c0_0, v128.load(c, 0)), 0);
    c += ldc;
    v128.store(c, f32x4.add(c1_0, v128.load(c, 0)), 0);
    c += ldc;
    v128.store(c, f32x4.add(c2_0, v128.load(c, 0)), 0);
  } else {
    v128.store(c, c0_0, 0);
    c += ldc;
    v128.store(c, c1_0, 0);
    c += ldc;
    v128.store(c, c2_0, 0);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function tile3x8(K: i32, a: usize, b: usize, c: usize, ldc: usize, add: bool): void {
  let c0_0 = f32x4.splat(0);
  let c0_1 = f32x4.splat(0);
  let c1_0 = f32x4.splat(0);
  let c1_1 = f32x4.splat(0);
  let c2_0 = f32x4.splat(0);
  let c2_1 = f32x4.splat(0);
  for (let k = K; k > 0; k--) {
    const b0 = v128.load(b, 0);
    const b1 = v128.load(b, 16);
    const row = v128.load(a);
    const x0 = v128.shuffle<f32>(row, row, 0, 0, 0, 0);
    c0_0 = f32x4.relaxed_madd(x0, b0, c0_0);
    c0_1 = f32x4.relaxed_madd(x0, b1, c0_1);
    const x1 = v128.shuffle<f32>(row, row, 1, 1, 1, 1);
    c1_0 = f32x4.relaxed_madd(x1, b0, c1_0);
    c1_1 = f32x4.relaxed_madd(x1, b1, c1_1);
    const x2 = v128.shuffle<f32>(row, row, 2, 2, 2, 2);
    c2_0 = f32x4.relaxed_madd(x2, b0, c2_0);
    c2_1 = f32x4.relaxed_madd(x2, b1, c2_1);
    b += 32;
    a += 16;
  }
  if (add) {
    v128.store(c, f32x4.add(c0_0, v128.load(c, 0)), 0);
    v128.store(c, f32x4.add(c0_1, v128.load(c, 16)), 16);
    c += ldc;
    v128.store(c, f32x4.add(c1_0, v128.load(c, 0)), 0);
    v128.store(c, f32x4.add(c1_1, v128.load(c, 16)), 16);
    c += ldc;
    v128.store(c, f32x4.add(c2_0, v128.load(c, 0)), 0);
    v128.store(c, f32x4.add(c2_1, v128.load(c, 16)), 16);
  } else {
    v128.store(c, c0_0, 0);
    v128.store(c, c0_1, 16);
    c += ldc;
    v128.store(c, c1_0, 0);
    v128.store(c, c1_1, 16);
    c += ldc;
    v128.store(c, c2_0, 0);
    v128.store(c, c2_1, 16);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function tile4x4(K: i32, a: usize, b: usize, c: usize, ldc: usize, add: bool): void {
  let c0_0 = f32x4.splat(0);
  let c1_0 = f32x4.splat(0);
  let c2_0 = f32x4.splat(0);
  let c3_0 = f32x4.splat(0);
  for (let k = K; k > 0; k--) {
    const b0 = v128.load(b, 0);
    const row = v128.load(a);
    const x0 = v128.shuffle<f32>(row, row, 0, 0, 0, 0);
    c0_0 = f32x4.relaxed_madd(x0, b0, c0_0);
    const x1 = v128.shuffle<f32>(row, row, 1, 1, 1, 1);
    c1_0 = f32x4.relaxed_madd(x1, b0, c1_0);
    const x2 = v128.shuffle<f32>(row, row, 2, 2, 2, 2);
    c2_0 = f32x4.relaxed_madd(x2, b0, c2_0);
    const x3 = v128.shuffle<f32>(row, row, 3, 3, 3, 3);
    c3_0 = f32x4.relaxed_madd(x3, b0, c3_0);
    b += 16;
    a += 16;
  }
  if (add) {
    v128.store(c, f32x4.add(c0_0, v128.load(c, 0)), 0);
    c += ldc;
    v128.store(c, f32x4.add(c1_0, v128.load(c, 0)), 0);
    c += ldc;
    v128.store(c, f32x4.add(c2_0, v128.load(c, 0)), 0);
    c += ldc;
    v128.store(c, f32x4.add(c3_0, v128.load(c, 0)), 0);
  } else {
    v128.store(c, c0_0, 0);
    c += ldc;
    v128.store(c, c1_0, 0);
    c += ldc;
    v128.store(c, c2_0, 0);
    c += ldc;
    v128.store(c, c3_0, 0);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function tile4x8(K: i32, a: usize, b: usize, c: usize, ldc: usize, add: bool): void {
  let c0_0 = f32x4.splat(0);
  let c0_1 = f32x4.splat(0);
  let c1_0 = f32x4.splat(0);
  let c1_1 = f32x4.splat(0);
  let c2_0 = f32x4.splat(0);
  let c2_1 = f32x4.splat(0);
  let c3_0 = f32x4.splat(0);
  let c3_1 = f32x4.splat(0);
  for (let k = K; k > 0; k--) {
    const b0 = v128.load(b, 0);
    const b1 = v128.load(b, 16);
    const row = v128.load(a);
    const x0 = v128.shuffle<f32>(row, row, 0, 0, 0, 0);
    c0_0 = f32x4.relaxed_madd(x0, b0, c0_0);
    c0_1 = f32x4.relaxed_madd(x0, b1, c0_1);
    const x1 = v128.shuffle<f32>(row, row, 1, 1, 1, 1);
    c1_0 = f32x4.relaxed_madd(x1, b0, c1_0);
    c1_1 = f32x4.relaxed_madd(x1, b1, c1_1);
    const x2 = v128.shuffle<f32>(row, row, 2, 2, 2, 2);
    c2_0 = f32x4.relaxed_madd(x2, b0, c2_0);
    c2_1 = f32x4.relaxed_madd(x2, b1, c2_1);
    const x3 = v128.shuffle<f32>(row, row, 3, 3, 3, 3);
    c3_0 = f32x4.relaxed_madd(x3, b0, c3_0);
    c3_1 = f32x4.relaxed_madd(x3, b1, c3_1);
    b += 32;
    a += 16;
  }
  if (add) {
    v128.store(c, f32x4.add(c0_0, v128.load(c, 0)), 0);
    v128.store(c, f32x4.add(c0_1, v128.load(c, 16)), 16);
    c += ldc;
    v128.store(c, f32x4.add(c1_0, v128.load(c, 0)), 0);
    v128.store(c, f32x4.add(c1_1, v128.load(c, 16)), 16);
    c += ldc;
    v128.store(c, f32x4.add(c2_0, v128.load(c, 0)), 0);
    v128.store(c, f32x4.add(c2_1, v128.load(c, 16)), 16);
    c += ldc;
    v128.store(c, f32x4.add(c3_0, v128.load(c, 0)), 0);
    v128.store(c, f32x4.add(c3_1, v128.load(c, 16)), 16);
  } else {
    v128.store(c, c0_0, 0);
    v128.store(c, c0_1, 16);
    c += ldc;
    v128.store(c, c1_0, 0);
    v128.store(c, c1_1, 16);
    c += ldc;
    v128.store(c, c2_0, 0);
    v128.store(c, c2_1, 16);
    c += ldc;
    v128.store(c, c3_0, 0);
    v128.store(c, c3_1, 16);
  }
}

export function strip1(product: PanelProduct, a: usize, c: usize): void {
  const depth = product.depth;
  const bPanel = product.bPanel;
  const cRow = product.cRow;
  const add = product.add;
  let columns = (product.columns + 3) & ~3;
  let b = product.b;
  for (; columns >= 8; columns -= 8) {
    tile1x8(depth, a, b, c, cRow, add);
    b += bPanel;
    c += 32;
  }
  if (columns > 0) tile1x4(depth, a, b, c, cRow, add);
}

export function strip2(product: PanelProduct, a: usize, c: usize): void {
  const depth = product.depth;
  const bPanel = product.bPanel;
  const cRow = product.cRow;
  const add = product.add;
  let columns = (product.columns + 3) & ~3;
  let b = product.b;
  for (; columns >= 8; columns -= 8) {
    tile2x8(depth, a, b, c, cRow, add);
    b += bPanel;
    c += 32;
  }
  if (columns > 0) tile2x4(depth, a, b, c, cRow, add);
}

export function strip3(product: PanelProduct, a: usize, c: usize): void {
  const depth = product.depth;
  const bPanel = product.bPanel;
  const cRow = product.cRow;
  const add = product.add;
  let columns = (product.columns + 3) & ~3;
  let b = product.b;
  for (; columns >= 8; columns -= 8) {
    tile3x8(depth, a, b, c, cRow, add);
    b += bPanel;
    c += 32;
  }
  if (columns > 0) tile3x4(depth, a, b, c, cRow, add);
}

export function strip4(product: PanelProduct, a: usize, c: usize): void {
  const depth = product.depth;
  const bPanel = product.bPanel;
  const cRow = product.cRow;
  const add = product.add;
  let columns = (product.columns + 3) & ~3;
  let b = product.b;
  for (; columns >= 8; columns -= 8) {
    tile4x8(depth, a, b, c, cRow, add);
    b += bPanel;
    c += 32;
  }
  if (columns > 0) tile4x4(depth, a, b, c, cRow, add);
}

// Rows and columns: bias, sums, gather, scatter, ReLU.
// AssemblyScript. Pointers are byte addresses; sizes and leading dimensions (ld…) count floats; rows are padded to multiples of four.
// ---- rows and columns
export function addBias(n: i32, w: usize, x: usize, b: usize): void {
  w <<= 2;
  for (let i = 0; i < n; i++) {
    for (let j: usize = 0; j < w; j += 16)
      v128.store(x + j, f32x4.add(v128.load(x + j), v128.load(b + j)));
    x += w;
  }
}
export function addTo(count: usize, x: usize, y: usize): void {
  for (let j: usize = 0; j < count << 2; j += 16)
    v128.store(x + j, f32x4.add(v128.load(x + j), v128.load(y + j)));
}
export function columnSums(n: i32, w: usize, x: usize, ldx: usize, out: usize): void {
  w <<= 2;
  ldx <<= 2;
  for (let i = 0; i < n; i++) {
    for (let j: usize = 0; j < w; j += 16)
      v128.store(out + j, f32x4.add(v128.load(out + j), v128.load(x + j)));
    x += ldx;
  }
}
export function gatherRows(n: i32, w: usize, table: usize, ids: usize, out: usize): void {
  w <<= 2;
  for (let i = 0; i < n; i++) {
    memory.copy(out, table + (load<i32>(ids + (i << 2)) as usize) * w, w);
    out += w;
  }
}
export function relu(count: usize, x: usize): void {
  for (let j: usize = 0; j < count << 2; j += 16)
    v128.store(x + j, f32x4.max(v128.load(x + j), f32x4.splat(0)));
}
// d becomes d·scale where y > 0, else 0: y is after ReLU and dropout, so both masks are in it
export function reluDropoutBackward(count: usize, d: usize, y: usize, scale: f32): void {
  const s = f32x4.splat(scale);
  for (let j: usize = 0; j < count << 2; j += 16)
    v128.store(
      d + j,
      v128.and(f32x4.mul(v128.load(d + j), s), f32x4.gt(v128.load(y + j), f32x4.splat(0))),
    );
}
// x [n x w] += rows ids of the table
export function addRows(n: i32, w: usize, table: usize, ids: usize, x: usize): void {
  for (let i = 0; i < n; i++) {
    addTo(w, x, table + (load<i32>(ids + (i << 2)) as usize) * (w << 2));
    x += w << 2;
  }
}
export function copyColumns(
  n: i32,
  w: usize,
  from: usize,
  ldFrom: usize,
  to: usize,
  ldTo: usize,
): void {
  for (let i = 0; i < n; i++) {
    memory.copy(to, from, w << 2);
    from += ldFrom << 2;
    to += ldTo << 2;
  }
}

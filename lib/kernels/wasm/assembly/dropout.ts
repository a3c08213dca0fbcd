// Dropout masks, bit for bit those of lib/random/dropout.ts.
// AssemblyScript. Pointers are byte addresses; sizes and leading dimensions (ld…) count floats; rows are padded to multiples of four.
// @ts-ignore
@inline
function rotl4(x: v128, r: i32): v128 {
  return v128.or(i32x4.shl(x, r), i32x4.shr_u(x, 32 - r));
}
// stores the masks of four blocks of four elements from their words
// @ts-ignore: a decorator of AssemblyScript
@inline
function storeMasks(a: v128, b: v128, L: v128, LO: v128, out: usize): void {
  const m0 = i32x4.ge_s(v128.and(a, LO), L),
    m1 = i32x4.ge_s(i32x4.shr_u(a, 16), L),
    m2 = i32x4.ge_s(v128.and(b, LO), L),
    m3 = i32x4.ge_s(i32x4.shr_u(b, 16), L);
  const u0 = v128.shuffle<i32>(m0, m1, 0, 4, 1, 5),
    u1 = v128.shuffle<i32>(m0, m1, 2, 6, 3, 7),
    v0 = v128.shuffle<i32>(m2, m3, 0, 4, 1, 5),
    v1 = v128.shuffle<i32>(m2, m3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<i32>(u0, v0, 0, 1, 4, 5));
  v128.store(out, v128.shuffle<i32>(u0, v0, 2, 3, 6, 7), 16);
  v128.store(out, v128.shuffle<i32>(u1, v1, 0, 1, 4, 5), 32);
  v128.store(out, v128.shuffle<i32>(u1, v1, 2, 3, 6, 7), 48);
}
// Masks (all bits or none) of elements first .. first+n-1 of a site; returns where the first one lies: whole runs of 32 are written from
// `out` on. Threefry-2x32 with 13 rounds, four blocks of four elements a vector, two vectors at a time to hide the rounds' latency.
export function masks(
  first: u32,
  n: i32,
  seed: i32,
  site: i32,
  step: i32,
  limit: i32,
  out: usize,
): usize {
  const k2 = 0x1bd11bda ^ seed ^ site,
    K0 = i32x4.splat(seed),
    K1 = i32x4.splat(site),
    K2 = i32x4.splat(k2),
    C1 = i32x4.splat(step + site),
    L = i32x4.splat(limit),
    LO = i32x4.splat(0xffff);
  const K2a = i32x4.splat(k2 + 1),
    K0b = i32x4.splat(seed + 2),
    K1c = i32x4.splat(site + 3),
    lanes = i32x4.add(i32x4(0, 1, 2, 3), K0),
    begin = out + ((first & 3) << 2),
    end = begin + ((n as usize) << 2);
  for (let block = first >> 2; out < end; block += 8, out += 128) {
    let a = i32x4.add(i32x4.splat(block as i32), lanes),
      b = C1,
      c = i32x4.add(i32x4.splat((block + 4) as i32), lanes),
      d = C1;
    a = i32x4.add(a, b);
    b = v128.xor(rotl4(b, 13), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotl4(d, 13), c);
    a = i32x4.add(a, b);
    b = v128.xor(rotl4(b, 15), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotl4(d, 15), c);
    a = i32x4.add(a, b);
    b = v128.xor(rotl4(b, 26), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotl4(d, 26), c);
    a = i32x4.add(a, b);
    b = v128.xor(rotl4(b, 6), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotl4(d, 6), c);
    a = i32x4.add(a, K1);
    b = i32x4.add(b, K2a);
    c = i32x4.add(c, K1);
    d = i32x4.add(d, K2a);
    a = i32x4.add(a, b);
    b = v128.xor(rotl4(b, 17), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotl4(d, 17), c);
    a = i32x4.add(a, b);
    b = v128.xor(rotl4(b, 29), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotl4(d, 29), c);
    a = i32x4.add(a, b);
    b = v128.xor(rotl4(b, 16), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotl4(d, 16), c);
    a = i32x4.add(a, b);
    b = v128.xor(rotl4(b, 24), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotl4(d, 24), c);
    a = i32x4.add(a, K2);
    b = i32x4.add(b, K0b);
    c = i32x4.add(c, K2);
    d = i32x4.add(d, K0b);
    a = i32x4.add(a, b);
    b = v128.xor(rotl4(b, 13), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotl4(d, 13), c);
    a = i32x4.add(a, b);
    b = v128.xor(rotl4(b, 15), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotl4(d, 15), c);
    a = i32x4.add(a, b);
    b = v128.xor(rotl4(b, 26), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotl4(d, 26), c);
    a = i32x4.add(a, b);
    b = v128.xor(rotl4(b, 6), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotl4(d, 6), c);
    a = i32x4.add(a, K0);
    b = i32x4.add(b, K1c);
    c = i32x4.add(c, K0);
    d = i32x4.add(d, K1c);
    a = i32x4.add(a, b);
    b = v128.xor(rotl4(b, 17), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotl4(d, 17), c);
    storeMasks(a, b, L, LO, out);
    storeMasks(c, d, L, LO, out + 64);
  }
  return begin;
}
// x [n x w] (stride ld) times the mask of elements tokens[i]·w + j; scratch holds a row of masks
export function dropoutRows(
  n: i32,
  w: i32,
  ld: usize,
  x: usize,
  tokens: usize,
  seed: i32,
  site: i32,
  step: i32,
  limit: i32,
  scale: f32,
  scratch: usize,
): void {
  const S = f32x4.splat(scale);
  for (let t = 0; t < n; t++) {
    const m = masks(
      (load<i32>(tokens + (t << 2)) as u32) * (w as u32),
      w,
      seed,
      site,
      step,
      limit,
      scratch,
    );
    for (let j: usize = 0; j < (w as usize) << 2; j += 16)
      v128.store(x + j, v128.and(f32x4.mul(v128.load(x + j), S), v128.load(m + j)));
    x += ld << 2;
  }
}

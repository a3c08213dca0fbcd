// Dropout masks, bit for bit those of lib/random/dropout.ts. Element e of a site takes 16 bits of
//
//     (u, v) = Threefry-2x32, 13 rounds, key (seed, site), counter (e >> 2, step)
//
// in the order u's low half, u's high half, v's low half, v's high half; the element is kept where
// they are at least `limit`. A mask is a float's 32 bits, all set to keep and none to drop, so that
// `v128.and` applies it. Addresses are in bytes.
import { Dropout, DropoutRows } from "./blocks";
import { FLOAT, VECTOR, at, bytesOf } from "./layout";

/** Elements whose masks one round of the loop makes: two vectors of blocks of four. */
const RUN: u32 = 32;

/** Each lane rotated left by `bits`. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function rotateLeft(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}

/** The second half of a round of Threefry, whose first half is a ← a + b. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function mix(b: v128, a: v128, bits: i32): v128 {
  return v128.xor(rotateLeft(b, bits), a);
}

/** Stores the masks of four blocks of four elements from their words u and v, a block a lane. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function storeMasks(u: v128, v: v128, limit: v128, out: usize): void {
  const lowHalf = i32x4.splat(0xffff);
  // element 0 of each block, then 1, 2 and 3
  const m0 = i32x4.ge_s(v128.and(u, lowHalf), limit);
  const m1 = i32x4.ge_s(i32x4.shr_u(u, 16), limit);
  const m2 = i32x4.ge_s(v128.and(v, lowHalf), limit);
  const m3 = i32x4.ge_s(i32x4.shr_u(v, 16), limit);
  // transposed: the elements of a block side by side
  const low01 = v128.shuffle<i32>(m0, m1, 0, 4, 1, 5);
  const high01 = v128.shuffle<i32>(m0, m1, 2, 6, 3, 7);
  const low23 = v128.shuffle<i32>(m2, m3, 0, 4, 1, 5);
  const high23 = v128.shuffle<i32>(m2, m3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<i32>(low01, low23, 0, 1, 4, 5));
  v128.store(out, v128.shuffle<i32>(low01, low23, 2, 3, 6, 7), 16);
  v128.store(out, v128.shuffle<i32>(high01, high23, 0, 1, 4, 5), 32);
  v128.store(out, v128.shuffle<i32>(high01, high23, 2, 3, 6, 7), 48);
}

/**
 * Masks of elements first .. first+n-1; returns where the first one lies. Whole runs of 32 are
 * written from `out` on. Two vectors go at a time, (a, b) and (c, d), to hide the rounds' latency.
 */
export function masks(dropout: Dropout, first: u32, n: i32, out: usize): usize {
  const seed = dropout.seed;
  const site = dropout.site;
  const third = 0x1bd11bda ^ seed ^ site; // Threefry's third key word
  const limit = i32x4.splat(dropout.limit);
  const key0 = i32x4.splat(seed);
  const key1 = i32x4.splat(site);
  const key2 = i32x4.splat(third);
  // what goes to the second word after four, eight and twelve rounds: a key and the count of fours
  const key2and1 = i32x4.splat(third + 1);
  const key0and2 = i32x4.splat(seed + 2);
  const key1and3 = i32x4.splat(site + 3);
  const lanes = i32x4.add(i32x4(0, 1, 2, 3), key0);
  const counter1 = i32x4.splat(dropout.step + site);
  const begin = out + ((first & 3) << 2);
  const end = begin + bytesOf(n);
  for (let block = first >> 2; out < end; block += RUN / 4) {
    let a = i32x4.add(i32x4.splat(block as i32), lanes);
    let b = counter1;
    let c = i32x4.add(i32x4.splat((block + 4) as i32), lanes);
    let d = counter1;

    a = i32x4.add(a, b);
    b = mix(b, a, 13);
    c = i32x4.add(c, d);
    d = mix(d, c, 13);
    a = i32x4.add(a, b);
    b = mix(b, a, 15);
    c = i32x4.add(c, d);
    d = mix(d, c, 15);
    a = i32x4.add(a, b);
    b = mix(b, a, 26);
    c = i32x4.add(c, d);
    d = mix(d, c, 26);
    a = i32x4.add(a, b);
    b = mix(b, a, 6);
    c = i32x4.add(c, d);
    d = mix(d, c, 6);
    a = i32x4.add(a, key1);
    b = i32x4.add(b, key2and1);
    c = i32x4.add(c, key1);
    d = i32x4.add(d, key2and1);

    a = i32x4.add(a, b);
    b = mix(b, a, 17);
    c = i32x4.add(c, d);
    d = mix(d, c, 17);
    a = i32x4.add(a, b);
    b = mix(b, a, 29);
    c = i32x4.add(c, d);
    d = mix(d, c, 29);
    a = i32x4.add(a, b);
    b = mix(b, a, 16);
    c = i32x4.add(c, d);
    d = mix(d, c, 16);
    a = i32x4.add(a, b);
    b = mix(b, a, 24);
    c = i32x4.add(c, d);
    d = mix(d, c, 24);
    a = i32x4.add(a, key2);
    b = i32x4.add(b, key0and2);
    c = i32x4.add(c, key2);
    d = i32x4.add(d, key0and2);

    a = i32x4.add(a, b);
    b = mix(b, a, 13);
    c = i32x4.add(c, d);
    d = mix(d, c, 13);
    a = i32x4.add(a, b);
    b = mix(b, a, 15);
    c = i32x4.add(c, d);
    d = mix(d, c, 15);
    a = i32x4.add(a, b);
    b = mix(b, a, 26);
    c = i32x4.add(c, d);
    d = mix(d, c, 26);
    a = i32x4.add(a, b);
    b = mix(b, a, 6);
    c = i32x4.add(c, d);
    d = mix(d, c, 6);
    a = i32x4.add(a, key0);
    b = i32x4.add(b, key1and3);
    c = i32x4.add(c, key0);
    d = i32x4.add(d, key1and3);

    a = i32x4.add(a, b);
    b = mix(b, a, 17);
    c = i32x4.add(c, d);
    d = mix(d, c, 17);
    storeMasks(a, b, limit, out);
    storeMasks(c, d, limit, out + 16 * FLOAT);
    out += (RUN as usize) * FLOAT;
  }
  return begin;
}

/** x [rows × width] times keep and the mask of elements indices[i]·width + j. */
export function dropoutRows(call: DropoutRows): void {
  const width = call.width;
  const keep = f32x4.splat(call.keep);
  let x = call.x;
  for (let i = 0; i < call.rows; i++) {
    const first = (load<i32>(at(call.indices, i)) as u32) * (width as u32);
    const mask = masks(call, first, width, call.scratch);
    for (let j: usize = 0; j < bytesOf(width); j += VECTOR) {
      const kept = f32x4.mul(v128.load(x + j), keep);
      v128.store(x + j, v128.and(kept, v128.load(mask + j)));
    }
    x += call.ld * FLOAT;
  }
}

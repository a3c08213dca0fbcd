/**
 * The counter-based generator of this project: Threefry-2x32 with 13 rounds (Salmon, Moraes, Dror &
 * Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011; 13 rounds is the smallest count
 * that passes BigCrush). Only additions, rotations and exclusive-ors of 32-bit words, so
 * TypeScript, WebAssembly and WGSL give the same bits. A draw is a pure function of (key, counter):
 * nothing to save in a checkpoint but the step number, and any order or number of threads gives the
 * same masks.
 */

const PARITY = 0x1bd11bda;
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];

/**
 * The two 32-bit words for key (key0, key1) and counter (counter0, counter1), written to out[0],
 * out[1].
 */
export function threefry(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  out: Uint32Array,
): Uint32Array {
  const key2 = PARITY ^ key0 ^ key1;
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  for (let round = 0; round < 13; round++) {
    const r = ROTATIONS[round % 8];
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << r) | (x1 >>> (32 - r))) ^ x0;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x0 = (x0 + third(injection % 3, key0, key1, key2)) | 0;
      x1 = (x1 + third((injection + 1) % 3, key0, key1, key2) + injection) | 0;
    }
  }
  out[0] = x0;
  out[1] = x1;
  return out;
}

/** One of three words: an array of them would be made anew with each draw. */
function third(which: number, a: number, b: number, c: number): number {
  if (which === 0) return a;
  return which === 1 ? b : c;
}

/** A uniform double in [0, 1) with 53 bits from counter `index` of stream (seed, stream). */
export function uniform(seed: number, stream: number, index: number, scratch: Uint32Array): number {
  threefry(seed, stream, index >>> 0, Math.floor(index / 0x100000000), scratch);
  return ((scratch[0] >>> 5) * 67108864 + (scratch[1] >>> 6)) / 9007199254740992;
}

/**
 * A seed of its own for a named stream, so that streams of one run never overlap (FNV-1a over the
 * name, mixed with the seed).
 */
export function streamKey(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/**
 * A permutation of 0..n-1 for (seed, stream): Fisher-Yates from the end, one 53-bit draw a place.
 */
export function permutation(seed: number, stream: number, n: number): Int32Array {
  const order = new Int32Array(n);
  const scratch = new Uint32Array(2);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(uniform(seed, stream, i, scratch) * (i + 1));
    const held = order[i];
    order[i] = order[j];
    order[j] = held;
  }
  return order;
}

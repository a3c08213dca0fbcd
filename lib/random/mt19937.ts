/**
 * The Mersenne Twister (Matsumoto & Nishimura 1998), the generator under both NumPy's `RandomState`
 * and CPython's `random`. They differ in how the seed becomes the state and in how words become
 * numbers; both readings are here, bit for bit.
 */

const N = 624;
const M = 397;

/**
 * State of a generator: 624 words and the position of the next. Plain data, so that it can be saved
 * and restored.
 */
export interface MersenneTwister {
  readonly words: Uint32Array;
  position: number;
}

/**
 * The state that follows from one 32-bit seed (`init_genrand`), as `numpy.random.RandomState(seed)`
 * uses it.
 */
export function fromNumPySeed(seed: number): MersenneTwister {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new RangeError(`NumPy's RandomState takes a seed from 0 to 2^32-1, got ${seed}`);
  }
  const words = new Uint32Array(N);
  words[0] = seed;
  for (let i = 1; i < N; i++) {
    const previous = words[i - 1] ^ (words[i - 1] >>> 30);
    words[i] = Math.imul(1812433253, previous) + i;
  }
  return { words, position: N };
}

/**
 * The state that CPython's `random.seed(seed)` makes of a non-negative integer (`init_by_array`
 * over its 32-bit digits).
 */
export function fromPythonSeed(seed: number): MersenneTwister {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`random.seed takes a non-negative safe integer here, got ${seed}`);
  }
  const key = seed > 0xffffffff ? [seed >>> 0, Math.floor(seed / 0x100000000)] : [seed];
  const twister = fromNumPySeed(19650218);
  const words = twister.words;
  let i = 1;
  let j = 0;
  for (let k = Math.max(N, key.length); k > 0; k--) {
    words[i] = (words[i] ^ Math.imul(words[i - 1] ^ (words[i - 1] >>> 30), 1664525)) + key[j] + j;
    if (++i >= N) {
      words[0] = words[N - 1];
      i = 1;
    }
    if (++j >= key.length) j = 0;
  }
  for (let k = N - 1; k > 0; k--) {
    words[i] = (words[i] ^ Math.imul(words[i - 1] ^ (words[i - 1] >>> 30), 1566083941)) - i;
    if (++i >= N) {
      words[0] = words[N - 1];
      i = 1;
    }
  }
  words[0] = 0x80000000;
  return twister;
}

/** The next 32-bit word, 0 to 2^32-1. */
export function nextWord(twister: MersenneTwister): number {
  const words = twister.words;
  if (twister.position >= N) {
    for (let k = 0; k < N; k++) {
      const y = (words[k] & 0x80000000) | (words[(k + 1) % N] & 0x7fffffff);
      words[k] = words[(k + M) % N] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    twister.position = 0;
  }
  let y = words[twister.position++];
  y ^= y >>> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return (y ^ (y >>> 18)) >>> 0;
}

/**
 * The next double in [0, 1) with 53 random bits: NumPy's `rand()` and CPython's `random()` alike.
 */
export function nextDouble(twister: MersenneTwister): number {
  const high = nextWord(twister) >>> 5;
  const low = nextWord(twister) >>> 6;
  return (high * 67108864 + low) / 9007199254740992;
}

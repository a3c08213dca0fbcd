/** What NumPy's legacy `RandomState` draws, bit for bit. */
import { type MersenneTwister, nextDouble, nextWord } from "./mt19937.ts";

/** Fills `out` with `RandomState.rand()` doubles in [0, 1), in order. */
export function rand(twister: MersenneTwister, out: Float64Array): Float64Array {
  for (let i = 0; i < out.length; i++) out[i] = nextDouble(twister);
  return out;
}

/**
 * `RandomState.shuffle` of a one-dimensional array, in place: Fisher-Yates from the end with masked
 * rejection.
 */
export function shuffle<T>(twister: MersenneTwister, values: T[]): T[] {
  for (let i = values.length - 1; i > 0; i--) {
    const j = interval(twister, i);
    [values[i], values[j]] = [values[j], values[i]];
  }
  return values;
}

/**
 * A uniform integer in [0, max], by drawing words and masking until one fits (`random_interval`).
 */
function interval(twister: MersenneTwister, max: number): number {
  if (max > 0xffffffff) {
    throw new RangeError(
      `shuffling ${max + 1} values needs 64-bit draws, which are not implemented`,
    );
  }
  const mask = max === 0 ? 0 : 0xffffffff >>> Math.clz32(max);
  for (;;) {
    const value = (nextWord(twister) & mask) >>> 0;
    if (value <= max) return value;
  }
}

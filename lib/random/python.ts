/**
 * What CPython's `random` module draws, bit for bit (3.11; `sample` is the same from 3.2 on for
 * sequences).
 */
import { type MersenneTwister, nextWord } from "./mt19937.ts";

/** `random.sample(range(population), size)`: distinct indices in the order of drawing. */
export function sample(twister: MersenneTwister, population: number, size: number): Int32Array {
  if (size < 0 || size > population) {
    throw new RangeError(
      `a sample of ${size} needs a population at least as large, got ${population}`,
    );
  }
  const result = new Int32Array(size);
  // CPython's estimate of a small set's size; above it a list copy is the cheaper method
  let setSize = 21;
  if (size > 5) setSize += 4 ** Math.ceil(Math.log(size * 3) / Math.log(4));
  if (population <= setSize) {
    const pool = Int32Array.from({ length: population }, (_, i) => i);
    for (let i = 0; i < size; i++) {
      const j = below(twister, population - i);
      result[i] = pool[j];
      pool[j] = pool[population - i - 1];
    }
  } else {
    const selected = new Set<number>();
    for (let i = 0; i < size; i++) {
      let j = below(twister, population);
      while (selected.has(j)) j = below(twister, population);
      selected.add(j);
      result[i] = j;
    }
  }
  return result;
}

/** `_randbelow_with_getrandbits`: a uniform integer in [0, n), n ≤ 2^31. */
function below(twister: MersenneTwister, n: number): number {
  if (n === 0) return 0;
  const bits = 32 - Math.clz32(n);
  for (;;) {
    const value = nextWord(twister) >>> (32 - bits);
    if (value < n) return value;
  }
}

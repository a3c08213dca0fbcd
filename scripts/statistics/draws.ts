/** Random numbers for simulations: counter-based, the same for the same seed and name. */
import { streamKey, uniform } from "../../lib/random/threefry.ts";

/** A source of independent draws. */
export interface Draws {
  /** In [0, 1). */
  uniform(): number;
  /** From the gamma distribution of this shape and scale 1; 0 for shape 0. */
  gamma(shape: number): number;
}

/** The draws of a named stream. */
export function drawsOf(seed: number, name: string): Draws {
  const stream = streamKey(name);
  const words = new Uint32Array(2);
  let index = 0;
  const next = () => uniform(seed, stream, index++, words);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

  /** Marsaglia & Tsang, "A simple method for generating gamma variables" (2000). */
  function gamma(shape: number): number {
    if (shape === 0) return 0;
    if (shape < 1) return gamma(shape + 1) * (1 - next()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  return { uniform: next, gamma };
}

/**
 * The random baseline (notebook cell 06-06): uniform scores from NumPy's `RandomState`, drawn query
 * after query.
 */
import { fromNumPySeed, type MersenneTwister } from "../random/mt19937.ts";
import { rand } from "../random/numpy.ts";

/** Uniform random scores; the seed is all there is. */
export interface RandomModel {
  readonly architecture: "random";
  readonly nItems: number;
  readonly seed: number;
}

/**
 * Scores [rows × nItems] for the next `rows` queries of the stream `twister`, which this advances.
 */
export function scoreRandom(
  { nItems }: RandomModel,
  twister: MersenneTwister,
  rows: number,
): Float64Array {
  return rand(twister, new Float64Array(rows * nItems));
}

/** The stream in which the model's scores are drawn. */
export function randomStream({ seed }: RandomModel): MersenneTwister {
  return fromNumPySeed(seed);
}

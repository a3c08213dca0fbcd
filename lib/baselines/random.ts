/**
 * The random baseline (notebook cell 06-06): uniform scores from NumPy's `RandomState`, drawn query
 * after query.
 */
import { fromNumPySeed, type MersenneTwister } from "../random/mt19937.ts";
import { rand } from "../random/numpy.ts";
import { type Baseline, fittedAtOnce, type NoSettings, plainScorer } from "./baseline.ts";
import { modelFileReader, plainModelBytes } from "./model_files.ts";

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

/** The baseline. */
export const RANDOM: Baseline<NoSettings, RandomModel> = {
  name: "random",
  title: "Random",
  family: "reference",
  source: "NumPy's RandomState(seed).rand, query after query",
  differs: "nothing: the same doubles",
  byDefault: true,
  seeded: true,
  inNotebook: true,
  finding: "against chance",
  config: {},
  architecture: "random",
  extension: "json",
  fit: ({ nItems }, _, { seed }) =>
    fittedAtOnce<RandomModel>({ architecture: "random", nItems, seed }),
  scorer: (model) => {
    const stream = fromNumPySeed(model.seed);
    return plainScorer({
      nItems: model.nItems,
      streams: true,
      score: (queries) => scoreRandom(model, stream, queries.length),
    });
  },
  encode: plainModelBytes,
  decode: (bytes, path): RandomModel => {
    const { count } = modelFileReader("random", bytes, path);
    return {
      architecture: "random",
      nItems: count("nItems", 10_000_000),
      seed: count("seed", 0xffffffff),
    };
  },
  itemsOf: ({ nItems }) => nItems,
};

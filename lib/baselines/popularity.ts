/** The popularity baseline (notebook cell 06-07): how often each course is a training label. */
import { type Baseline, fittedAtOnce, type NoSettings, plainScorer } from "./baseline.ts";
import { modelFileReader, plainModelBytes } from "./model_files.ts";

/** Share of each course among the training labels. */
export interface PopularityModel {
  readonly architecture: "popularity";
  /** [nItems] shares, which sum to 1. */
  readonly shares: Float64Array;
}

/** Counts the labels. @throws RangeError when there are none. */
export function fitPopularity(nItems: number, labels: Int32Array): PopularityModel {
  if (labels.length === 0) throw new RangeError("popularity needs at least one label");
  const shares = new Float64Array(nItems);
  for (const label of labels) shares[label]++;
  for (let i = 0; i < nItems; i++) shares[i] /= labels.length;
  return { architecture: "popularity", shares };
}

/** Scores [rows × nItems]: the shares, the same for every query. */
export function scorePopularity({ shares }: PopularityModel, rows: number): Float64Array {
  const scores = new Float64Array(rows * shares.length);
  for (let row = 0; row < rows; row++) scores.set(shares, row * shares.length);
  return scores;
}

/** The `count` most popular courses, ties to the lower id. */
export function mostPopular({ shares }: PopularityModel, count: number): number[] {
  return Array.from(shares, (_, id) => id).sort((a, b) => shares[b] - shares[a] || a - b).slice(
    0,
    count,
  );
}

/** Courses shown after the fit. */
const SHOWN = 5;

/** The baseline. */
export const POPULARITY: Baseline<NoSettings, PopularityModel> = {
  name: "popularity",
  title: "Popularity",
  family: "reference",
  source: "share of each course among the training labels",
  differs: "nothing",
  byDefault: true,
  inNotebook: true,
  finding: "against best",
  config: {},
  architecture: "popularity",
  extension: "json",
  fit: ({ nItems, pairs }) => fittedAtOnce(fitPopularity(nItems, pairs.label)),
  scorer: (model) =>
    plainScorer({
      nItems: model.shares.length,
      score: (queries) => scorePopularity(model, queries.length),
    }),
  encode: ({ architecture, shares }) => plainModelBytes({ architecture, shares: [...shares] }),
  decode: (bytes, path): PopularityModel => {
    const { field, refuse } = modelFileReader("popularity", bytes, path);
    const shares = field("shares");
    if (!Array.isArray(shares) || !shares.every((x) => typeof x === "number" && x >= 0)) {
      return refuse("shares is not a list of numbers", "the share of each course");
    }
    return { architecture: "popularity", shares: Float64Array.from(shares) };
  },
  itemsOf: ({ shares }) => shares.length,
  highlights: (model) =>
    mostPopular(model, SHOWN).map((item) => ({ item, share: model.shares[item] })),
};

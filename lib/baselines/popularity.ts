/** The popularity baseline (notebook cell 06-07): how often each course is a training label. */

/** Share of each course among the training labels. */
export interface PopularityModel {
  readonly architecture: "popularity";
  /** [nItems] shares, which sum to 1. */
  readonly shares: Float64Array;
}

/** Counts the labels. */
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

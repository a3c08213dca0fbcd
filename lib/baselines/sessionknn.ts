/**
 * Session-KNN as the notebook's code has it (cell 06-10C): Jaccard similarity of item sets over a
 * random sample of the training users, the k nearest, items weighted by similarity and place. The
 * published V-SKNN and VMIS-kNN are other models.
 */
import { type Pairs, prefixOf } from "../dataset/dataset.ts";
import { fromPythonSeed, type MersenneTwister } from "../random/mt19937.ts";
import { sample } from "../random/python.ts";

/** The database: one entry a training user, its courses in order of first appearance, each once. */
export interface SessionKnnModel {
  readonly architecture: "sessionknn";
  readonly nItems: number;
  /** Neighbours that vote. */
  readonly k: number;
  /** Entries drawn for each query when there are more. */
  readonly sampleSize: number;
  readonly seed: number;
  /** [entries + 1] */
  readonly offsets: Int32Array;
  readonly items: Int32Array;
}

/**
 * Builds the database from training pairs: users in code-point order, each one's pairs by time,
 * prefix then label.
 */
export function fitSessionKnn(
  nItems: number,
  pairs: Pairs,
  seed: number,
  k = 100,
  sampleSize = 500,
): SessionKnnModel {
  const order = Int32Array.from({ length: pairs.count }, (_, row) => row);
  order.sort((a, b) =>
    pairs.user[a] - pairs.user[b] || pairs.labelTime[a] - pairs.labelTime[b] || a - b
  );
  const offsets = new Int32Array(pairs.users.length + 1);
  const items: number[] = [];
  const seenBy = new Int32Array(nItems).fill(-1);
  const add = (item: number, user: number) => {
    if (seenBy[item] !== user) {
      seenBy[item] = user;
      items.push(item);
    }
  };
  let at = 0;
  for (let user = 0; user < pairs.users.length; user++) {
    for (; at < order.length && pairs.user[order[at]] === user; at++) {
      for (const item of prefixOf(pairs, order[at])) add(item, user);
      add(pairs.label[order[at]], user);
    }
    offsets[user + 1] = items.length;
  }
  return {
    architecture: "sessionknn",
    nItems,
    k,
    sampleSize,
    seed,
    offsets,
    items: Int32Array.from(items),
  };
}

/** The stream of the samples; queries draw from it one after the other. */
export function sampleStream({ seed }: SessionKnnModel): MersenneTwister {
  return fromPythonSeed(seed);
}

/**
 * Scores [nItems] of one query's prefix; draws from `twister` when the database is larger than a
 * sample. Sums in the notebook's order.
 */
export function scoreSessionKnn(
  model: SessionKnnModel,
  prefix: Int32Array,
  twister: MersenneTwister,
): Float64Array {
  const { nItems, k, sampleSize, offsets, items } = model;
  const entries = offsets.length - 1;
  const scores = new Float64Array(nItems);
  if (prefix.length === 0 || entries === 0) return scores;
  const pool = entries > sampleSize
    ? sample(twister, entries, sampleSize)
    : Int32Array.from({ length: entries }, (_, i) => i);
  const query = new Set(prefix);
  const similarity = new Float64Array(pool.length);
  pool.forEach((entry, i) => {
    let shared = 0;
    for (let j = offsets[entry]; j < offsets[entry + 1]; j++) if (query.has(items[j])) shared++;
    similarity[i] = shared / (query.size + offsets[entry + 1] - offsets[entry] - shared);
  });
  const nearest = Array.from(pool, (_, i) => i).sort((a, b) =>
    similarity[b] - similarity[a] || a - b
  ).slice(0, k);
  const total = nearest.reduce((sum, i) => sum + similarity[i], 0);
  if (total === 0) return scores;
  for (const i of nearest) {
    const begin = offsets[pool[i]];
    const length = offsets[pool[i] + 1] - begin;
    for (let j = 0; j < length; j++) scores[items[begin + j]] += similarity[i] * (j + 1) / length;
  }
  for (let item = 0; item < nItems; item++) scores[item] /= total;
  return scores;
}

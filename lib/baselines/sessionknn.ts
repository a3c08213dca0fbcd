/**
 * Session-KNN as the notebook's code has it (cell 06-10C): Jaccard similarity of item sets over a
 * random sample of the training users, the k nearest, items weighted by similarity and place. The
 * published V-SKNN and VMIS-kNN are other models.
 */
import { type Pairs, prefixOf } from "../dataset/dataset.ts";
import { fromPythonSeed, type MersenneTwister } from "../random/mt19937.ts";
import { sample } from "../random/python.ts";
import { integer, type Setting } from "../settings/settings.ts";
import { type Baseline, fittedAtOnce, plainScorer } from "./baseline.ts";
import { type ModelFile, modelFileReader, plainModelBytes } from "./model_files.ts";

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
  { seed, k = 100, sampleSize = 500 }: Pick<SessionKnnModel, "seed"> & Partial<SessionKnnModel>,
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

/** What may be set. */
export type SessionKnnSettings = {
  readonly k: Setting<number>;
  readonly sampleSize: Setting<number>;
};

const CONFIG: SessionKnnSettings = {
  k: integer("neighbours that vote", 100, 1, 1_000_000_000),
  sampleSize: integer("training users drawn for each query", 500, 1, 1_000_000_000),
};

/** The baseline. */
export const SESSIONKNN: Baseline<SessionKnnSettings, SessionKnnModel> = {
  name: "sessionknn",
  title: "Session-KNN",
  family: "neighbours",
  source: "notebook cell 06-10C: Jaccard over sampled training users, CPython's random.sample",
  differs: "nothing: the same samples and sums",
  byDefault: true,
  seeded: true,
  inNotebook: true,
  finding: "against best",
  config: CONFIG,
  architecture: "sessionknn",
  extension: "json",
  fit: ({ nItems, pairs }, { k, sampleSize }, { seed }) =>
    fittedAtOnce(fitSessionKnn(nItems, pairs, { seed, k, sampleSize })),
  scorer: (model) => {
    const twister = fromPythonSeed(model.seed);
    const { nItems } = model;
    return plainScorer({
      nItems,
      streams: true,
      score: (queries) => {
        const scores = new Float64Array(queries.length * nItems);
        queries.forEach(({ prefix }, row) => {
          scores.set(scoreSessionKnn(model, prefix, twister), row * nItems);
        });
        return scores;
      },
    });
  },
  encode: ({ offsets, items, ...rest }) =>
    plainModelBytes({ ...rest, sessions: sessionsOf(offsets, items) }),
  decode: (bytes, path) => decodeSessionKnn(modelFileReader("sessionknn", bytes, path)),
  itemsOf: ({ nItems }) => nItems,
  notebook: ({ k, sampleSize }) => ({
    key: "sessionknn_config",
    fields: { k, sample_size: sampleSize, similarity: "jaccard" },
  }),
};

function sessionsOf(offsets: Int32Array, items: Int32Array): number[][] {
  return Array.from(
    { length: offsets.length - 1 },
    (_, i) => [...items.subarray(offsets[i], offsets[i + 1])],
  );
}

function decodeSessionKnn({ field, count, refuse }: ModelFile): SessionKnnModel {
  const sessions = field("sessions");
  const nItems = count("nItems", 10_000_000);
  const isCourse = (item: unknown) =>
    typeof item === "number" && Number.isInteger(item) && item >= 0 && item < nItems;
  const isSession = (session: unknown) => Array.isArray(session) && session.every(isCourse);
  if (!Array.isArray(sessions) || !sessions.every(isSession)) {
    return refuse("sessions is not a list of lists of course ids", "the training users' courses");
  }
  const offsets = new Int32Array(sessions.length + 1);
  sessions.forEach((session, i) => {
    offsets[i + 1] = offsets[i] + session.length;
  });
  return {
    architecture: "sessionknn",
    nItems,
    k: count("k", 1e9),
    sampleSize: count("sampleSize", 1e9),
    seed: count("seed", Number.MAX_SAFE_INTEGER),
    offsets,
    items: Int32Array.from(sessions.flat()),
  };
}

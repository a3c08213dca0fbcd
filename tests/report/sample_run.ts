/**
 * Invented documents of a finished run, for tests: plausible ranks drawn from a small generator of
 * their own.
 */
import { clustersOf } from "../../lib/metrics/clusters.ts";
import { metricInterval } from "../../lib/metrics/interval.ts";
import { computeMetrics, METRIC_NAMES } from "../../lib/metrics/metrics.ts";
import {
  CONFIG,
  QUERIES,
  REPORT,
  RESULTS,
  type RunDocuments,
} from "../../lib/runs/run_documents.ts";

/** What may be asked of the invented run. */
export interface SampleOptions {
  readonly tag?: string;
  readonly episodes?: number;
  /** Users who share the episodes in turns; otherwise the run does not know them, as older ones. */
  readonly users?: number;
  readonly q?: number;
  readonly seed?: number;
  /** Course names; their number is the catalogue's. */
  readonly courses?: readonly string[];
  /** The higher, the better each model ranks. */
  readonly skill?: Readonly<Record<string, number>>;
  readonly epochs?: number;
  readonly synthetic?: boolean;
  readonly ceiling?: Record<string, number>;
  /** As older runs: another name of the ceiling, the first queries as samples, no data card. */
  readonly old?: boolean;
}

/** How well the invented models rank. */
export const SKILL = {
  random: 0,
  popularity: 1.2,
  gru_global: 3.4,
  sasrec: 3.1,
  sessionknn: 2.7,
  sasrec_last_item: 3.3,
};

/** Every chart that a run with trained models and popular courses has. */
export const CHARTS = [
  "metric-accuracy-at-1",
  "metric-recall-at-5",
  "metric-recall-at-10",
  "metric-mrr",
  "rank-bands",
  "recall-curve",
  "prefix-accuracy-at-1",
  "prefix-recall-at-10",
  "popularity-accuracy-at-1",
  "popularity-recall-at-10",
  "episodes-accuracy-at-1",
  "episodes-recall-at-10",
  "loss",
  "popular-courses",
  "fit-time",
  "score-time",
];

/** What the invented run says of its data. */
const DATA_CARD = {
  name: "sample",
  folder: "data/sample",
  courses: 420,
  split_rule: "by user: dealt at random",
  splits: {
    train: { users: 3000, pairs: 15_000, episodes: 2000, first: "2015-08-01", last: "2017-05-30" },
    test: { users: 48, pairs: 700, episodes: 48, first: "2015-09-02", last: "2017-04-28" },
  },
};

/** The documents. The same options give the same documents. */
export function sampleRun(options: SampleOptions = {}): RunDocuments {
  const {
    tag = "20260130_075435",
    episodes = 48,
    q = 10,
    seed = 1,
    skill = SKILL,
    epochs = 10,
    synthetic = false,
    users,
    old = false,
  } = options;
  const courses = options.courses ?? Array.from({ length: 420 }, (_, i) => `course ${i}`);
  const n = episodes * q;
  const draw = mulberry(seed);
  const prefixes = Array.from({ length: n }, (_, i) => 1 + (i % q) + Math.floor(25 * draw() ** 4));
  const labels = Array.from({ length: n }, () => Math.floor(courses.length * draw() ** 2));
  const counts = courses.map((_, i) =>
    Math.floor(600 / (1 + i) ** 0.8) - (i > 0.9 * courses.length ? 100 : 0)
  ).map((x) => Math.max(0, x));
  const easiness = Array.from({ length: episodes }, () => 0.4 + 1.2 * draw());
  const ranks = Object.fromEntries(
    Object.entries(skill).map(([name, level]) => [
      name,
      labels.map((label, i) => {
        const power = level * easiness[Math.floor(i / q)] *
          (0.7 + 0.6 * (counts[label] > 20 ? 1 : 0.4));
        return 1 + Math.floor(courses.length * draw() ** (1 + 2 * power) * 0.999);
      }),
    ]),
  );
  const clusters = clustersOf(labels.map((_, i) => Math.floor(i / q)));
  const offsets = Array.from({ length: episodes + 1 }, (_, e) => e * q);
  const ids = { run_id: `id of ${tag}`, run_tag: tag };
  const data = synthetic
    ? { synthetic, preset: "sample", seed, process_version: "1" }
    : { synthetic: false };
  const metrics = Object.fromEntries(
    Object.entries(ranks).map(([name, list]) => [name, { ...computeMetrics(list) }]),
  );
  const randomOrder = Object.fromEntries(
    Object.entries(metrics).map(([name, values]) => [
      name,
      name === "popularity" ? { ...values, mean_rank: 123.456 } : null,
    ]),
  );
  const environment = { program: "0.1.0", deno: "2.9.6", os: "linux", arch: "x86_64", cores: 2 };
  const neural = (name: string) => name.startsWith("gru") || name.startsWith("sasrec");
  const flags = {
    data: "data/sample",
    models: Object.keys(skill),
    epochs,
    batchSize: 256,
    learningRate: 0.001,
    seed,
    device: "auto",
  };
  const documents = {
    config: {
      ...ids,
      seed,
      device: "wasm",
      device_reason: "no hardware GPU",
      k_shot_config: { K: 5, Q: q },
      data,
      inputs: { vocab: "data/sample/vocab/course2id.json" },
      gru_config: { embedding_dim: 64, hidden_dim: 128, dropout: 0.2 },
      sasrec_config: { hidden_dim: 64, num_heads: 2, num_blocks: 2, readout: "last_column" },
      flags,
      command: `deno task baselines --data data/sample --models ${
        Object.keys(skill)
      } --k 5 --q ${q}`,
      environment,
    },
    report: {
      ...ids,
      status: "finished",
      created_at: "2026-01-30T07:54:35",
      data,
      ...(old ? {} : { data_card: DATA_CARD }),
      metrics,
      key_findings: [
        "gru_global is the best of these models by Accuracy@1.",
        "sasrec is not distinguishable from it.",
      ],
      sanity_samples: {
        popular_courses: courses.slice(0, 5).map((course, i) => ({
          course,
          share: 0.05 / (1 + i),
        })),
        queries: [0, 1].map((i) => ({
          ...(old ? {} : {
            kind: ["win", "disagreement"][i],
            ranks: Object.fromEntries(Object.keys(skill).map((name, m) => [name, 5 + 995 * m])),
          }),
          pair_id: 1000 + i,
          prefix: courses.slice(1, 3 + i),
          label: courses[labels[i % n]],
          top5: Object.fromEntries(
            Object.keys(skill).map((
              name,
              m,
            ) => [name, [...courses.slice(m, m + 4), courses[labels[i % n]]]]),
          ),
        })),
      },
      data_fingerprints: [
        "vocab/course2id.json",
        "pairs/pairs_train.parquet",
        "pairs/pairs_test.parquet",
      ].map((path, i) => ({
        path: `data/sample/${path}`,
        bytes: 12_345 * (i + 1),
        sha256: String(i).repeat(64),
      })),
      notes: synthetic ? ["SYNTHETIC DATA: preset sample."] : [],
      training: Object.fromEntries(
        Object.keys(skill).map((name, m) => [name, {
          seconds: neural(name) ? 40 + 7 * m : 0.003 * (m + 1),
          ...(neural(name)
            ? {
              device: "wasm",
              parameters: 90_000 + 1000 * m,
              epoch_losses: Array.from({ length: epochs }, (_, e) => 2.6 + 0.1 * m + 3 * 0.7 ** e),
            }
            : {}),
        }]),
      ),
      evaluation: {
        seconds: Object.fromEntries(
          Object.keys(skill).map((name, m) => [name, 0.02 * (m + 1) ** 2]),
        ),
      },
      environment,
    },
    results: {
      ...ids,
      k_shot_config: { K: 5, Q: q },
      n_test_episodes: episodes,
      n_queries: n,
      n_items: courses.length,
      data,
      baselines: metrics,
      intervals_95: Object.fromEntries(
        Object.entries(ranks).map((
          [name, list],
        ) => [
          name,
          Object.fromEntries(
            METRIC_NAMES.map((metric) => [metric, metricInterval(list, clusters, metric)]),
          ),
        ]),
      ),
      tied_queries: Object.fromEntries(
        Object.keys(skill).map((name) => {
          const tied = name === "popularity" ? Math.round(0.8 * n) : 0;
          return [name, neural(name) ? null : tied];
        }),
      ),
      [old ? "oracle" : "ceiling"]: options.ceiling,
      ...(old ? {} : { ties_in_random_order: randomOrder }),
    },
    queries: {
      ...ids,
      episode_ids: Array.from({ length: episodes }, (_, e) => e),
      episode_offsets: offsets,
      episode_users: users && offsets.slice(1).map((_, episode) => episode % users),
      pair_ids: labels.map((_, i) => 5000 + i),
      labels,
      prefix_lengths: prefixes,
      label_train_counts: labels.map((label) => counts[label]),
      ranks,
    },
  };
  return {
    config: CONFIG(documents.config, "config"),
    report: REPORT(documents.report, "report"),
    results: RESULTS(documents.results, "results"),
    queries: QUERIES(documents.queries, "queries"),
    courses,
  };
}

/** A small generator of numbers in [0, 1) (mulberry32, public domain). */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x100000000;
  };
}

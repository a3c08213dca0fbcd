/**
 * The shapes of a run's documents: what is written is checked by the same record that checks what
 * is read. Further fields are kept, and fields that older versions did not write are optional.
 */
import {
  anyObject,
  anything,
  integer,
  list,
  number,
  object,
  type Of,
  optional,
  orNull,
  record,
  type Shape,
  text,
  truth,
} from "../files/shape.ts";

/** What a document says of its data: synthetic or not, and what their label times are. */
export const DATA = object({
  synthetic: truth,
  /** Absent where they are epoch seconds. */
  label_times: optional(text),
  preset: optional(text),
  seed: optional(number()),
  process_version: optional(text),
});
/** Path, size and hash of a file. */
export const FINGERPRINT = object({ path: text, bytes: integer(), sha256: text });
/** The notebook's four first; runs before the others have those alone. */
export const METRICS = object({
  "accuracy@1": number(0),
  "recall@5": number(0),
  "recall@10": number(0),
  mrr: number(0),
  "ndcg@5": optional(number(0)),
  "ndcg@10": optional(number(0)),
  "ndcg@20": optional(number(0)),
  /** Of the first ten recommended; absent where a model was ranked on a device. */
  "coverage@10": optional(number(0)),
  "popularity@10": optional(number(0)),
  "novelty@10": optional(number(0)),
  "gini@10": optional(number(0)),
});
const INTERVAL = object({ low: number(), high: number() });
const INTERVALS = object({
  "accuracy@1": INTERVAL,
  "recall@5": INTERVAL,
  "recall@10": INTERVAL,
  mrr: INTERVAL,
  "ndcg@5": optional(INTERVAL),
  "ndcg@10": optional(INTERVAL),
  "ndcg@20": optional(INTERVAL),
});
/** Every model over some of the queries. */
const GROUP = {
  by: text,
  name: text,
  n_queries: integer(1),
  n_users: integer(1),
  baselines: record(METRICS),
  intervals_95: record(INTERVALS),
};
/** What a model reaches on average when courses of equal score are put in random order. */
const UNDER_TIES = object({
  mean_rank: number(1),
  "accuracy@1": number(0),
  "recall@5": number(0),
  "recall@10": number(0),
  mrr: number(0),
});
/** Two models by one metric. */
const COMPARISON = object({
  metric: text,
  better: text,
  worse: text,
  difference: number(),
  interval_95: INTERVAL,
  p: number(0),
  p_exact: truth,
  p_holm: number(0),
  distinguishable: truth,
});
/** Pairs of an episode. */
export const K_Q = object({ K: integer(1), Q: integer(1) });

/** What a run says of a baseline, so that its page needs no list of them. */
const MODEL = object({
  title: text,
  family: text,
  source: text,
  differs: text,
  handicap: optional(object({ reason: text, corrected: text })),
  config: record(anything),
});

/** What a reader should know of a run's data before its numbers. */
const DATA_CARD = object({
  name: text,
  folder: text,
  courses: integer(1),
  split_rule: text,
  /** Absent where label times are dates. */
  label_times: optional(text),
  splits: record(object({
    users: integer(),
    pairs: integer(),
    episodes: integer(),
    first: optional(text),
    last: optional(text),
  })),
});

/** config.json. */
export const CONFIG = object({
  notebook: optional(text),
  run_id: text,
  run_tag: text,
  seed: integer(),
  device: text,
  device_reason: text,
  k_shot_config: K_Q,
  data: DATA,
  inputs: record(text),
  baselines: optional(list(text)),
  models: optional(record(MODEL)),
  metrics: optional(list(text)),
  tie_policy: optional(text),
  flags: record(anything),
  outputs: optional(anyObject),
  environment: anyObject,
});

/** How the training of one model went. */
export const TRAINING = object({
  seconds: number(0),
  device: optional(text),
  parameters: optional(integer()),
  epoch_losses: optional(list(number())),
  /** Each epoch's metrics on the validation episodes. */
  validation: optional(list(record(number(0)))),
  /** The epoch whose parameters are the model, where validation chose it. */
  kept_epoch: optional(integer(1)),
});

/** report.json. */
export const REPORT = object({
  notebook: optional(text),
  run_id: text,
  run_tag: text,
  status: text,
  created_at: text,
  repo_root: optional(text),
  data: DATA,
  data_card: optional(DATA_CARD),
  metrics: record(METRICS),
  key_findings: list(text),
  sanity_samples: object({
    popular_courses: list(object({ course: text, share: number(0) })),
    queries: list(
      object({
        /** Why it is shown: a win, a loss, a disagreement; absent in older runs. */
        kind: optional(text),
        pair_id: number(),
        prefix: list(text),
        label: text,
        top5: record(list(text)),
        ranks: optional(record(number(1))),
      }),
    ),
  }),
  data_fingerprints: list(FINGERPRINT),
  notes: list(text),
  training: record(TRAINING),
  evaluation: object({
    seconds: record(number(0)),
    intervals_95: optional(record(INTERVALS)),
    tied_queries: optional(record(orNull(integer()))),
    comparisons: optional(list(COMPARISON)),
  }),
  environment: anyObject,
});

/** results.json. */
export const RESULTS = object({
  run_id: text,
  run_tag: text,
  k_shot_config: K_Q,
  n_test_episodes: integer(1),
  n_queries: integer(1),
  n_items: integer(1),
  data: DATA,
  baselines: record(METRICS),
  intervals_95: record(INTERVALS),
  tied_queries: record(orNull(integer())),
  best_within_noise: optional(record(list(text))),
  statistics: optional(
    object({ users: integer(1), intervals: text, p_values: text, distinguishable: text }),
  ),
  ties_in_random_order: optional(record(orNull(UNDER_TIES))),
  /** By label (returns, new) and by the length of the prefix. */
  groups: optional(list(object(GROUP))),
  /** Ranked without each query's own courses, on the queries whose label is not one of them. */
  seen_excluded: optional(object({
    ...GROUP,
    best_within_noise: record(list(text)),
    groups: list(object(GROUP)),
  })),
  /** Of synthetic data: what knowing their process would reach. */
  ceiling: optional(METRICS),
  /** Its name in older runs. */
  oracle: anything,
});

/** queries.json. */
export const QUERIES = object({
  data: optional(DATA),
  run_id: text,
  run_tag: text,
  episode_ids: list(number()),
  episode_offsets: list(integer()),
  episode_users: optional(list(integer())),
  pair_ids: list(number()),
  labels: list(integer()),
  prefix_lengths: list(integer()),
  label_train_counts: list(integer()),
  /** Whether the prefix has the label. */
  label_seen: optional(list(truth)),
  ranks: record(list(number(1))),
  /** Ranks without each query's own courses, of the queries whose label is not seen. */
  ranks_seen_excluded: optional(record(list(number(1)))),
});

/** manifest.json. */
export const MANIFEST = object({
  run_id: text,
  notebook: optional(text),
  run_tag: text,
  data: optional(DATA),
  artifacts: list(FINGERPRINT),
});
/** models/vocabulary.json: course names by id. */
export const VOCABULARY = list(text);

/**
 * A document that is about to be written, checked by its shape. A fault here is a defect of ours:
 * it would otherwise show when somebody reads the run.
 */
export function checked<T>(shape: Shape<T>, document: T, name: string): T {
  shape(document, name);
  return document;
}

export type ConfigDocument = Of<typeof CONFIG>;
export type ReportDocument = Of<typeof REPORT>;
export type ResultsDocument = Of<typeof RESULTS>;
export type QueriesDocument = Of<typeof QUERIES>;
export type ManifestDocument = Of<typeof MANIFEST>;

/** The documents from which a run's page is made. */
export interface RunDocuments {
  readonly config: ConfigDocument;
  readonly report: ReportDocument;
  readonly results: ResultsDocument;
  readonly queries: QueriesDocument;
  /** Course names by id. */
  readonly courses: readonly string[];
}

/** Where the documents contradict each other, as a sentence; undefined when they agree. */
export function contradiction(
  { config, report, results, queries, courses }: RunDocuments,
): string | undefined {
  const count = queries.labels.length;
  const { episode_offsets: offsets, ranks } = queries;
  const lengths = {
    pair_ids: queries.pair_ids,
    prefix_lengths: queries.prefix_lengths,
    label_train_counts: queries.label_train_counts,
  };
  for (const document of [report, results, queries]) {
    if (document.run_id !== config.run_id) {
      return `config.json is of run ${config.run_id}, another document of ${document.run_id}`;
    }
  }
  for (const [name, values] of Object.entries(lengths)) {
    if (values.length !== count) {
      return `queries.json has ${count} labels and ${values.length} ${name}`;
    }
  }
  if (
    offsets[0] !== 0 || offsets.at(-1) !== count ||
    offsets.some((offset, i) => i > 0 && offset < offsets[i - 1])
  ) {
    return `queries.json's episode_offsets do not go up from 0 to ${count}`;
  }
  if (queries.episode_ids.length !== offsets.length - 1) {
    return `queries.json has ${queries.episode_ids.length} episode_ids`;
  }
  const users = queries.episode_users?.length ?? offsets.length - 1;
  if (users !== offsets.length - 1) return `queries.json has ${users} episode_users`;
  const outside = queries.labels.find((label) => label >= courses.length);
  if (outside !== undefined) {
    return `queries.json has the label ${outside} among ${courses.length} courses`;
  }
  for (const name of Object.keys(results.baselines)) {
    if (name === "oracle") continue; // the ceiling of an older run, no model
    if (ranks[name]?.length !== count) {
      return `queries.json has ${ranks[name]?.length ?? "no"} ranks of ${name}, expected ${count}`;
    }
    if (results.intervals_95[name] === undefined) return `results.json has no intervals of ${name}`;
  }
  if (results.n_items !== courses.length) {
    return `results.json counts ${results.n_items} courses, the vocabulary ${courses.length}`;
  }
  return undefined;
}

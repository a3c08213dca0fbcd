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
  text,
  truth,
} from "../files/shape.ts";
import {
  BEGUN,
  DATA,
  FINGERPRINT,
  INTERVAL,
  INTERVALS,
  K_Q,
  METRICS,
  NAMES,
  TUNED,
} from "./document_parts.ts";

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
  ...BEGUN,
  notebook: optional(text),
  inputs: record(text),
  baselines: optional(list(text)),
  models: optional(record(MODEL)),
  metrics: optional(list(text)),
  tie_policy: optional(text),
  outputs: optional(anyObject),
});

/** How the training of one model went. */
export const TRAINING = object({
  seconds: number(0),
  device: optional(text),
  /** What the engine chose by time, where it was asked to. */
  tuned: optional(TUNED),
  parameters: optional(integer()),
  epoch_losses: optional(list(number())),
  /** Each epoch's metrics on the validation episodes. */
  validation: optional(list(record(number(0)))),
  /** The epoch whose parameters are the model, where validation chose it. */
  kept_epoch: optional(integer(1)),
});

/** report.json. */
export const REPORT = object({
  ...NAMES,
  notebook: optional(text),
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
  ...NAMES,
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
  ...NAMES,
  data: optional(DATA),
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
  ...NAMES,
  notebook: optional(text),
  data: optional(DATA),
  artifacts: list(FINGERPRINT),
});
/** models/vocabulary.json: course names by id. */
export const VOCABULARY = list(text);

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

/** The shapes of a few-shot run's own documents; the others are those of every run. */
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
import { BEGUN, DATA, FINGERPRINT, INTERVAL, K_Q, METRICS, NAMES } from "./document_parts.ts";

/**
 * A method's metric minus another row's over the same queries. Null where none of them differs, as
 * where nothing was chosen.
 */
const GAIN = object({
  difference: number(),
  interval_95: orNull(INTERVAL),
  p: orNull(number(0)),
  p_holm: orNull(number(0)),
  distinguishable: truth,
});

/** A method as results.json has it. */
const METHOD = object({
  title: text,
  /** What validation chose; null: no adaptation, and all rows are those of zero-shot. */
  chosen: orNull(record(anything)),
  metrics: METRICS,
  /** With the next episode's support. */
  placebo: METRICS,
  /** The meta-trained start as it is. */
  no_inner_loop: optional(METRICS),
  gain: GAIN,
  gain_over_placebo: GAIN,
  /** Queries whose own session holds a support pair, and the others. */
  own_session: orNull(METRICS),
  other_sessions: orNull(METRICS),
  seconds: number(0),
});

/** A cell of a method's grid with its value on the validation episodes. */
const CELL = object({
  /** Null: no adaptation. */
  knobs: orNull(record(anything)),
  value: number(0),
  /** Of checkpoints of meta-training. */
  loss: optional(number()),
});

/** results.json */
export const FEWSHOT_RESULTS = object({
  ...NAMES,
  base: object({ model: text, run_tag: orNull(text) }),
  k_shot_config: K_Q,
  n_test_episodes: integer(1),
  n_validation_episodes: integer(1),
  n_queries: integer(1),
  n_own_session_queries: integer(),
  n_users: integer(1),
  n_items: integer(1),
  data: DATA,
  select: text,
  zero_shot: object({
    metrics: METRICS,
    own_session: orNull(METRICS),
    other_sessions: orNull(METRICS),
  }),
  methods: record(METHOD),
  /** Of made-up data: what knowing their process reaches, without and with the support. */
  ceilings: orNull(object({ prefix: METRICS, with_support: METRICS })),
  /** Why nothing is called distinguishable, where it is not. */
  too_few: orNull(text),
  /** That there were too few validation episodes to choose by, where there were. */
  too_few_to_choose: optional(orNull(text)),
  adjusted_for: integer(),
  findings: list(text),
});

/** selection.json */
export const FEWSHOT_SELECTION = object({
  ...NAMES,
  metric: text,
  n_validation_episodes: integer(1),
  methods: record(list(CELL)),
});

/** config.json */
export const FEWSHOT_CONFIG = object({
  ...BEGUN,
  notebook: text,
  created_at: text,
  adaptation: text,
  base: object({ model: text, run_tag: orNull(text), network: anyObject }),
  inputs: list(FINGERPRINT),
});

export type FewshotGain = Of<typeof GAIN>;
export type FewshotResults = Of<typeof FEWSHOT_RESULTS>;
export type FewshotSelection = Of<typeof FEWSHOT_SELECTION>;
export type FewshotConfigDocument = Of<typeof FEWSHOT_CONFIG>;

/** The documents from which a few-shot run's page is made. */
export interface FewshotDocuments {
  readonly config: FewshotConfigDocument;
  readonly results: FewshotResults;
  readonly selection: FewshotSelection;
}

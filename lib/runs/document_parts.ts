/** What several documents of runs have in common. */
import {
  anyObject,
  anything,
  integer,
  list,
  number,
  object,
  optional,
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
/** Of a metric. */
export const INTERVAL = object({ low: number(), high: number() });
/** Of every metric that has one. */
export const INTERVALS = object({
  "accuracy@1": INTERVAL,
  "recall@5": INTERVAL,
  "recall@10": INTERVAL,
  mrr: INTERVAL,
  "ndcg@5": optional(INTERVAL),
  "ndcg@10": optional(INTERVAL),
  "ndcg@20": optional(INTERVAL),
});
/** Pairs of an episode. */
export const K_Q = object({ K: integer(1), Q: integer(1) });
/** What names a run in each of its documents. */
export const NAMES = { run_id: text, run_tag: text };
/** What every kind of run says of how it was begun. */
export const BEGUN = {
  ...NAMES,
  seed: integer(),
  device: text,
  device_reason: text,
  k_shot_config: K_Q,
  data: DATA,
  flags: record(anything),
  /** The line for a shell that makes the run again; older runs do not say it. */
  command: optional(text),
  environment: anyObject,
};

/**
 * A document that is about to be written, checked by its shape. A fault here is a defect of ours:
 * it would otherwise show when somebody reads the run.
 */
export function checked<T>(shape: Shape<T>, document: T, name: string): T {
  shape(document, name);
  return document;
}

/** One way in which an engine can train. */
const VARIANT = { threads: integer(1), registers: truth, stepsASubmit: integer(1) };

/** What an engine chose by time. */
export const TUNED = object({
  adapter: text,
  chosen: object(VARIANT),
  times: list(object({ ...VARIANT, ms: optional(number(0)), error: optional(text) })),
});

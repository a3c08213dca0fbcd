/** The shapes of a sweep's documents. All but the times are the same wherever the sweep runs. */
import {
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
import { DATA, K_Q } from "./document_parts.ts";

/** Over seeds; no deviation of one alone. */
const SPREAD = { mean: number(0), sd: orNull(number(0)) };

/**
 * The settings that are searched, with their values, as by default or not; sweeps of older versions
 * do not say them.
 */
const SEARCHED = optional(record(anything));

/** One model with one choice of settings, one seed and one data set. */
const TRIAL = object({
  /** The model, and a hash of all that decides the numbers. */
  name: text,
  model: text,
  /** The settings that are not as by default. */
  settings: record(anything),
  searched: SEARCHED,
  seed: integer(),
  /** The data set's name in this sweep. */
  data: text,
});

/** A run of chosen settings: one seed and one data set. */
const CHOSEN_RUN = object({ tag: text, models: list(text), seed: integer(), data: text });

/** sweep.json: what is to be done, all of it, before any of it is. */
export const SWEEP = object({
  tag: text,
  created_at: text,
  version: text,
  device: text,
  device_reason: text,
  threads: integer(1),
  k_shot_config: K_Q,
  /** Settings that every trial and run shares; models' own in objects under their names. */
  flags: record(anything),
  models: list(text),
  seeds: list(integer()),
  trial_seeds: list(integer()),
  search: object({
    grid: list(text),
    /** Settings drawn for each model; 0: the whole grid. */
    random: integer(),
    seed: integer(),
    defaults: truth,
  }),
  data: list(object({
    name: text,
    folder: text,
    /** SHA-256 of every file, by its path in the folder. */
    files: record(text),
    data: DATA,
  })),
  trials: list(TRIAL),
  runs: list(CHOSEN_RUN),
});

/** trials/<name>.json: what a trial scored on the validation episodes. */
export const TRIAL_RESULT = object({
  ...{ name: text, model: text, settings: record(anything), seed: integer(), data: text },
  metric: text,
  validation: record(number(0)),
  n_queries: integer(1),
  epochs: optional(integer(1)),
  kept_epoch: optional(integer(1)),
});

/** failed/<unit>.json: why a trial or a run has no result. */
export const FAILURE = object({ unit: text, reason: text, detail: optional(text) });

/** times/<unit>.json: how long a trial or a run took, and where. Written last. */
export const TIMES = object({
  unit: text,
  /** None where the process that took them died after its work was done. */
  seconds: orNull(number(0)),
  host: text,
  threads: integer(1),
  attempts: integer(1),
});

/** choice.json: every model's settings, chosen on the validation episodes of each data set. */
export const CHOICE = object({
  metric: text,
  chosen: list(object({
    data: text,
    model: text,
    settings: record(anything),
    searched: SEARCHED,
    /** The settings tried, in the plan's order, with their mean over the seeds; none were needed
     * where there was nothing to choose. */
    candidates: list(object({
      settings: record(anything),
      searched: SEARCHED,
      /** All over which the mean is, where one trial stands for several, too. */
      seeds: list(integer()),
      ...SPREAD,
    })),
  })),
  /** Settings with a trial that failed: never chosen. */
  failed: list(object({ data: text, model: text, settings: record(anything), reason: text })),
});

/** results.json: what the chosen settings reach on the test episodes, over the seeds. */
export const SWEEP_RESULTS = object({
  metric: text,
  rows: list(object({
    data: text,
    model: text,
    settings: record(anything),
    searched: SEARCHED,
    seeds: list(integer()),
    runs: list(text),
    /** Of the trials, where there was something to choose. */
    validation: optional(object(SPREAD)),
    test: record(object({ ...SPREAD, values: list(number(0)) })),
  })),
  failed: list(FAILURE),
});

export type SweepDocument = Of<typeof SWEEP>;
export type TrialRecord = SweepDocument["trials"][number];
export type ChosenRunRecord = SweepDocument["runs"][number];
export type TrialResult = Of<typeof TRIAL_RESULT>;
export type Failure = Of<typeof FAILURE>;
export type ChoiceDocument = Of<typeof CHOICE>;
export type SweepResults = Of<typeof SWEEP_RESULTS>;

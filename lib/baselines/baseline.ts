/**
 * A baseline is a record: what it is called, what may be set, how it is fitted, asked, saved and
 * read back. Everything else in the project (flags, runs, reports, recommendations, the server)
 * goes by this record, so that a further baseline is one file and one line in `registry.ts`.
 */
import type { Pairs } from "../dataset/dataset.ts";
import type { CreateEngine, Engine, TrainingState } from "../engine/engine.ts";
import type { Cursor, EpochScore, FitEvent } from "../engine/fit.ts";
import type { MeasureMemory } from "../engine/memory_use.ts";
import type { Tuned, TuningMemory } from "../engine/tuning.ts";
import type { Query } from "../evaluation/queries.ts";
import type { Scorer } from "../evaluation/scorer.ts";
import type { Selector } from "../evaluation/selection.ts";
import type { NeuralModel } from "../models/neural.ts";
import type { Parameters } from "../models/parameters.ts";
import type { Settings, Values } from "../settings/settings.ts";

/** What a baseline is fitted on. */
export interface TrainingData {
  /** Courses of the catalogue. */
  readonly nItems: number;
  /** The training pairs. */
  readonly pairs: Pairs;
}

/** Settings that all neural baselines of a run share, unless one has its own. */
export interface TrainingConfig {
  readonly epochs: number;
  /** Pairs a batch. */
  readonly batchSize: number;
  /** Windows of a batch: one a pair, or one a session for all its pairs. */
  readonly batching: "pairs" | "sessions";
  /** Items of a prefix that a model sees, the last ones. */
  readonly maxSeqLen: number;
  readonly learningRate: number;
}

/** The notebook's training. */
export const NOTEBOOK_TRAINING: TrainingConfig = {
  epochs: 10,
  batchSize: 256,
  batching: "pairs",
  maxSeqLen: 50,
  learningRate: 1e-3,
};

/** What computes neural baselines. */
export interface Computing {
  readonly create: CreateEngine;
  /** Threads of engines that have them; default: every core. */
  readonly threads?: number;
}

/** Where an interrupted training stands. */
export interface Interrupted {
  readonly cursor: Cursor;
  readonly state: TrainingState;
  /** Parameters of the best epoch so far, where the best is kept. */
  readonly kept?: Parameters;
}

/** Who watches a training: it may be told where an earlier one stopped, save, show, and stop it. */
export interface TrainingWatch {
  /** Hears what is about to be trained; answers with where an interrupted training stands. */
  begin(
    model: NeuralModel,
    work: { readonly batches: number; readonly batchSize: number; readonly epochs: number },
  ): Promise<Interrupted | undefined>;
  /** Hears of every chunk; may look at the engine's state; answering "stop" ends training. */
  chunk(event: FitEvent, engine: Engine): Promise<"stop" | void> | "stop" | void;
}

/** What a fit may use besides the data and its own settings. */
export interface FitContext extends Computing {
  /** Seed of every random stream. */
  readonly seed: number;
  readonly training: TrainingConfig;
  /** Weights to start from instead of fresh ones. */
  readonly initial?: Parameters;
  readonly watch?: TrainingWatch;
  readonly validation?: Validation;
  /** Remembers what engines choose by time; without it they do not. */
  readonly tuning?: TuningMemory;
}

/** Scores training on the validation episodes. */
export interface Validation {
  readonly selector: Selector;
  /**
   * Epochs without a better score after which training ends; the best epoch's parameters are the
   * model then. Without it the scores change nothing.
   */
  readonly patience?: number;
}

/** What is known before a fit, and what measures it. */
export interface CheckContext extends Pick<FitContext, "seed" | "training" | "threads"> {
  readonly measure: MeasureMemory;
}

/** How a training went. */
export interface TrainingRecord {
  readonly device?: string;
  /** What the engine chose by time. */
  readonly tuned?: Tuned;
  /** Number of trained values. */
  readonly parameters?: number;
  /** Mean of the batch means of each epoch. */
  readonly epoch_losses?: readonly number[];
  /** What each epoch scored on the validation episodes, by metric. */
  readonly validation?: readonly EpochScore[];
  /** The epoch whose parameters are the model, from 1, where it was chosen by its score. */
  readonly kept_epoch?: number;
}

/** A fit's end. `finished` is false when it was told to stop: the model is then half trained. */
export interface Fit<F> {
  readonly fitted: F;
  readonly finished: boolean;
  readonly training: TrainingRecord;
}

/** A scorer that may hold an engine; whoever opens it disposes it. */
export interface OpenScorer extends Scorer {
  /** What computes: "wasm, 1 thread"; "TypeScript" for baselines without an engine. */
  readonly device: string;
  dispose(): void;
}

/** A baseline of which nothing may be set. */
export type NoSettings = Readonly<Record<never, never>>;

/** Settings of a run that only some baselines go by. */
export type SharedSetting = "batching" | "validate" | "patience" | "select";

/** What kind of method a baseline is. */
export type Family = "reference" | "rules" | "neighbours" | "neural";

/**
 * A course that a fitted model finds remarkable, for the eye: the most popular ones and their
 * shares.
 */
export interface Highlight {
  readonly item: number;
  readonly share: number;
}

/** A baseline. `S` are its settings, `F` its fitted model: plain data. */
export interface Baseline<S extends Settings = Settings, F = unknown> {
  /** Its name in flags, files and tables: lower case, digits and underscores. */
  readonly name: string;
  /** A line for people. */
  readonly title: string;
  readonly family: Family;
  /** Where it is described: a paper, or the notebook's cell. */
  readonly source: string;
  /** What differs here from its source; "nothing" where it is exact. */
  readonly differs: string;
  /** Whether a run that names no models fits it. */
  readonly byDefault: boolean;
  /** One of the notebook's five. */
  readonly inNotebook?: boolean;
  /** Takes minutes where the others take seconds: left out of `--models quick`. */
  readonly slow?: boolean;
  /** Whether the seed decides the model; without, every seed gives the same one. */
  readonly seeded?: boolean;
  /** Of a seeded one: whether the seed decides its scores under these settings (else always). */
  seededBy?(settings: Values<S>): boolean;
  /** What may be set, with defaults, bounds and a line of help each. */
  readonly config: S;
  /** Settings of the run that a fit goes by, besides those that its own stand in for. */
  readonly reads?: readonly SharedSetting[];
  /** Architecture behind the name, as model files and the server say it. */
  readonly architecture: string;
  /** Ending of its model files. */
  readonly extension: "json" | "safetensors";
  fit(data: TrainingData, config: Values<S>, context: FitContext): Promise<Fit<F>> | Fit<F>;
  scorer(fitted: F, context: Computing): Promise<OpenScorer> | OpenScorer;
  /** The bytes of its file: the same model gives the same bytes. */
  encode(fitted: F): Uint8Array<ArrayBuffer>;
  /** Reads its file; `path` is for messages. @throws InputError when it is damaged or another's. */
  decode(bytes: Uint8Array<ArrayBuffer>, path: string): F;
  /** Courses of the catalogue that a fitted model scores. */
  itemsOf(fitted: F): number;
  /**
   * Measures what fitting would take, before anything is allocated. @throws InputError when no
   * memory of the device holds it, naming what to lower.
   */
  check?(data: TrainingData, config: Values<S>, context: CheckContext): Promise<void>;
  /** The network of a neural baseline: its sizes, without weights. */
  network?(nItems: number, config: Values<S>, training: TrainingConfig): NeuralModel;
  /** Courses worth a line after the fit. */
  highlights?(fitted: F): readonly Highlight[];
  /** A field of the notebook's config.json: its key and what the notebook writes under it. */
  notebook?(config: Values<S>, training: TrainingConfig): {
    readonly key: string;
    readonly fields: Readonly<Record<string, unknown>>;
  };
  /**
   * Why it is behind what its kind could reach, where that is known, as a clause for findings, and
   * the baseline without the fault.
   */
  readonly handicap?: { readonly reason: string; readonly corrected: string };
  /** How a run's findings speak of it: against the best model, or against chance. */
  readonly finding?: "against best" | "against chance";
}

/** Fills in the types of a baseline's record. */
export function baseline<const S extends Settings, F>(record: Baseline<S, F>): Baseline<S, F> {
  return record;
}

/** The scorer of a model that needs no engine. */
export function plainScorer(scorer: Scorer): OpenScorer {
  return { ...scorer, device: "TypeScript", dispose: () => {} };
}

/** Scores of one query: a stretch of all scores. */
export interface Row {
  readonly scores: Float64Array;
  /** Where the stretch begins. */
  readonly base: number;
}

/** The scorer of a model that needs no engine and scores one query after the other. */
export function rowScorer(nItems: number, score: (query: Query, row: Row) => void): OpenScorer {
  return plainScorer({
    nItems,
    score: (queries) => {
      const scores = new Float64Array(queries.length * nItems);
      queries.forEach((query, row) => score(query, { scores, base: row * nItems }));
      return scores;
    },
  });
}

/** The fit of a model that is counted rather than trained. */
export function fittedAtOnce<F>(fitted: F): Fit<F> {
  return { fitted, finished: true, training: {} };
}

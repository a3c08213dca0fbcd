/** Fits each model by its name, and makes a fitted one ready to score. */
import type { Choice } from "../../engine/device.ts";
import { ADAM, type Engine, type TrainingState } from "../../engine/engine.ts";
import { type Cursor, fit, type FitEvent } from "../../engine/fit.ts";
import { startingState } from "../../engine/training_state.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import type { Scorer } from "../../evaluation/evaluate.ts";
import {
  engineScorer,
  popularityScorer,
  randomScorer,
  sessionKnnScorer,
} from "../../baselines/scorers.ts";
import { gruModel } from "../../models/gru.ts";
import type { NeuralModel } from "../../models/neural.ts";
import type { Parameters } from "../../models/parameters.ts";
import { fitPopularity } from "../../baselines/popularity.ts";
import { sasRecModel } from "../../models/sasrec.ts";
import { fitSessionKnn } from "../../baselines/sessionknn.ts";
import type { SavedModel } from "../../baselines/model_files.ts";
import { pairSequences, shuffledPlan } from "../../samplers/pair_sequences.ts";
import { sessionPlan, sessionSequences } from "../../samplers/session_sequences.ts";
import type { BaselinesConfig, ModelName } from "./config.ts";

/** A fitted model and how training went; `losses` only for the neural ones. */
export interface Fitted {
  readonly saved: SavedModel;
  readonly losses?: readonly number[];
}

/** The architecture behind a neural model's name; undefined for the others. */
export function neuralModel(
  name: ModelName,
  nItems: number,
  { maxSeqLen }: Pick<BaselinesConfig, "maxSeqLen">,
): NeuralModel | undefined {
  if (name === "gru_global") return gruModel(nItems, { maxLen: maxSeqLen });
  if (name === "sasrec") return sasRecModel(nItems, { maxLen: maxSeqLen });
  if (name === "sasrec_last_item") {
    return sasRecModel(nItems, { maxLen: maxSeqLen, readout: "last_item" });
  }
  return undefined;
}

/** Fits a model that needs no engine. */
export function fitExact(
  name: "random" | "popularity" | "sessionknn",
  { courses, splits }: Dataset,
  seed: number,
): Fitted {
  const nItems = courses.length;
  const { pairs } = splits.train;
  switch (name) {
    case "random":
      return { saved: { architecture: "random", nItems, seed } };
    case "popularity":
      return { saved: fitPopularity(nItems, pairs.label) };
    case "sessionknn":
      return { saved: fitSessionKnn(nItems, pairs, seed) };
  }
}

/** Where a neural fit begins and who hears of it. */
export interface NeuralFit {
  readonly name: ModelName;
  readonly model: NeuralModel;
  /** Start from these weights instead of fresh ones. */
  readonly initial?: Parameters;
  /** Continue from here instead of the beginning. */
  readonly resume?: { readonly cursor: Cursor; readonly state: TrainingState };
  /** Hears of every chunk; may look at the engine's state; answering "stop" ends training. */
  readonly onChunk: (event: FitEvent, engine: Engine) => Promise<"stop" | void> | "stop" | void;
}

/** Trains a neural model. `finished` is false when it was told to stop. */
export async function fitNeural(
  { name, model, initial, resume, onChunk }: NeuralFit,
  { splits }: Dataset,
  config: BaselinesConfig,
  choice: Choice,
): Promise<Fitted & { finished: boolean; device: string }> {
  const { seed, batchSize, epochs, learningRate, threads, maxSeqLen } = config;
  const { pairs } = splits.train;
  const bySession = config.batching === "sessions" && model.architecture === "gru";
  const sequences = bySession
    ? sessionSequences(pairs, maxSeqLen)
    : pairSequences(pairs, maxSeqLen);
  const planOf = (epoch: number) =>
    bySession
      ? sessionPlan(sequences, batchSize, seed, name, epoch)
      : shuffledPlan(pairs.count, batchSize, seed, name, epoch);
  const engine = await choice.create({
    model,
    state: resume?.state ?? startingState(model, seed, initial),
    sequences,
    optimizer: { ...ADAM, learningRate },
    seed,
    threads: threads || undefined,
  });
  try {
    const { epochLosses } = await fit({
      engine,
      epochs,
      plan: planOf,
      from: resume?.cursor,
      onChunk: (event) => onChunk(event, engine),
    });
    const { parameters } = await engine.export();
    return {
      saved: { model, parameters },
      losses: epochLosses,
      finished: epochLosses.length === epochs,
      device: engine.device,
    };
  } finally {
    engine.dispose();
  }
}

/** A fitted model as a scorer; `dispose` frees its engine. */
export async function scorerOf(
  saved: SavedModel,
  choice: Choice,
  config: Pick<BaselinesConfig, "seed" | "threads">,
): Promise<{ scorer: Scorer; dispose(): void }> {
  if ("parameters" in saved) {
    const { model, parameters } = saved;
    const engine = await choice.create({
      model,
      state: startingState(model, 0, parameters),
      optimizer: ADAM,
      seed: config.seed,
      threads: config.threads || undefined,
    });
    return {
      scorer: engineScorer(engine, model.nItems, model.maxLen),
      dispose: () => engine.dispose(),
    };
  }
  const scorer = saved.architecture === "random"
    ? randomScorer(saved)
    : saved.architecture === "popularity"
    ? popularityScorer(saved)
    : sessionKnnScorer(saved);
  return { scorer, dispose: () => {} };
}

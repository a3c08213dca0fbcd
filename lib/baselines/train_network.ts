/** Training of a network: its windows, the plan of each epoch, and what validation keeps. */
import { sessionsOf } from "../dataset/sessions.ts";
import { ADAM, type Engine } from "../engine/engine.ts";
import { type EpochCheck, type EpochScore, fit } from "../engine/fit.ts";
import { TuningStopped } from "../engine/tuning.ts";
import { startingState } from "../engine/training_state.ts";
import { bestOf, outOfPatience } from "../evaluation/selection.ts";
import type { Loss } from "../models/loss.ts";
import { type NeuralModel, parameterSpecs } from "../models/neural.ts";
import { countParameters } from "../models/parameters.ts";
import { pairSequences, shuffledPlan } from "../samplers/pair_sequences.ts";
import { positionSequences } from "../samplers/position_sequences.ts";
import { batchCount, type Plan, type Sequences } from "../samplers/sequences.ts";
import { sessionPlan, sessionSequences } from "../samplers/session_sequences.ts";
import type { Fit, FitContext, TrainingData, Validation } from "./baseline.ts";
import { engineScorer, type FittedNetwork } from "./fitted_network.ts";

/** The training windows, and the plan of each epoch. */
export interface Epochs {
  readonly sequences: Sequences;
  readonly planOf: (epoch: number) => Plan;
}

/** What decides them besides the data. */
export type EpochContext = Pick<FitContext, "seed" | "training">;

/** The epochs of a network's training. */
export function epochsOf(
  name: string,
  { pairs }: TrainingData,
  { seed, training: { batchSize, maxSeqLen } }: EpochContext,
  batching: "pairs" | "sessions" | "positions",
): Epochs {
  if (batching === "pairs") {
    return {
      sequences: pairSequences(pairs, maxSeqLen),
      planOf: (epoch) => shuffledPlan(pairs.count, batchSize, seed, name, epoch),
    };
  }
  const sequences = batching === "sessions"
    ? sessionSequences(pairs, maxSeqLen)
    : positionSequences(sessionsOf(pairs), maxSeqLen);
  return { sequences, planOf: (epoch) => sessionPlan(sequences, batchSize, seed, name, epoch) };
}

/** Trains until all epochs are done, patience ends it or a signal stops it. */
export async function trainNetwork(
  model: NeuralModel,
  loss: Loss,
  { sequences, planOf }: Epochs,
  context: FitContext,
): Promise<Fit<FittedNetwork>> {
  const { seed, initial, create, threads, watch, tuning } = context;
  const { epochs, batchSize, learningRate } = context.training;
  const first = planOf(1);
  const batches = batchCount(first);
  const earlier = await watch?.begin(model, { batches, batchSize, epochs });
  const state = earlier?.state ?? startingState(model, seed, initial);
  const size = countParameters(parameterSpecs(model));
  const engine = await create({
    model,
    state,
    sequences,
    optimizer: { ...ADAM, learningRate },
    loss,
    seed,
    threads,
    tuning: tuning && { ...tuning, plan: first },
  }).catch((error) => {
    if (error instanceof TuningStopped) return undefined;
    throw error;
  });
  if (engine === undefined) { // no step was made
    const { parameters } = state;
    const training = { device: "none", parameters: size, epoch_losses: [] };
    return { fitted: { model, parameters }, finished: false, training };
  }
  try {
    const { epochLosses, scores, kept, finished } = await fit({
      engine,
      epochs,
      plan: planOf,
      from: earlier?.cursor,
      kept: earlier?.kept,
      check: context.validation && epochCheck(context.validation, engine, model),
      onChunk: (event) => watch?.chunk(event, engine),
    });
    const parameters = kept ?? (await engine.export()).parameters;
    return {
      fitted: { model, parameters },
      finished,
      training: {
        device: engine.device,
        ...engine.tuned && { tuned: engine.tuned },
        parameters: size,
        epoch_losses: epochLosses,
        ...scores && { validation: scores },
        ...kept && { kept_epoch: 1 + bestEpoch(context.validation!, scores!) },
      },
    };
  } finally {
    engine.dispose();
  }
}

/** Scores the engine as it trains, and ends training where patience does. */
function epochCheck(validation: Validation, engine: Engine, model: NeuralModel): EpochCheck {
  const { selector, patience } = validation;
  const { metric } = selector;
  return {
    score: () => selector.measure(() => engineScorer(engine, model)),
    keeps: (scores) =>
      patience !== undefined && bestEpoch(validation, scores) === scores.length - 1,
    ends: (scores) => patience !== undefined && outOfPatience(scores, metric, patience),
  };
}

function bestEpoch({ selector }: Validation, scores: readonly EpochScore[]): number {
  return bestOf(scores, selector.metric);
}

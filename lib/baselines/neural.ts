/**
 * What all neural baselines share: a network, trained and scored by an engine, in a safetensors
 * file.
 */
import { ADAM, type Engine } from "../engine/engine.ts";
import { type EpochCheck, type EpochScore, fit } from "../engine/fit.ts";
import { startingState } from "../engine/training_state.ts";
import { parametersFrom } from "./weights.ts";
import type { Query } from "../evaluation/queries.ts";
import type { Scorer } from "../evaluation/scorer.ts";
import { bestOf, outOfPatience } from "../evaluation/selection.ts";
import { show } from "../errors/input_error.ts";
import { sessionsOf } from "../dataset/sessions.ts";
import { decodeSafeTensors, encodeSafeTensors } from "../files/safetensors.ts";
import type { Loss } from "../models/loss.ts";
import { isNeuralModel, type NeuralModel, parameterSpecs } from "../models/neural.ts";
import { countParameters, type Parameters } from "../models/parameters.ts";
import { pairSequences, shuffledPlan } from "../samplers/pair_sequences.ts";
import { positionSequences } from "../samplers/position_sequences.ts";
import { batchCount, type Plan, type Sequences, type Windows } from "../samplers/sequences.ts";
import { sessionPlan, sessionSequences } from "../samplers/session_sequences.ts";
import { inherited, integer, number, type Setting, type Values } from "../settings/settings.ts";
import {
  type Baseline,
  baseline,
  type Computing,
  type Fit,
  type FitContext,
  type OpenScorer,
  type TrainingConfig,
  type TrainingData,
  type Validation,
} from "./baseline.ts";
import { LOSS, lossOf, type LossSettings } from "./losses.ts";
import { checkMemory, type Measured } from "./memory.ts";
import { parseModelJson, refuseModel } from "./model_files.ts";

/** A fitted neural baseline. */
export interface FittedNetwork {
  readonly model: NeuralModel;
  readonly parameters: Parameters;
}

/** Settings of training that a neural baseline may have for itself. */
export type TrainingSettings = LossSettings & {
  readonly epochs: Setting<number | undefined>;
  readonly batchSize: Setting<number | undefined>;
  readonly maxSeqLen: Setting<number | undefined>;
  readonly learningRate: Setting<number | undefined>;
};

/** Those settings: its loss, and what holds for the whole run where it has no value of its own. */
export const TRAINING: TrainingSettings = {
  epochs: inherited(integer("epochs", 10, 1, 10_000), "epochs"),
  batchSize: inherited(integer("pairs a batch", 256, 1, 65536), "batchSize"),
  maxSeqLen: inherited(
    integer("items of a prefix that it sees, the last ones", 50, 1, 1000),
    "maxSeqLen",
  ),
  learningRate: inherited(number("learning rate of Adam", 1e-3, 1e-9, 10), "learningRate"),
  ...LOSS,
};

/** What tells one neural baseline from another. */
export interface NeuralSpec<S extends TrainingSettings> extends
  Pick<
    Baseline<S, FittedNetwork>,
    | "name"
    | "title"
    | "source"
    | "differs"
    | "byDefault"
    | "inNotebook"
    | "slow"
    | "config"
    | "architecture"
    | "notebook"
    | "finding"
    | "handicap"
  > {
  /** The network's sizes for a catalogue of `nItems` and windows of `maxLen` items. */
  readonly network: (nItems: number, config: Values<S>, maxLen: number) => NeuralModel;
  /**
   * What windows it trains on: one a pair; as the run says, one a pair or one a session for all its
   * pairs (`--batching`); or whole sessions with a target at every position.
   */
  readonly windows: "pairs" | "as the run says" | "positions";
}

/** Makes the record of a neural baseline. */
export function neuralBaseline<const S extends TrainingSettings>(
  { network, windows, ...spec }: NeuralSpec<S>,
): Baseline<S, FittedNetwork> {
  const epochs = (data: TrainingData, context: EpochContext): Epochs => {
    const { batching } = context.training;
    return epochsOf(spec.name, data, context, windows === "as the run says" ? batching : windows);
  };
  return baseline({
    ...spec,
    family: "neural",
    seeded: true,
    extension: "safetensors",
    network: (nItems, config, training) =>
      network(nItems, config, ownTraining(config, training).maxSeqLen),
    fit(data, config, context) {
      const training = ownTraining(config, context.training);
      const model = network(data.nItems, config, training.maxSeqLen);
      const own = { ...context, training };
      return train(model, lossOf(config), epochs(data, own), own);
    },
    async check(data, config, { seed, measure, threads, training }) {
      const measured = async (sizes: Values<S>, onThreads?: number): Promise<Measured> => {
        const own = ownTraining(sizes, training);
        const loss = lossOf(sizes);
        const model = network(data.nItems, sizes, own.maxSeqLen);
        const parameters = countParameters(parameterSpecs(model));
        const alone = await measure({ model, loss, threads: onThreads });
        if (alone.bytes > alone.limit) return { ...alone, parameters, of: "the model alone" };
        const { sequences, planOf } = epochs(data, { seed, training: own });
        const batches = { sequences, plan: planOf(1) };
        const whole = await measure({ model, loss, threads: onThreads, batches });
        return { ...whole, parameters, of: "the model with its largest batch" };
      };
      await checkMemory(spec, { config, training, threads }, measured);
    },
    scorer: openScorer,
    encode: ({ model, parameters }) =>
      encodeSafeTensors({
        tensors: parameters,
        metadata: { format: "pt", model: JSON.stringify(model) },
      }),
    decode: decodeNetwork,
    itemsOf: ({ model }) => model.nItems,
  });
}

/** What the setting of a tied output layer says in the help. */
export const TIED =
  "the item embeddings are the output layer's weights too; padding has a row of its own then";

/** What the setting of a padding row says in the help. */
export const OWN_PADDING = "a row of the item table for padding alone, so that course 0 learns";

/** The run's training settings under a baseline's own. */
export function ownTraining(
  own: Partial<Values<TrainingSettings>>,
  training: TrainingConfig,
): TrainingConfig {
  return {
    epochs: own.epochs ?? training.epochs,
    batchSize: own.batchSize ?? training.batchSize,
    batching: training.batching,
    maxSeqLen: own.maxSeqLen ?? training.maxSeqLen,
    learningRate: own.learningRate ?? training.learningRate,
  };
}

/** The training windows, and the plan of each epoch. */
interface Epochs {
  readonly sequences: Sequences;
  readonly planOf: (epoch: number) => Plan;
}

/** What decides them besides the data. */
type EpochContext = Pick<FitContext, "seed" | "training">;

function epochsOf(
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

async function train(
  model: NeuralModel,
  loss: Loss,
  { sequences, planOf }: Epochs,
  context: FitContext,
): Promise<Fit<FittedNetwork>> {
  const { seed, initial, create, threads, watch } = context;
  const { epochs, batchSize, learningRate } = context.training;
  const batches = batchCount(planOf(1));
  const earlier = await watch?.begin(model, { batches, batchSize, epochs });
  const engine = await create({
    model,
    state: earlier?.state ?? startingState(model, seed, initial),
    sequences,
    optimizer: { ...ADAM, learningRate },
    loss,
    seed,
    threads,
  });
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
        parameters: countParameters(parameterSpecs(model)),
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

/**
 * Catalogues from this size on are ranked on the device where the engine can: the scores would be
 * larger than all else that travels.
 */
const RANK_ON_DEVICE = 20_000;

async function openScorer(
  { model, parameters }: FittedNetwork,
  { create, threads }: Computing,
): Promise<OpenScorer> {
  const engine = await create({
    model,
    state: startingState(model, 0, parameters),
    optimizer: ADAM,
    seed: 0,
    threads,
  });
  return {
    ...engineScorer(engine, model),
    device: engine.device,
    dispose: () => engine.dispose(),
  };
}

/** The model that an engine holds, as it is. */
function engineScorer(engine: Engine, { nItems, maxLen }: NeuralModel): Scorer {
  const rank: Scorer["rank"] = (queries, labels) =>
    engine.rank!(windowsOf(queries, maxLen), labels);
  const ranks = engine.rank !== undefined && nItems >= RANK_ON_DEVICE;
  return {
    nItems,
    logits: true,
    score: (queries) => engine.score(windowsOf(queries, maxLen)),
    ...ranks ? { rank } : {},
  };
}

/** Queries as windows of at most `maxLen` items, the last ones kept. */
export function windowsOf(queries: readonly Query[], maxLen: number): Windows {
  const length = Int32Array.from(queries, ({ prefix }) => Math.min(maxLen, prefix.length));
  const start = new Int32Array(queries.length);
  for (let i = 1; i < start.length; i++) start[i] = start[i - 1] + length[i - 1];
  const items = new Int32Array(length.reduce((sum, n) => sum + n, 0));
  queries.forEach(({ prefix }, i) => {
    items.set(prefix.subarray(prefix.length - length[i]), start[i]);
  });
  return { items, start, length };
}

function decodeNetwork(bytes: Uint8Array<ArrayBuffer>, path: string): FittedNetwork {
  const { tensors, metadata } = decodeSafeTensors(bytes, path);
  const refuse = refuseModel(path);
  const model = parseModelJson(new TextEncoder().encode(metadata.model ?? "null"), refuse);
  if (!isNeuralModel(model)) {
    return refuse(`its metadata describes ${show(model)}`, "a network that this program knows");
  }
  return { model, parameters: parametersFrom(model, tensors, path) };
}

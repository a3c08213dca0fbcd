/**
 * What all neural baselines share: a network, trained and scored by an engine, in a safetensors
 * file.
 */
import { type NeuralModel, parameterSpecs } from "../models/neural.ts";
import { countParameters } from "../models/parameters.ts";
import { inherited, integer, number, type Setting, type Values } from "../settings/settings.ts";
import { type Baseline, baseline, type TrainingConfig, type TrainingData } from "./baseline.ts";
import { decodeNetwork, encodeNetwork, type FittedNetwork, openScorer } from "./fitted_network.ts";
import { LOSS, lossOf, type LossSettings } from "./losses.ts";
import { checkMemory, type Measured } from "./memory.ts";
import { type EpochContext, type Epochs, epochsOf, trainNetwork } from "./train_network.ts";

export type { FittedNetwork } from "./fitted_network.ts";

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
    reads: ["validate", "patience", "select", ...windows === "as the run says" ? BATCHING : []],
    network: (nItems, config, training) =>
      network(nItems, config, ownTraining(config, training).maxSeqLen),
    fit(data, config, context) {
      const training = ownTraining(config, context.training);
      const model = network(data.nItems, config, training.maxSeqLen);
      const own = { ...context, training };
      return trainNetwork(model, lossOf(config), epochs(data, own), own);
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
    encode: encodeNetwork,
    decode: decodeNetwork,
    itemsOf: ({ model }) => model.nItems,
  });
}

const BATCHING = ["batching"] as const;

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

/**
 * The notebook's GRU (cell 06-08): embedding → GRU → linear layer, on the last items of a session.
 */
import { InputError } from "../errors/input_error.ts";
import { type GruModel, gruModel } from "../models/gru.ts";
import { onlyWith } from "../settings/conditions.ts";
import { integer, number, type Setting, toggle, type Values } from "../settings/settings.ts";
import type { Baseline } from "./baseline.ts";
import {
  type FittedNetwork,
  neuralBaseline,
  OWN_PADDING,
  ownTraining,
  TIED,
  TRAINING,
  type TrainingSettings,
} from "./neural.ts";

/** What may be set. */
export type GruSettings = TrainingSettings & {
  readonly embeddingDim: Setting<number>;
  readonly hiddenDim: Setting<number>;
  readonly embeddingDropout: Setting<number>;
  readonly ownPadding: Setting<boolean>;
  readonly tied: Setting<boolean>;
};

/** Those settings, with the notebook's values. */
export const GRU_CONFIG: GruSettings = {
  embeddingDim: integer("width of the course embeddings", 64, 1, 4096),
  hiddenDim: integer("width of the hidden state", 128, 1, 4096),
  embeddingDropout: number("dropout between embedding and GRU while training", 0, 0, 0.95),
  ownPadding: onlyWith(toggle(OWN_PADDING), { key: "tied", values: [false] }),
  tied: toggle(TIED),
  ...TRAINING,
};

/** The network of those settings. */
export function gruNetwork(
  nItems: number,
  { embeddingDim, hiddenDim, embeddingDropout, ownPadding, tied }: Values<GruSettings>,
  maxLen: number,
): GruModel {
  if (tied && embeddingDim !== hiddenDim) {
    throw new InputError({
      doing: "building a GRU whose output layer is its embeddings",
      found: `embeddings of ${embeddingDim} and states of ${hiddenDim}`,
      wanted: "one width for both",
      next: "set the model's embedding-dim and hidden-dim alike",
    });
  }
  return gruModel(nItems, {
    embeddingDim,
    hiddenDim,
    maxLen,
    // what is the notebook's stays out of the model's file
    ...embeddingDropout > 0 ? { embeddingDropout } : {},
    ...ownPadding ? { ownPadding } : {},
    ...tied ? { tied } : {},
  });
}

/** The baseline. */
export const GRU_GLOBAL: Baseline<GruSettings, FittedNetwork> = neuralBaseline({
  name: "gru_global",
  title: "GRU (global)",
  source: "notebook cell 06-08, after GRU4Rec (Hidasi et al., ICLR 2016)",
  differs: "shuffle and initial weights from our own generator, in the same distributions",
  byDefault: true,
  inNotebook: true,
  config: GRU_CONFIG,
  architecture: "gru",
  windows: "as the run says",
  network: gruNetwork,
  notebook: (config, training) => {
    const { maxSeqLen, batchSize, learningRate, epochs } = ownTraining(config, training);
    return {
      key: "gru_config",
      fields: {
        embedding_dim: config.embeddingDim,
        hidden_dim: config.hiddenDim,
        num_layers: 1,
        dropout: 0.2, // the notebook's, without effect in a network of one layer
        batch_size: batchSize,
        learning_rate: learningRate,
        num_epochs: epochs,
        max_seq_len: maxSeqLen,
      },
    };
  },
});

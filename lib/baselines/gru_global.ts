/**
 * The notebook's GRU (cell 06-08): embedding → GRU → linear layer, on the last items of a session.
 */
import { gruModel } from "../models/gru.ts";
import { integer, type Setting } from "../settings/settings.ts";
import type { Baseline } from "./baseline.ts";
import {
  type FittedNetwork,
  neuralBaseline,
  ownTraining,
  TRAINING,
  type TrainingSettings,
} from "./neural.ts";

/** What may be set. */
export type GruSettings = TrainingSettings & {
  readonly embeddingDim: Setting<number>;
  readonly hiddenDim: Setting<number>;
};

/** The baseline. */
export const GRU_GLOBAL: Baseline<GruSettings, FittedNetwork> = neuralBaseline({
  name: "gru_global",
  title: "GRU (global)",
  source: "notebook cell 06-08, after GRU4Rec (Hidasi et al., ICLR 2016)",
  differs: "shuffle and initial weights from our own generator, in the same distributions",
  byDefault: true,
  inNotebook: true,
  config: {
    embeddingDim: integer("width of the course embeddings", 64, 1, 4096),
    hiddenDim: integer("width of the hidden state", 128, 1, 4096),
    ...TRAINING,
  },
  architecture: "gru",
  bySession: true,
  network: (nItems, { embeddingDim, hiddenDim }, maxLen) =>
    gruModel(nItems, { embeddingDim, hiddenDim, maxLen }),
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

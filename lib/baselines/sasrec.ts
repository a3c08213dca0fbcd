/**
 * The notebook's SASRec (cell 06-08B): trained on the last column of the padded batch, padding or
 * not.
 */
import { InputError } from "../errors/input_error.ts";
import { type SasRecModel, sasRecModel } from "../models/sasrec.ts";
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

/** What may be set of every SASRec. */
export type SasRecSettings = TrainingSettings & {
  readonly hiddenDim: Setting<number>;
  readonly numHeads: Setting<number>;
  readonly numBlocks: Setting<number>;
  readonly feedForwardDim: Setting<number>;
  readonly dropout: Setting<number>;
  readonly initialDeviation: Setting<number>;
  readonly ownPadding: Setting<boolean>;
  readonly tied: Setting<boolean>;
};

/** Those settings. */
export const SASREC_CONFIG: SasRecSettings = {
  hiddenDim: integer("width of the embeddings and of the blocks", 64, 1, 4096),
  numHeads: integer("heads of the attention; they divide the width", 2, 1, 64),
  numBlocks: integer("blocks", 2, 1, 64),
  feedForwardDim: integer(
    "width inside a block's feed-forward; 0: four times the width",
    0,
    0,
    16384,
  ),
  dropout: number("dropout while training", 0.2, 0, 0.95),
  initialDeviation: number(
    "standard deviation of the initial weights; 0: PyTorch's distributions, or tied 0.02",
    0,
    0,
    10,
  ),
  ownPadding: onlyWith(toggle(OWN_PADDING), { key: "tied", values: [false] }),
  tied: toggle(TIED),
  ...TRAINING,
};

/** The network of those settings. */
export function sasRecNetwork(
  nItems: number,
  config: Values<SasRecSettings>,
  rest: { readonly maxLen: number; readonly readout: SasRecModel["readout"] },
): SasRecModel {
  const { hiddenDim, numHeads, numBlocks, feedForwardDim, dropout } = config;
  const { initialDeviation, ownPadding, tied } = config;
  if (hiddenDim % numHeads !== 0) {
    throw new InputError({
      doing: "building a SASRec",
      found: `${numHeads} heads over a width of ${hiddenDim}`,
      wanted: "heads that divide the width",
      next: "change --sasrec.num-heads or --sasrec.hidden-dim, or those of the model you named",
    });
  }
  return sasRecModel(nItems, {
    hiddenDim,
    numHeads,
    numBlocks,
    feedForwardDim: feedForwardDim || 4 * hiddenDim,
    dropout,
    ...rest,
    // what is the notebook's stays out of the model's file
    ...initialDeviation > 0 ? { initialDeviation } : {},
    ...ownPadding ? { ownPadding } : {},
    ...tied ? { tied } : {},
  });
}

/** The baseline. */
export const SASREC: Baseline<SasRecSettings, FittedNetwork> = neuralBaseline({
  name: "sasrec",
  title: "SASRec",
  source: "notebook cell 06-08B, after Kang & McAuley (ICDM 2018)",
  differs: "as gru_global; trained on the last column of the padded batch, as the notebook does",
  byDefault: true,
  inNotebook: true,
  slow: true,
  finding: "against best",
  handicap: {
    reason: "its training output is read, as in the notebook, from the last column of the padded " +
      "batch, mostly padding, while it is asked at the last item",
    corrected: "sasrec_last_item",
  },
  config: SASREC_CONFIG,
  architecture: "sasrec",
  windows: "pairs",
  network: (nItems, config, maxLen) =>
    sasRecNetwork(nItems, config, { maxLen, readout: "last_column" }),
  notebook: (config, training) => {
    const { maxSeqLen, batchSize, learningRate, epochs } = ownTraining(config, training);
    return {
      key: "sasrec_config",
      fields: {
        hidden_dim: config.hiddenDim,
        num_heads: config.numHeads,
        num_blocks: config.numBlocks,
        max_len: maxSeqLen,
        dropout: config.dropout,
        readout: "last_column",
        batch_size: batchSize,
        learning_rate: learningRate,
        num_epochs: epochs,
      },
    };
  },
});

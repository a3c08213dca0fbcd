/** The architectures that the tfjs engine has, as records over the pure forward functions. */
import type * as tf from "@tensorflow/tfjs";
import type { GruModel } from "../../models/gru.ts";
import { gruStates } from "../../models/gru_forward.ts";
import type { NeuralModel } from "../../models/neural.ts";
import type { SasRecModel } from "../../models/sasrec.ts";
import { sasRecStates } from "../../models/sasrec_forward.ts";
import type { DropoutKey, Weights } from "../../models/tfjs_layers.ts";
import type { PaddedBatch } from "../../samplers/padded_batch.ts";

/** What a forward pass computes on. */
export interface ForwardInput {
  readonly weights: Weights;
  readonly batch: PaddedBatch;
  /** Which states are wanted: [targets × (rows·columns)] one-hot over row·columns + column. */
  readonly targets: tf.Tensor2D;
  /** While training; absent for scoring, which drops nothing. */
  readonly dropout?: DropoutKey;
}

/** One architecture on this engine; tfjs's autodiff gives the backward pass. */
export interface TfjsArchitecture<M extends NeuralModel = NeuralModel> {
  readonly name: M["architecture"];
  /** States [targets × hiddenDim] that the output layer reads. */
  states(model: M, input: ForwardInput): tf.Tensor2D;
}

const GRU: TfjsArchitecture<GruModel> = {
  name: "gru",
  states: (model, { weights, batch, targets, dropout }) =>
    gruStates(model, weights, batch, targets, dropout),
};

const SASREC: TfjsArchitecture<SasRecModel> = {
  name: "sasrec",
  states: (model, { weights, batch, targets, dropout }) =>
    sasRecStates(model, weights, batch, targets, dropout),
};

/** Every architecture of this engine. */
export const ARCHITECTURES: readonly TfjsArchitecture[] = [GRU, SASREC];

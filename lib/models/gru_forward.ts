/**
 * The GRU's forward pass as a pure function over a parameter record, in tfjs, so that autodiff
 * gives its gradients.
 */
import * as tf from "@tensorflow/tfjs";
import { EMBEDDING_SITE } from "../random/dropout.ts";
import type { PaddedBatch } from "../samplers/padded_batch.ts";
import { paddingRowOf } from "./architecture.ts";
import type { GruModel } from "./gru.ts";
import { type DropoutKey, embed, hiddenMask, type Weights } from "./tfjs_layers.ts";

/**
 * States [targets × hidden] that the output layer reads. `targets` picks them: [targets ×
 * (rows·columns)] one-hot over row·columns + position. Without `dropout` nothing is dropped.
 */
export function gruStates(
  model: GruModel,
  weights: Weights,
  batch: PaddedBatch,
  targets: tf.Tensor2D,
  dropout?: DropoutKey,
): tf.Tensor2D {
  const states = tf.stack(statesOfSteps(model, weights, batch, dropout), 1);
  return tf.matMul(targets, states.reshape([batch.rows * batch.columns, -1]));
}

/**
 * States [rows × hidden] of every step, padding included (a state depends on its own past only).
 */
function statesOfSteps(
  model: GruModel,
  weights: Weights,
  { rows, columns, items }: PaddedBatch,
  dropout?: DropoutKey,
): tf.Tensor[] {
  const { embeddingDim, embeddingDropout: rate = 0, maxLen } = model;
  const hidden = weights["gru.weight_hh_l0"].shape[1]!;
  let embedded: tf.Tensor2D = embed(weights["embedding.weight"], items, paddingRowOf(model));
  if (dropout !== undefined && rate > 0) {
    const mask = { ...dropout, site: EMBEDDING_SITE, rate };
    embedded = embedded.mul(hiddenMask({ rows, columns, maxLen }, embeddingDim, mask));
  }
  const input = embedded.matMul(weights["gru.weight_ih_l0"] as tf.Tensor2D, false, true)
    .add(weights["gru.bias_ih_l0"]);
  // a split in one has no gradient in tfjs
  const steps: tf.Tensor[] = columns === 1
    ? [input]
    : input.reshape([rows, columns, 3 * hidden]).split(columns, 1);
  let state: tf.Tensor = tf.zeros([rows, hidden]);
  return steps.map((step) => {
    const [xr, xz, xn] = step.reshape([rows, 3 * hidden]).split(3, 1);
    const [hr, hz, hn] = state.matMul(weights["gru.weight_hh_l0"] as tf.Tensor2D, false, true).add(
      weights["gru.bias_hh_l0"],
    ).split(3, 1);
    const r = xr.add(hr).sigmoid();
    const z = xz.add(hz).sigmoid();
    const n = xn.add(r.mul(hn)).tanh();
    return state = n.add(z.mul(state.sub(n))); // (1 - z)·n + z·h
  });
}

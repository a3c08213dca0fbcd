/**
 * The GRU's forward pass as a pure function over a parameter record, in tfjs, so that autodiff
 * gives its gradients.
 */
import * as tf from "@tensorflow/tfjs";
import type { PaddedBatch } from "../samplers/padded_batch.ts";
import { embed, type Weights } from "./tfjs_layers.ts";

/**
 * States [targets × hidden] that the output layer reads. `targets` picks them: [targets ×
 * (rows·columns)] one-hot over row·columns + position.
 */
export function gruStates(
  weights: Weights,
  batch: PaddedBatch,
  targets: tf.Tensor2D,
): tf.Tensor2D {
  const states = tf.stack(statesOfSteps(weights, batch), 1);
  return tf.matMul(targets, states.reshape([batch.rows * batch.columns, -1]));
}

/**
 * States [rows × hidden] of every step, padding included (a state depends on its own past only).
 */
function statesOfSteps(weights: Weights, { rows, columns, items }: PaddedBatch): tf.Tensor[] {
  const hidden = weights["gru.weight_hh_l0"].shape[1]!;
  const input = embed(weights["embedding.weight"], items).matMul(
    weights["gru.weight_ih_l0"],
    false,
    true,
  ).add(weights["gru.bias_ih_l0"]);
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

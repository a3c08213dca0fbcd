/** Layers that the neural models share, as pure tfjs functions. */
import * as tf from "@tensorflow/tfjs";
import { fillMask, type Mask } from "../random/dropout.ts";

/** A model's parameters as tensors, by their `state_dict` names. */
export type Weights = Readonly<Record<string, tf.Tensor>>;

/**
 * Rows of an embedding table whose row `padding` is zero and without a gradient. A product with
 * one-hot rows rather than a gather, because the gather's gradient (UnsortedSegmentSum) does not
 * exist on tfjs's wasm backend.
 */
export function embed(table: tf.Tensor, items: Int32Array, padding: number): tf.Tensor2D {
  const rows = table.shape[0];
  const notPadding = new Float32Array(rows).fill(1);
  notPadding[padding] = 0;
  return oneHot(items, rows).matMul(
    table.mul(tf.tensor2d(notPadding, [rows, 1])) as tf.Tensor2D,
  ) as tf.Tensor2D;
}

/** Where dropout masks come from while training. */
export interface DropoutKey {
  readonly seed: number;
  /** Optimiser step, from 1. */
  readonly step: number;
}

/** A batch of windows of which row r's position t has the mask's vector r·maxLen + t. */
export interface MaskedRows {
  readonly rows: number;
  readonly columns: number;
  readonly maxLen: number;
}

/** The scaled dropout mask of hidden vectors [rows·columns × width]. */
export function hiddenMask(
  { rows, columns, maxLen }: MaskedRows,
  width: number,
  mask: Mask,
): tf.Tensor2D {
  const all = new Float32Array(rows * columns * width);
  for (let row = 0; row < rows; row++) {
    const part = all.subarray(row * columns * width, (row + 1) * columns * width);
    fillMask(part, mask, row * maxLen * width);
  }
  return tf.tensor2d(all, [rows * columns, width]);
}

/**
 * One-hot rows [items × depth]; int32 first, because tfjs's wasm backend computes float32 one-hots
 * wrongly.
 */
export function oneHot(items: Int32Array, depth: number): tf.Tensor2D {
  if (depth === 1) return tf.ones([items.length, 1]); // tfjs refuses a depth of 1
  return tf.oneHot(tf.tensor1d(items, "int32"), depth, 1, 0, "int32").toFloat() as tf.Tensor2D;
}

/** LayerNorm over the last axis with a biased variance, as `torch.nn.LayerNorm`. */
export function layerNorm(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor,
  epsilon: number,
): tf.Tensor {
  const centred = x.sub(x.mean(-1, true));
  return centred.div(centred.square().mean(-1, true).add(epsilon).sqrt()).mul(weight).add(bias);
}

/** x·Wᵀ + b over the last axis of a two-dimensional x; without a bias x·Wᵀ. */
export function linear(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor2D {
  const product = (x as tf.Tensor2D).matMul<tf.Tensor2D>(weight as tf.Tensor2D, false, true);
  return (bias === undefined ? product : product.add(bias)) as tf.Tensor2D;
}

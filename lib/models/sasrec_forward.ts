/**
 * SASRec's forward pass as a pure function over a parameter record, in tfjs, so that autodiff gives
 * its gradients.
 */
import * as tf from "@tensorflow/tfjs";
import {
  attentionSite,
  EMBEDDING_SITE,
  fillMask,
  innerSite,
  outerSite,
  projectionSite,
} from "../random/dropout.ts";
import type { PaddedBatch } from "../samplers/padded_batch.ts";
import type { SasRecModel } from "./sasrec.ts";
import { paddingRowOf } from "./architecture.ts";
import {
  type DropoutKey,
  embed,
  hiddenMask,
  layerNorm,
  linear,
  type Weights,
} from "./tfjs_layers.ts";

/** A large finite mask instead of an infinity: exp of it is 0 and no product of it is NaN. */
const MASKED = -1e9;

/**
 * States [targets × hidden] that the output layer reads. `targets` picks the columns: [targets ×
 * (rows·columns)] one-hot over row·columns + column. Without `dropout` nothing is dropped.
 */
export function sasRecStates(
  model: SasRecModel,
  weights: Weights,
  batch: PaddedBatch,
  targets: tf.Tensor2D,
  dropout?: DropoutKey,
): tf.Tensor2D {
  const { rows, columns } = batch;
  const { hiddenDim: width, numHeads, maxLen, layerNormEps, numBlocks } = model;
  const headDim = width / numHeads;
  const drop = (x: tf.Tensor, site: number, w: number): tf.Tensor => {
    // x [rows·columns × w]
    if (dropout === undefined || model.dropout === 0) return x;
    const mask = { ...dropout, site, rate: model.dropout };
    return x.mul(hiddenMask({ rows, columns, maxLen }, w, mask));
  };
  const positions = weights["pos_emb.weight"].slice([0, 0], [columns, width]).tile([rows, 1]);
  const causal = tf.tensor2d(
    Float32Array.from(
      { length: columns * columns },
      (_, i) => i % columns > Math.floor(i / columns) ? MASKED : 0,
    ),
    [columns, columns],
  );
  let x = drop(
    embed(weights["item_emb.weight"], batch.items, paddingRowOf(model)).add(positions),
    EMBEDDING_SITE,
    width,
  );
  for (let b = 0; b < numBlocks; b++) {
    const w = (name: string) => weights[`blocks.${b}.${name}`];
    x = layerNorm(
      x.add(drop(attention(x, b), projectionSite(b), width)),
      w("norm1.weight"),
      w("norm1.bias"),
      layerNormEps,
    );
    const inner = drop(
      linear(x, w("linear1.weight"), w("linear1.bias")).relu(),
      innerSite(b),
      model.feedForwardDim,
    );
    const outer = drop(linear(inner, w("linear2.weight"), w("linear2.bias")), outerSite(b), width);
    x = layerNorm(x.add(outer), w("norm2.weight"), w("norm2.bias"), layerNormEps);
  }
  return layerNorm(
    targets.matMul(x),
    weights["layer_norm.weight"],
    weights["layer_norm.bias"],
    layerNormEps,
  ) as tf.Tensor2D;

  function attention(input: tf.Tensor, b: number): tf.Tensor {
    const w = (name: string) => weights[`blocks.${b}.self_attn.${name}`];
    const heads = (t: tf.Tensor) =>
      t.reshape([rows, columns, numHeads, headDim]).transpose([0, 2, 1, 3]);
    const [query, key, value] = linear(input, w("in_proj_weight"), w("in_proj_bias")).split(3, 1)
      .map(heads);
    let shares = tf.softmax(query.mul(1 / Math.sqrt(headDim)).matMul(key, false, true).add(causal));
    if (dropout !== undefined && model.dropout > 0) {
      shares = shares.mul(attentionMask(dropout, attentionSite(b)));
    }
    return linear(
      shares.matMul(value).transpose([0, 2, 1, 3]).reshape([rows * columns, width]),
      w("out_proj.weight"),
      w("out_proj.bias"),
    );
  }

  function attentionMask({ seed, step }: DropoutKey, site: number): tf.Tensor {
    const mask = new Float32Array(rows * numHeads * columns * columns);
    for (let i = 0; i < rows * numHeads * columns; i++) {
      // (row·heads + head)·maxLen + query
      const line = Math.floor(i / columns) * maxLen + i % columns;
      const part = mask.subarray(i * columns, (i + 1) * columns);
      fillMask(part, { seed, site, step, rate: model.dropout }, line * maxLen);
    }
    return tf.tensor4d(mask, [rows, numHeads, columns, columns]);
  }
}

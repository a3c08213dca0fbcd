/** The losses that the tfjs engine has, each a record over a pure function. */
import * as tf from "@tensorflow/tfjs";
import {
  type BinaryLoss,
  type BprMaxLoss,
  CROSS_ENTROPY,
  type Loss,
  positiveWeight,
  type SampledLoss,
} from "../../models/loss.ts";
import { linear, oneHot } from "../../models/tfjs_layers.ts";
import { negativesOf } from "../../random/negatives.ts";

/** What a head computes on: the targets of one batch. */
export interface HeadInput {
  /** [targets × hidden] */
  readonly states: tf.Tensor2D;
  /** The output layer: [items × hidden] and, if it has one, [items]. */
  readonly weight: tf.Tensor;
  readonly bias?: tf.Tensor;
  /** [targets] the course to predict. */
  readonly labels: Int32Array;
  /** What a head that samples keys its draws by: the run's seed, the optimiser step from 1. */
  readonly seed: number;
  readonly step: number;
}

/** One loss on this engine; tfjs's autodiff gives the backward pass. */
export interface TfjsHead<L extends Loss = Loss> {
  readonly name: string;
  /** The mean loss over the targets, differentiable in the states and in the output layer. */
  loss(loss: L, input: HeadInput): tf.Scalar;
}

/** Mean cross-entropy of the labels under a softmax over the whole catalogue. */
const SOFTMAX: TfjsHead = {
  name: CROSS_ENTROPY.name,
  loss(_loss, { states, weight, bias, labels }) {
    const logits = linear(states, weight, bias);
    const shifted = logits.sub(logits.max(-1, true));
    const logSum = shifted.exp().sum(-1).log();
    return logSum.sub(shifted.mul(oneHot(labels, logits.shape[1])).sum(-1)).mean() as tf.Scalar;
  },
};

/** `bce` and `gbce`: sums over the catalogue, each course as often as it was drawn. */
function binary(name: BinaryLoss["name"]): TfjsHead<BinaryLoss> {
  return {
    name,
    loss(loss, input) {
      const { logits, label, counts } = sampled(loss, input);
      const positive = tf.softplus(label.neg()).mul(positiveWeight(loss, logits.shape[1]));
      const negative = tf.softplus(logits).mul(counts).sum(-1, true);
      return positive.add(negative).mean().div(loss.negatives + 1) as tf.Scalar;
    },
  };
}

/** A course that was not drawn weighs exp(−1e9) = 0 in the negatives' softmax. */
const NOT_DRAWN = -1e9;

const BPR_MAX: TfjsHead<BprMaxLoss> = {
  name: "bpr_max",
  loss(loss, input) {
    const { logits, label, counts } = sampled(loss, input);
    const drawn = tf.where(counts.greater(0), counts.maximum(1).log(), tf.scalar(NOT_DRAWN));
    const exponents = logits.add(drawn);
    const share = tf.softmax(exponents);
    // −log Σ s·σ = log Σ exp(r) − log Σ exp(r + log σ)
    const won = exponents.sub(tf.softplus(logits.sub(label)));
    const missed = tf.logSumExp(exponents, -1).sub(tf.logSumExp(won, -1));
    const squares = logits.square().mul(share).sum(-1);
    return missed.add(squares.mul(loss.regularisation)).mean() as tf.Scalar;
  },
};

/**
 * Logits [targets × items], the label's [targets × 1], and how often each course was drawn
 * [targets × items]. All logits, because a gather has no gradient on tfjs's wasm backend.
 */
function sampled(
  { negatives }: SampledLoss,
  { states, weight, bias, labels, seed, step }: HeadInput,
) {
  const logits = linear(states, weight, bias);
  const nItems = logits.shape[1];
  const counts = new Float32Array(labels.length * nItems);
  labels.forEach((label, target) => {
    const drawn = negativesOf({ seed, step, nItems, count: negatives }, target, label);
    for (const course of drawn) counts[target * nItems + course]++;
  });
  return {
    logits,
    label: logits.mul(oneHot(labels, nItems)).sum(-1, true),
    counts: tf.tensor2d(counts, [labels.length, nItems]),
  };
}

/** Every head of this engine. */
export const HEADS: readonly TfjsHead[] = [SOFTMAX, binary("bce"), binary("gbce"), BPR_MAX];

/** The losses that the tfjs engine has, each a record over a pure function. */
import type * as tf from "@tensorflow/tfjs";
import { CROSS_ENTROPY, type Loss } from "../../models/loss.ts";
import { linear, oneHot } from "../../models/tfjs_layers.ts";

/** What a head computes on: the targets of one batch. */
export interface HeadInput {
  /** [targets × hidden] */
  readonly states: tf.Tensor2D;
  /** The output layer: [items × hidden] and [items]. */
  readonly weight: tf.Tensor;
  readonly bias: tf.Tensor;
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

/** Every head of this engine. */
export const HEADS: readonly TfjsHead[] = [SOFTMAX];

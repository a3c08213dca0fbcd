/**
 * Losses over sampled negatives. Each thread scores its own slice of the batch's targets against
 * their courses and leaves the scores' gradients for all; then each adds up the output layer's for
 * its slice of the catalogue, over all targets in their order.
 */
import { pad4 } from "../../kernels/wasm/sizes.ts";
import type { BinaryLoss, BprMaxLoss, SampledLoss } from "../../models/loss.ts";
import {
  binaryGradients,
  bprMaxGradients,
  type DifferentiateScores,
} from "../../models/sampled_loss.ts";
import { NEGATIVES_SITE } from "../../random/negatives.ts";
import { sliceOf } from "./deal.ts";
import type { Head } from "./head.ts";
import type { Thread } from "./thread.ts";

/** SASRec's binary cross-entropy. */
export const BCE: Head<BinaryLoss> = sampledHead("bce", binaryGradients);
/** gSASRec's. */
export const GBCE: Head<BinaryLoss> = sampledHead("gbce", binaryGradients);
/** GRU4Rec's BPR-max. */
export const BPR_MAX: Head<BprMaxLoss> = sampledHead("bpr_max", bprMaxGradients);

function sampledHead<L extends SampledLoss>(
  name: L["name"],
  gradientsOf: (loss: L, nItems: number) => DifferentiateScores,
): Head<L> {
  return {
    name,
    exchanged: ({ negatives }, targets) => targets * (2 * (negatives + 1) + 1),
    measure: () => {},
    differentiate: (thread, loss, targets, step) => {
      const size = { targets, width: loss.negatives + 1 };
      return differentiate(thread, size, step, gradientsOf(loss, thread.model.nItems));
    },
  };
}

/** Targets of the batch, and courses of each. */
interface SampledSize {
  readonly targets: number;
  readonly width: number;
}

/** Where the threads find each other's results: in the first one's `exchange.head`. */
function exchanged({ exchange }: Thread, { targets, width }: SampledSize) {
  const [begin] = exchange.head;
  const array = 4 * targets * width;
  return {
    /** [targets × width] courses as int32; scores, then their gradients. */
    ids: begin,
    scores: begin + array,
    /** [targets] */
    losses: begin + 2 * array,
  };
}

function differentiate(
  thread: Thread,
  size: SampledSize,
  step: number,
  gradientsOf: DifferentiateScores,
): number {
  const { kernels, floats, exchange, layout, shared, model, index, threads } = thread;
  const { targets, width } = size;
  const { nItems } = model;
  const hidden = pad4(model.hiddenDim);
  const { weight, bias } = layout.output;
  const weights = shared.parameters + 4 * weight.offset;
  const biases = bias === undefined ? 0 : shared.parameters + 4 * bias.offset;
  const { ids, scores, losses } = exchanged(thread, size);
  const stateGradients = exchange.stateGradients[index];

  const [from, to] = sliceOf(targets, index, threads);
  const own = {
    rows: to - from,
    width,
    hidden,
    ids: ids + 4 * from * width,
    states: exchange.states + 4 * from * hidden,
    weights,
  };
  kernels.drawNegatives({
    rows: own.rows,
    width,
    first: from,
    labels: exchange.labels + 4 * from,
    courses: nItems,
    seed: thread.seed,
    site: NEGATIVES_SITE,
    step,
    ids: own.ids,
  });
  kernels.sampledScores({ ...own, bias: biases, scores: scores + 4 * from * width });
  for (let i = from; i < to; i++) {
    const at = scores / 4 + i * width;
    floats[losses / 4 + i] = gradientsOf(floats.subarray(at, at + width), 1 / targets);
  }
  thread.clear(stateGradients, targets * hidden);
  kernels.sampledStates({
    ...own,
    d: scores + 4 * from * width,
    dStates: stateGradients + 4 * from * hidden,
  });
  thread.barrier();

  const [first, past] = sliceOf(nItems, index, threads);
  const dWeights = shared.gradients + 4 * weight.offset;
  const dBias = bias === undefined ? 0 : shared.gradients + 4 * bias.offset;
  thread.clear(dWeights + 4 * first * hidden, (past - first) * hidden);
  if (bias !== undefined) thread.clear(dBias + 4 * first, past - first);
  kernels.sampledWeights({
    rows: targets,
    width,
    hidden,
    ids,
    d: scores,
    states: exchange.states,
    first,
    past,
    dWeights,
    dBias,
  });
  let loss = 0;
  for (let i = 0; i < targets; i++) loss += floats[losses / 4 + i];
  return loss / targets;
}

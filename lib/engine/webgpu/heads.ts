/**
 * The losses that the webgpu engine has. A head takes the hidden states to each target's loss and
 * to the gradients of its logits; what is before and after is the same for every loss.
 */
import type { Kernel } from "../../kernels/webgpu/kernel.ts";
import { shardGradients, shardStatistics } from "../../kernels/webgpu/shard_softmax.ts";
import type { FusedHead } from "../../kernels/webgpu/fused_head.ts";
import { sampledHead, type SampledSizes, shardSampled } from "../../kernels/webgpu/sampled_head.ts";
import { softmaxHead } from "../../kernels/webgpu/softmax_head.ts";
import {
  type BinaryLoss,
  type BprMaxLoss,
  CROSS_ENTROPY,
  type Loss,
  positiveWeight,
} from "../../models/loss.ts";

/**
 * The kernels of a loss. They write the loss of target i to `losses[step.lossesAt + i]`, and scale
 * gradients by `step.scale`, which makes the mean over the targets of a batch.
 */
export interface HeadKernels {
  /**
   * All in one kernel, for catalogues whose logits fit its workgroup storage: from `hiddenAt` to
   * the losses, `logitGradientAt` and `hiddenGradientAt`. `size` is its number of threads.
   */
  readonly fused: FusedHead;
  /**
   * For catalogues in shards: from the logits of all shards to the losses and, in the logits'
   * place, their gradients. Each kernel runs over all shards before the next one begins;
   * `statistics` quads a shard and target at `statisticsAt` are theirs.
   */
  sharded(size: number): readonly Kernel[];
  readonly statistics: number;
}

/** One loss on this engine. A method, so that heads of different losses make one list. */
export interface WebGpuHead<L extends Loss = Loss> {
  readonly name: string;
  /** Over a catalogue of `nItems` courses. */
  kernels(loss: L, nItems: number): HeadKernels;
}

/** Mean cross-entropy of the labels under a softmax over the whole catalogue. */
const SOFTMAX: WebGpuHead = {
  name: CROSS_ENTROPY.name,
  kernels: () => ({
    fused: softmaxHead,
    sharded: (size) => [shardStatistics(size), shardGradients(size)],
    statistics: 1,
  }),
};

/** `bce` and `gbce`. */
function binary(name: BinaryLoss["name"]): WebGpuHead<BinaryLoss> {
  return {
    name,
    kernels(loss, nItems) {
      const { negatives } = loss;
      return sampled({ negatives, positiveWeight: positiveWeight(loss, nItems) }, nItems);
    },
  };
}

const BPR_MAX: WebGpuHead<BprMaxLoss> = {
  name: "bpr_max",
  kernels: ({ negatives, regularisation }, nItems) =>
    sampled({ negatives, regularisation }, nItems),
};

function sampled(sizes: SampledSizes, nItems: number): HeadKernels {
  return {
    fused: sampledHead(sizes),
    sharded: (size) => shardSampled(sizes, nItems, size),
    statistics: 2,
  };
}

/** Every head of this engine. */
export const HEADS: readonly WebGpuHead[] = [SOFTMAX, binary("bce"), binary("gbce"), BPR_MAX];

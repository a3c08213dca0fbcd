/**
 * The losses that the webgpu engine has. A head takes the hidden states to each target's loss and
 * to the gradients of its logits; what is before and after is the same for every loss.
 */
import type { Kernel } from "../../kernels/webgpu/kernel.ts";
import { shardGradients, shardStatistics } from "../../kernels/webgpu/shard_softmax.ts";
import { type HeadLayout, softmaxHead } from "../../kernels/webgpu/softmax_head.ts";
import { CROSS_ENTROPY, type Loss } from "../../models/loss.ts";

/**
 * The kernels of a loss. They write the loss of target i to `losses[step.lossesAt + i]`, and scale
 * gradients by `step.scale`, which makes the mean over the targets of a batch.
 */
export interface HeadKernels {
  /**
   * All in one kernel, for catalogues whose logits fit its workgroup storage: from `hiddenAt` to
   * the losses, `logitGradientAt` and `hiddenGradientAt`. `size` is its number of threads.
   */
  fused(layout: HeadLayout, size: number): Kernel;
  /**
   * For catalogues in shards: from the logits of all shards to the losses and, in the logits'
   * place, their gradients. Each kernel runs over all shards before the next one begins; a quad a
   * shard and target at `statisticsAt` is theirs.
   */
  sharded(size: number): readonly Kernel[];
}

/** One loss on this engine. A method, so that heads of different losses make one list. */
export interface WebGpuHead<L extends Loss = Loss> {
  readonly name: string;
  kernels(loss: L): HeadKernels;
}

/** Mean cross-entropy of the labels under a softmax over the whole catalogue. */
const SOFTMAX: WebGpuHead = {
  name: CROSS_ENTROPY.name,
  kernels: () => ({
    fused: softmaxHead,
    sharded: (size) => [shardStatistics(size), shardGradients(size)],
  }),
};

/** Every head of this engine. */
export const HEADS: readonly WebGpuHead[] = [SOFTMAX];

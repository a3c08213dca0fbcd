/** Softmax cross-entropy over a catalogue in shards: statistics of each, then gradients of each. */
import text from "./shard_softmax.wgsl" with { type: "text" };
import { type Kernel, kernel } from "./kernel.ts";

/** Maximum, sum and label's logit of each target in a shard. */
export function shardStatistics(size = 256): Kernel {
  return softmax("shardStatistics", 0, size);
}

/**
 * Gradients of a shard's logits, in their place, and the losses. Needs the statistics of all
 * shards.
 */
export function shardGradients(size = 256): Kernel {
  return softmax("shardGradients", 1, size);
}

function softmax(name: string, gradients: number, size: number): Kernel {
  return kernel({
    name,
    bindings: { plan: "u32", activations: "vec4f", losses: "f32", logits: "f32" },
    key: { SIZE: size, GRADIENTS: gradients },
    text: [text],
    dispatch: ({ targets }) => [targets],
  });
}

/**
 * Ranks on the device: first the labels' logits from whichever shard has them, then the courses
 * before them, shard by shard.
 */
import text from "./rank.wgsl" with { type: "text" };
import { type Kernel, kernel } from "./kernel.ts";

/** The logit of each label that is in the shard. */
export function labelLogits(size = 64): Kernel {
  return rank("labelLogits", 0, size);
}

/**
 * Adds to each rank the courses of the shard that come before the label. Shards in their order, the
 * first one begins at 1.
 */
export function countBefore(size = 256): Kernel {
  return rank("countBefore", 1, size);
}

function rank(name: string, count: number, size: number): Kernel {
  return kernel({
    name,
    bindings: { plan: "u32", activations: "vec4f", losses: "f32", logits: "f32" },
    key: { SIZE: size, COUNT: count },
    text: [text],
    dispatch: ({ targets }) => [targets],
  });
}

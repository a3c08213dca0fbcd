/** The hidden states' gradients over a large catalogue: split sums in two passes. */
import text from "./hidden_gradient.wgsl" with { type: "text" };
import { type Kernel, kernel } from "./kernel.ts";

/** Slices of a shard's items. */
export const SHARD_SLICES = 16;

/** A shard's slices. `size` is a square and a multiple of 16: 64 or 256. */
export function hiddenGradient(hidden: number, size = 256): Kernel {
  const side = Math.sqrt(size);
  return kernel({
    name: "hiddenGradient",
    bindings: { weights: "vec4f", activations: "vec4f", logits: "vec4f" },
    key: {
      SIZE: size,
      SUM: 0,
      SIDE: side,
      SIDE_QUADS: side / 4,
      LINES: 4 * side,
      HIDDEN_QUADS: hidden / 4,
      SLICES: SHARD_SLICES,
    },
    text: [text],
    dispatch: (
      { targets },
    ) => [Math.ceil(targets / (4 * side)), Math.ceil(hidden / 4 / side), SHARD_SLICES],
  });
}

/** The sum over the slices of `shards` shards. */
export function hiddenGradientSum(hidden: number, shards: number, size = 64): Kernel {
  return kernel({
    name: "hiddenGradientSum",
    bindings: { activations: "vec4f" },
    key: { SIZE: size, SUM: 1, HIDDEN_QUADS: hidden / 4, ALL_SLICES: shards * SHARD_SLICES },
    text: [text],
    dispatch: ({ targets }) => [Math.ceil(targets * hidden / 4 / size)],
  });
}

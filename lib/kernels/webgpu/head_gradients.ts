/** The output layer's gradients over a large catalogue, shard by shard. */
import text from "./head_gradients.wgsl" with { type: "text" };
import outerTile from "./outer_tile.wgsl" with { type: "text" };
import { type Kernel, kernel } from "./kernel.ts";

/** Weight and, if it is `biased`, bias of a shard. `size` is a square: 64 or 256. */
export function shardHeadGradients(hidden: number, biased: boolean, size = 256): Kernel {
  const side = Math.sqrt(size);
  return kernel({
    name: "shardHeadGradients",
    bindings: { gradients: "vec4f", activations: "vec4f", logits: "vec4f" },
    key: { SIZE: size, SIDE: side, HIDDEN_QUADS: hidden / 4, BIASED: +biased },
    text: [text],
    parts: { outerTile },
    dispatch: (
      { shardItems },
    ) => [Math.ceil(shardItems / (4 * side)), Math.ceil(hidden / 4 / side)],
  });
}

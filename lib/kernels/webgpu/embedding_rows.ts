/** Rows of a sharded embedding table, to the distinct items of a step and their gradients back. */
import text from "./embedding_rows.wgsl" with { type: "text" };
import { type Kernel, kernel } from "./kernel.ts";

/** The rows of a shard into the list of distinct items. */
export function gatherRows(width: number, size = 256): Kernel {
  return rows("gatherRows", 0, width, size);
}

/**
 * The gradients of distinct items into the shard's; Adam leaves zeros for the next step. Padding
 * has none.
 */
export function scatterRows(width: number, size = 256): Kernel {
  return rows("scatterRows", 1, width, size);
}

function rows(name: string, scatter: number, width: number, size: number): Kernel {
  return kernel({
    name,
    bindings: {
      plan: "u32",
      activations: "vec4f",
      ...scatter ? { gradients: "vec4f" } : { weights: "vec4f" },
    },
    key: { SIZE: size, SCATTER: scatter, WIDTH_QUADS: width / 4 },
    text: [text],
    dispatch: ({ distinct }) => [Math.ceil(distinct * width / 4 / size)],
  });
}

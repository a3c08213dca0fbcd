/** Rows of a sharded embedding table, to the distinct items of a step and their gradients back. */
import text from "./embedding_rows.wgsl" with { type: "text" };
import { type Kernel, kernel } from "./kernel.ts";

/** The rows of a shard into the list of distinct items. */
export function gatherRows(width: number, size = 256): Kernel {
  return rows("gatherRows", { SCATTER: 0, ADDED: 0 }, width, size);
}

/**
 * The gradients of distinct items into the shard's; Adam leaves zeros for the next step. Padding
 * has none. `added`: to the output layer's, of a table that is both.
 */
export function scatterRows(width: number, added: boolean, size = 256): Kernel {
  return rows("scatterRows", { SCATTER: 1, ADDED: +added }, width, size);
}

function rows(name: string, key: { SCATTER: number; ADDED: number }, width: number, size: number) {
  return kernel({
    name,
    bindings: {
      plan: "u32",
      activations: "vec4f",
      ...key.SCATTER ? { gradients: "vec4f" } : { weights: "vec4f" },
    },
    key: { SIZE: size, ...key, WIDTH_QUADS: width / 4 },
    text: [text],
    dispatch: ({ distinct }) => [Math.ceil(distinct * width / 4 / size)],
  });
}

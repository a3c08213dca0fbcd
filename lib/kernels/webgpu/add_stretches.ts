/** The second level of popular items' gradients: what their stretches gave, added up. */
import text from "./add_stretches.wgsl" with { type: "text" };
import { type Kernel, kernel } from "./kernel.ts";
import { STRETCH_WGSL } from "./plan_records.ts";
import { rowGradientAt, type StoreLayout } from "./store_layout.ts";
import type { ItemGradients } from "./weight_gradients.ts";

/** Adds an item's further stretches to its first; no dispatch where no item has further ones. */
export function addStretches(
  store: StoreLayout,
  { width, embedding, sharded }: ItemGradients,
  size = 64,
): Kernel {
  return kernel({
    name: "addStretches",
    bindings: { plan: "u32", gradients: "vec4f", activations: "vec4f" },
    key: {
      SIZE: size,
      WIDTH_QUADS: width / 4,
      SHARDED: +sharded,
      EMBEDDING_GRADIENT: rowGradientAt(store, embedding) / 4,
    },
    text: [STRETCH_WGSL, text],
    dispatch: ({ stretches, furtherStretches }) => [
      furtherStretches === 0 ? 0 : Math.ceil(stretches * width / 4 / size),
    ],
  });
}

/**
 * The GRU's input projection: distinct items × W_ih, [distinct × embedding]·[3·hidden ×
 * embedding]ᵀ.
 */
import text from "./project.wgsl" with { type: "text" };
import { GEMM_NT, type GEMM_SIZES, gemmGroups, gemmKey } from "./gemm_nt.ts";
import type { GruLayout } from "./gru_layout.ts";
import { type Kernel, kernel } from "./kernel.ts";

/** Projects the distinct items of the batch instead of every token or the whole vocabulary. */
export function project(l: GruLayout, size: typeof GEMM_SIZES[number] = 64): Kernel {
  return kernel({
    name: "project",
    bindings: { plan: "u32", weights: "vec4f", activations: "vec4f" },
    key: {
      ...gemmKey(size, l.width / 4),
      HIDDEN: l.hidden,
      SHARDED: +l.sharded,
      EMBEDDING: l.embedding / 4,
      WEIGHT_IH: l.weightIh / 4,
      BIAS_IH: l.biasIh / 4,
      BIAS_HH: l.biasHh / 4,
    },
    text: [text, GEMM_NT],
    dispatch: ({ distinct }) => [gemmGroups(size, distinct), gemmGroups(size, 3 * l.hidden)],
  });
}

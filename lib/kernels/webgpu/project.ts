/** The GRU's input projection: distinct items times W_ih, [distinct × gates]. */
import text from "./project.wgsl" with { type: "text" };
import { placesInQuads, quadConstants } from "./fields.ts";
import { GEMM_NT, type GEMM_SIZES, gemmGroups, gemmKey } from "./gemm_nt.ts";
import type { GruLayout } from "./gru_layout.ts";
import { type Kernel, kernel } from "./kernel.ts";

/** Projects the distinct items of the batch instead of every token or the whole vocabulary. */
export function project(l: GruLayout, size: typeof GEMM_SIZES[number] = 64): Kernel {
  const { embedding, weightIh, biasIh, biasHh } = l;
  return kernel({
    name: "project",
    bindings: { plan: "u32", weights: "vec4f", activations: "vec4f" },
    key: {
      ...gemmKey(size, l.width / 4),
      SHARDED: +l.sharded,
      ...quadConstants("gate", l.gates),
      ...placesInQuads({ embedding, weightIh, biasIh, biasHh }),
    },
    text: [text, GEMM_NT],
    dispatch: ({ distinct }) => [gemmGroups(size, distinct), gemmGroups(size, l.gates.size)],
  });
}

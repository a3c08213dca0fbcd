/** The GRU's input projection: distinct items, or tokens, times W_ih, [… × gates]. */
import text from "./project.wgsl" with { type: "text" };
import { placesInQuads, quadConstants } from "./fields.ts";
import { GEMM_NT, type GEMM_SIZES, gemmGroups, gemmKey } from "./gemm_nt.ts";
import type { GruLayout } from "./gru_layout.ts";
import { type Kernel, kernel } from "./kernel.ts";

/**
 * Projects the distinct items of the batch instead of every token or the whole vocabulary; every
 * token only where dropout tells them apart.
 */
export function project(l: GruLayout, size: typeof GEMM_SIZES[number] = 64): Kernel {
  const { embedding, weightIh, biasIh, biasHh } = l;
  return kernel({
    name: "project",
    bindings: { plan: "u32", weights: "vec4f", activations: "vec4f" },
    key: {
      ...gemmKey(size, l.width / 4),
      SHARDED: +l.sharded,
      OWN_INPUTS: +(l.ownInputs !== undefined),
      ...quadConstants("gate", l.gates),
      ...placesInQuads({ embedding, weightIh, biasIh, biasHh }),
    },
    text: [text, GEMM_NT],
    dispatch: ({ distinct, tokens }) => [
      gemmGroups(size, l.ownInputs ? tokens : distinct),
      gemmGroups(size, l.gates.size),
    ],
  });
}

/** The GRU's inputs where dropout tells tokens of one item apart, and their gradients. */
import { EMBEDDING_SITE } from "../../random/dropout.ts";
import dropout from "./dropout.wgsl" with { type: "text" };
import { placesInQuads, quadConstants } from "./fields.ts";
import { GEMM_NT, type GEMM_SIZES, gemmGroups, gemmKey } from "./gemm_nt.ts";
import gradients from "./gru_input_gradients.wgsl" with { type: "text" };
import inputs from "./gru_inputs.wgsl" with { type: "text" };
import type { GruLayout } from "./gru_layout.ts";
import { type Kernel, kernel, roundUp } from "./kernel.ts";

/** A layout of tokens that have inputs of their own. */
export type OwnInputsLayout = GruLayout & Required<Pick<GruLayout, "ownInputs">>;

/** Whether a layout is such a one. */
export function hasOwnInputs(l: GruLayout): l is OwnInputsLayout {
  return l.ownInputs !== undefined;
}

/**
 * The tokens' embeddings under their masks, and the masks. Windows come `windowsAWorkgroup` at a
 * time, some of them empty.
 */
export function gruInputs(l: OwnInputsLayout, windowsAWorkgroup: number, size = 64): Kernel {
  const { width, maxLen } = l.ownInputs;
  return kernel({
    name: "gruInputs",
    bindings: { plan: "u32", weights: "vec4f", activations: "vec4f" },
    key: {
      SIZE: size,
      SHARDED: +l.sharded,
      WHOLE_QUADS: +(width % 4 === 0),
      WIDTH: width,
      WIDTH_QUADS: l.width / 4,
      MAX_LENGTH: maxLen,
      EMBEDDING_SITE,
      ...placesInQuads({ embedding: l.embedding }),
    },
    text: [dropout, inputs],
    dispatch: ({ windows }) => [roundUp(windows, windowsAWorkgroup)],
  });
}

/** The gradients of the tokens' inputs from those of the gates. */
export function gruInputGradients(
  l: OwnInputsLayout,
  size: typeof GEMM_SIZES[number] = 64,
): Kernel {
  return kernel({
    name: "gruInputGradients",
    bindings: { weights: "vec4f", activations: "vec4f" },
    key: {
      ...gemmKey(size, l.gates.size / 4),
      WIDTH_QUADS: l.width / 4,
      ...quadConstants("record", l.record),
      ...placesInQuads({ weightIhTransposed: l.weightIhTransposed }),
    },
    text: [gradients, GEMM_NT],
    dispatch: ({ tokens }) => [gemmGroups(size, tokens), gemmGroups(size, l.width)],
  });
}

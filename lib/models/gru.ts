/**
 * The global GRU of the notebook (cell 06-08), after GRU4Rec (Hidasi et al., ICLR 2016): embedding
 * → one GRU layer over the real steps → linear layer on the last real hidden state. PyTorch's gate
 * order r, z, n and both bias vectors. Course 0 is also `padding_idx`, as in the notebook: its
 * embedding is zero and never trained.
 */
import type { ParameterSpec } from "./parameters.ts";

/** Architecture of the GRU; with the defaults and 343 courses it has 140,695 parameters. */
export interface GruModel {
  readonly architecture: "gru";
  readonly nItems: number;
  readonly embeddingDim: number;
  readonly hiddenDim: number;
  /** A prefix keeps its last `maxLen` items. */
  readonly maxLen: number;
}

/** The notebook's architecture for a catalogue of `nItems` courses. */
export function gruModel(
  nItems: number,
  overrides: Partial<Omit<GruModel, "architecture" | "nItems">> = {},
): GruModel {
  return {
    architecture: "gru",
    nItems,
    embeddingDim: 64,
    hiddenDim: 128,
    maxLen: 50,
    ...overrides,
  };
}

/** Parameters in `state_dict` order with PyTorch's initial distributions. */
export function gruSpecs({ nItems, embeddingDim, hiddenDim }: GruModel): ParameterSpec[] {
  const recurrent = { kind: "uniform", bound: 1 / Math.sqrt(hiddenDim) } as const;
  return [
    {
      name: "embedding.weight",
      shape: [nItems, embeddingDim],
      init: { kind: "normal" },
      paddingRow: 0,
    },
    { name: "gru.weight_ih_l0", shape: [3 * hiddenDim, embeddingDim], init: recurrent },
    { name: "gru.weight_hh_l0", shape: [3 * hiddenDim, hiddenDim], init: recurrent },
    { name: "gru.bias_ih_l0", shape: [3 * hiddenDim], init: recurrent },
    { name: "gru.bias_hh_l0", shape: [3 * hiddenDim], init: recurrent },
    // Linear: 1/√fan_in, and fan_in is hiddenDim
    { name: "fc.weight", shape: [nItems, hiddenDim], init: recurrent },
    { name: "fc.bias", shape: [nItems], init: recurrent },
  ];
}

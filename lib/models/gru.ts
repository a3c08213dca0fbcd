/**
 * The global GRU of the notebook (cell 06-08), after GRU4Rec (Hidasi et al., ICLR 2016): embedding,
 * one GRU layer over the real steps, linear layer on the last real hidden state. PyTorch's gate
 * order r, z, n and both bias vectors. Course 0 is also `padding_idx`, as in the notebook: its
 * embedding is zero and never trained, unless the model has a padding row of its own.
 */
import {
  type Architecture,
  type NeuralModel,
  type Padding,
  paddingRowOf,
  recordOf,
  type Tying,
  tying,
} from "./architecture.ts";
import type { ParameterSpec } from "./parameters.ts";

/** Architecture of the GRU; with the defaults and 343 courses it has 140,695 parameters. */
export interface GruModel extends NeuralModel, Padding, Tying {
  readonly architecture: "gru";
  readonly embeddingDim: number;
  /**
   * Rate of the dropout between embedding and GRU while training; absent for none, as in the
   * notebook, whose GRU's own dropout is without effect in one layer.
   */
  readonly embeddingDropout?: number;
}

/**
 * The notebook's architecture for a catalogue of `nItems` courses. A tied one has an output bias,
 * as GRU4Rec's constrained embeddings. @throws RangeError for a tied one whose two widths differ.
 */
export function gruModel(
  nItems: number,
  overrides: Partial<Omit<GruModel, "architecture" | "nItems">> = {},
): GruModel {
  const model: GruModel = {
    architecture: "gru",
    nItems,
    embeddingDim: 64,
    hiddenDim: 128,
    maxLen: 50,
    ...overrides,
    ...tying(overrides),
  };
  if (model.tied && model.embeddingDim !== model.hiddenDim) {
    throw new RangeError(
      `a tied GRU's embeddings must be as wide as its states, ` +
        `got ${model.embeddingDim} and ${model.hiddenDim}`,
    );
  }
  return model;
}

/** The item embeddings. */
const TABLE = "embedding.weight";

/** Everything that does not depend on an engine. */
export const GRU: Architecture<GruModel> = {
  name: "gru",
  title: "GRU",
  itemTable: TABLE,
  paddingRow: paddingRowOf,
  outputLayer: ({ tied }) => ({ weight: tied ? TABLE : "fc.weight", bias: "fc.bias" }),
  parameterSpecs: gruSpecs,
  readsLastColumn: () => false,
  oneTargetAWindow: () => false,
  isModel: isGruModel,
};

const SIZES = ["nItems", "embeddingDim", "hiddenDim", "maxLen"] satisfies (keyof GruModel)[];

function isGruModel(value: unknown): value is GruModel {
  const record = recordOf(value, "gru", SIZES);
  if (record === undefined) return false;
  const { embeddingDropout: rate, tied, embeddingDim, hiddenDim } = record;
  if (tied && embeddingDim !== hiddenDim) return false;
  return rate === undefined || (typeof rate === "number" && rate > 0 && rate < 1);
}

/** Parameters in `state_dict` order with PyTorch's initial distributions. */
export function gruSpecs(model: GruModel): ParameterSpec[] {
  const { nItems, embeddingDim, hiddenDim, ownPadding, tied } = model;
  const init = { kind: "uniform", bound: 1 / Math.sqrt(hiddenDim) } as const;
  const gates = (name: string, ...columns: number[]): ParameterSpec => (
    { name: `gru.${name}`, shape: [3 * hiddenDim, ...columns], init, stacked: 3 }
  );
  return [
    {
      name: TABLE,
      shape: [ownPadding ? nItems + 1 : nItems, embeddingDim],
      init: { kind: "normal" },
      paddingRow: paddingRowOf(model),
    },
    gates("weight_ih_l0", embeddingDim),
    gates("weight_hh_l0", hiddenDim),
    gates("bias_ih_l0"),
    gates("bias_hh_l0"),
    // Linear: 1/√fan_in, and fan_in is hiddenDim
    ...tied ? [] : [{ name: "fc.weight", shape: [nItems, hiddenDim], init }],
    { name: "fc.bias", shape: [nItems], init },
  ];
}

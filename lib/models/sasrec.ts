/**
 * SASRec as the notebook builds it (cell 06-08B), after Kang & McAuley (ICDM 2018) but from
 * PyTorch's post-norm `TransformerEncoderLayer`s: item + position embeddings, dropout, blocks under
 * a causal mask, LayerNorm, linear layer.
 *
 * Read-out. `last_column` trains on the last column of the right-padded batch, padding included (a
 * zero embedding plus its position), as the notebook does; `last_item` reads the last real item and
 * needs no padding at all; `all_positions` reads every target where it stands, so that one pass
 * over a session serves all its positions, as published. Scoring sees one unpadded sequence and
 * reads its last item, whatever the read-out.
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

/** Architecture of SASRec; with the defaults and 343 courses it has 147,607 parameters. */
export interface SasRecModel extends NeuralModel, Padding, Tying {
  readonly architecture: "sasrec";
  readonly numHeads: number;
  readonly numBlocks: number;
  /** Number of position embeddings; a prefix keeps its last `maxLen` items. */
  readonly maxLen: number;
  readonly feedForwardDim: number;
  /** Rate of every dropout while training; scoring never drops. */
  readonly dropout: number;
  readonly layerNormEps: number;
  readonly readout: typeof READOUTS[number];
  /**
   * Standard deviation of the initial weights: embeddings and matrices from N(0, σ²), biases zero,
   * as published. Absent for PyTorch's own distributions, as in the notebook.
   */
  readonly initialDeviation?: number;
}

/** Where training reads the output. */
export const READOUTS = ["last_column", "last_item", "all_positions"] as const;

/**
 * The notebook's architecture for a catalogue of `nItems` courses. A tied one has no output bias,
 * as published, and starts from N(0, 0.02²).
 */
export function sasRecModel(
  nItems: number,
  overrides: Partial<Omit<SasRecModel, "architecture" | "nItems">> = {},
): SasRecModel {
  const hiddenDim = overrides.hiddenDim ?? 64;
  const model: SasRecModel = {
    architecture: "sasrec",
    nItems,
    hiddenDim,
    numHeads: 2,
    numBlocks: 2,
    maxLen: 50,
    feedForwardDim: 4 * hiddenDim,
    dropout: 0.2,
    layerNormEps: 1e-5,
    readout: "last_column",
    // from N(0, 1) the table's outputs would begin eight times too large
    ...overrides.tied ? { initialDeviation: 0.02 } : {},
    ...overrides,
    ...tying(overrides),
  };
  if (model.hiddenDim % model.numHeads !== 0) {
    throw new RangeError(
      `SASRec's hidden size must be a multiple of its heads, ` +
        `got ${model.hiddenDim} and ${model.numHeads}`,
    );
  }
  return model;
}

/** The item embeddings. */
const TABLE = "item_emb.weight";

/** Everything that does not depend on an engine. */
export const SASREC: Architecture<SasRecModel> = {
  name: "sasrec",
  title: "SASRec",
  itemTable: TABLE,
  paddingRow: paddingRowOf,
  outputLayer: ({ tied }) => tied ? { weight: TABLE } : { weight: "fc.weight", bias: "fc.bias" },
  parameterSpecs: sasRecSpecs,
  readsLastColumn: ({ readout }) => readout === "last_column",
  oneTargetAWindow: ({ readout }) => readout !== "all_positions",
  isModel: isSasRecModel,
};

const SIZES = [
  "nItems",
  "hiddenDim",
  "numHeads",
  "numBlocks",
  "maxLen",
  "feedForwardDim",
] satisfies (keyof SasRecModel)[];

/**
 * A list of parameters is made for every block before a model's file is looked at, so the number of
 * blocks is bounded.
 */
function isSasRecModel(value: unknown): value is SasRecModel {
  const record = recordOf(value, "sasrec", SIZES);
  if (record === undefined) return false;
  const { numBlocks, numHeads, hiddenDim, dropout, layerNormEps, readout } = record;
  const { initialDeviation = 1 } = record;
  return Number(numBlocks) <= 1000 && Number(hiddenDim) % Number(numHeads) === 0 &&
    typeof dropout === "number" && dropout >= 0 && dropout < 1 &&
    typeof layerNormEps === "number" && layerNormEps > 0 && layerNormEps < 1 &&
    typeof initialDeviation === "number" && initialDeviation > 0 &&
    READOUTS.some((known) => known === readout);
}

/** Parameters in `state_dict` order with their initial distributions. */
export function sasRecSpecs(model: SasRecModel): ParameterSpec[] {
  const specs = pytorchSpecs(model);
  const { initialDeviation: deviation } = model;
  if (deviation === undefined) return specs;
  return specs.map((spec): ParameterSpec => {
    if (spec.shape.length > 1) return { ...spec, init: { kind: "normal", deviation } };
    // a norm's scale stays 1
    return spec.init.kind === "constant" ? spec : { ...spec, init: { kind: "constant", value: 0 } };
  });
}

/** PyTorch's initial distributions. */
function pytorchSpecs(model: SasRecModel): ParameterSpec[] {
  const { nItems, hiddenDim: h, feedForwardDim: f, numBlocks, maxLen, tied } = model;
  const uniform = (bound: number) => ({ kind: "uniform", bound }) as const;
  const linear = (fanIn: number) => uniform(1 / Math.sqrt(fanIn));
  const constant = (value: number) => ({ kind: "constant", value }) as const;
  const norm = (name: string): ParameterSpec[] => [
    { name: `${name}.weight`, shape: [h], init: constant(1) },
    { name: `${name}.bias`, shape: [h], init: constant(0) },
  ];
  const block = (b: number): ParameterSpec[] => [
    {
      name: `blocks.${b}.self_attn.in_proj_weight`, // queries, keys, values
      shape: [3 * h, h],
      init: uniform(Math.sqrt(6 / (4 * h))), // Xavier over [3h, h]
      stacked: 3,
    },
    { name: `blocks.${b}.self_attn.in_proj_bias`, shape: [3 * h], init: constant(0), stacked: 3 },
    { name: `blocks.${b}.self_attn.out_proj.weight`, shape: [h, h], init: linear(h) },
    { name: `blocks.${b}.self_attn.out_proj.bias`, shape: [h], init: constant(0) },
    { name: `blocks.${b}.linear1.weight`, shape: [f, h], init: linear(h) },
    { name: `blocks.${b}.linear1.bias`, shape: [f], init: linear(h) },
    { name: `blocks.${b}.linear2.weight`, shape: [h, f], init: linear(f) },
    { name: `blocks.${b}.linear2.bias`, shape: [h], init: linear(f) },
    ...norm(`blocks.${b}.norm1`),
    ...norm(`blocks.${b}.norm2`),
  ];
  return [
    {
      name: TABLE,
      shape: [nItems + 1, h],
      init: { kind: "normal" },
      paddingRow: paddingRowOf(model),
    },
    { name: "pos_emb.weight", shape: [maxLen, h], init: { kind: "normal" } },
    ...Array.from({ length: numBlocks }, (_, b) => block(b)).flat(),
    ...norm("layer_norm"),
    ...tied ? [] : [
      { name: "fc.weight", shape: [nItems, h], init: linear(h) },
      { name: "fc.bias", shape: [nItems], init: linear(h) },
    ],
  ];
}

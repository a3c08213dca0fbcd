/**
 * Where SASRec's parameters and activations lie. Sizes are multiples of 4, a head's too, so that
 * everything is in quads.
 */
import { roundUp } from "./kernel.ts";
import { type SasRecRecords, sasRecRecords } from "./sasrec_records.ts";
import { headGradients, type HeadLayout } from "./fused_head.ts";
import type { StepField } from "./step_uniform.ts";
import { layoutBuilder, type StoreLayout } from "./store_layout.ts";
import type {
  ActivationRows,
  GradientPiece,
  ItemGradients,
  SummedOver,
} from "./weight_gradients.ts";

/** What decides SASRec's layout. */
export interface SasRecSizes {
  readonly nItems: number;
  readonly hiddenDim: number;
  readonly numHeads: number;
  readonly numBlocks: number;
  readonly maxLen: number;
  readonly feedForwardDim: number;
  readonly layerNormEps: number;
  readonly tied?: true;
}

/** A block's parameters, as they lie in every block. */
interface BlockPlaces {
  readonly inWeight: number;
  readonly inBias: number;
  readonly outWeight: number;
  readonly outBias: number;
  readonly innerWeight: number;
  readonly innerBias: number;
  readonly outerWeight: number;
  readonly outerBias: number;
  readonly norm1Scale: number;
  readonly norm1Shift: number;
  readonly norm2Scale: number;
  readonly norm2Shift: number;
}

/** Sizes and places, in floats. */
export interface SasRecLayout extends HeadLayout {
  readonly sizes: SasRecSizes;
  readonly store: StoreLayout;
  readonly sharded: boolean;
  readonly embedding: number;
  readonly positions: number;
  readonly blocks: readonly BlockPlaces[];
  readonly normScale: number;
  readonly normShift: number;
  /** Transposed copies of the first block's four matrices. */
  readonly inTransposed: number;
  readonly outTransposed: number;
  readonly innerTransposed: number;
  readonly outerTransposed: number;
  /** Floats from a block's parameters, or copies, to the next block's. */
  readonly blockParameters: number;
  readonly blockCopies: number;
  readonly records: SasRecRecords;
}

/** Lays the model out, with its tables or, `sharded`, without. */
export function sasRecLayout(sizes: SasRecSizes, sharded: boolean): SasRecLayout {
  const { nItems, hiddenDim: h, feedForwardDim: f, numBlocks, maxLen, tied = false } = sizes;
  const b = layoutBuilder();
  const placed = (name: string, rows: number, columns: number) =>
    sharded ? 0 : b.place(name, rows, columns);
  const table = () => placed("item_emb.weight", nItems + 1, h);
  const ownTable = tied ? 0 : table();
  b.end("direct");
  const positions = b.place("pos_emb.weight", maxLen, h);
  const vector = (name: string, n: number) => b.place(name, 1, n);
  const blocks = Array.from({ length: numBlocks }, (_, i): BlockPlaces => {
    const of = (name: string) => `blocks.${i}.${name}`;
    return {
      inWeight: b.place(of("self_attn.in_proj_weight"), 3 * h, h),
      inBias: vector(of("self_attn.in_proj_bias"), 3 * h),
      outWeight: b.place(of("self_attn.out_proj.weight"), h, h),
      outBias: vector(of("self_attn.out_proj.bias"), h),
      innerWeight: b.place(of("linear1.weight"), f, h),
      innerBias: vector(of("linear1.bias"), f),
      outerWeight: b.place(of("linear2.weight"), h, f),
      outerBias: vector(of("linear2.bias"), h),
      norm1Scale: vector(of("norm1.weight"), h),
      norm1Shift: vector(of("norm1.bias"), h),
      norm2Scale: vector(of("norm2.weight"), h),
      norm2Shift: vector(of("norm2.bias"), h),
    };
  });
  const normScale = vector("layer_norm.weight", h);
  const normShift = vector("layer_norm.bias", h);
  b.end("token");
  const headWeight = tied ? table() : placed("fc.weight", nItems, h);
  const headBias = tied ? undefined : placed("fc.bias", 1, nItems);
  const copies = blocks.map((block) => ({
    in: b.transpose(block.inWeight, 3 * h, h),
    out: b.transpose(block.outWeight, h, h),
    inner: b.transpose(block.innerWeight, f, h),
    outer: b.transpose(block.outerWeight, h, f),
  }));
  const headTransposed = sharded ? 0 : b.transpose(headWeight, nItems, h);
  return {
    sizes,
    items: nItems,
    hidden: h,
    stride: roundUp(nItems, 4),
    store: b.finish({ rowSlices: tied && !sharded ? 1 : 0 }),
    sharded,
    embedding: tied ? headWeight : ownTable,
    positions,
    blocks,
    normScale,
    normShift,
    headWeight,
    headBias,
    headTransposed,
    inTransposed: copies[0].in,
    outTransposed: copies[0].out,
    innerTransposed: copies[0].inner,
    outerTransposed: copies[0].outer,
    blockParameters: numBlocks > 1 ? blocks[1].inWeight - blocks[0].inWeight : 0,
    blockCopies: numBlocks > 1 ? copies[1].in - copies[0].in : 0,
    records: sasRecRecords(sizes),
  };
}

/** SASRec's gradients as pieces, from the records that the backward pass leaves. */
export function sasRecGradients(
  l: SasRecLayout,
): { pieces: GradientPiece[]; items: ItemGradients } {
  const { hiddenDim: width, maxLen } = l.sizes;
  const { token, partials } = l.records;
  const inputs = rowsAt("recordsAt", token.at.gradient, token.size);
  const last = rowsAt("partialsAt", partials.at.last, partials.size);
  const pieces: GradientPiece[] = [
    ...l.blocks.flatMap((_, block) => blockGradients(l, block)),
    { kind: "positions", a: inputs, height: maxLen, width, to: l.positions },
    ...normGradients(l, last, l.normScale, l.normShift),
    ...l.sharded ? [] : headGradients(l),
  ];
  return { pieces, items: { a: inputs, width, embedding: l.embedding, sharded: l.sharded } };
}

/** A region's rows from this float of each on, `size` floats from row to row. */
function rowsAt(region: StepField, at: number, size: number): ActivationRows {
  return { at: `step.${region} + ${at / 4}u`, stride: size / 4 };
}

/** The gradients of a block's parameters. */
function blockGradients(l: SasRecLayout, number: number): GradientPiece[] {
  const { hiddenDim: h, feedForwardDim: f, numBlocks } = l.sizes;
  const { query, block, token, target, blockPartials, partials } = l.records;
  const places = l.blocks[number];
  const last = number === numBlocks - 1;
  const ofRow = (field: keyof typeof block.at) =>
    rowsAt("recordsAt", number * block.size + block.at[field], token.size);
  const ofTarget = (at: number) => rowsAt("targetRecordsAt", at, target.size);
  const ofQuery = (field: keyof typeof query.at): ActivationRows =>
    last
      ? ofTarget(target.at.query + query.at[field])
      : rowsAt("recordsAt", number * block.size + block.at.query + query.at[field], token.size);
  const ofNorm = (norm: keyof typeof blockPartials.at) =>
    rowsAt(
      "partialsAt",
      partials.at.blocks + number * blockPartials.size + blockPartials.at[norm],
      partials.size,
    );
  /** A layer's weight [height × width] and bias from its output's gradient and its input. */
  const linear = (
    [dOutput, height]: readonly [keyof typeof query.at, number],
    [input, width]: readonly [keyof typeof query.at, number],
    weight: number,
    bias: number,
  ): GradientPiece[] => {
    const over: SummedOver = last ? "targets" : "tokens";
    const a = ofQuery(dOutput);
    return [
      { kind: "outer", over, a, b: ofQuery(input), height, width, to: weight },
      { kind: "columnSum", over, a, width: height, to: bias },
    ];
  };
  /** Rows first..first+height-1 of the weight and bias that make queries, keys and values. */
  const input = (
    a: ActivationRows,
    over: SummedOver,
    first: number,
    height: number,
  ): GradientPiece[] => {
    const gathered = over === "targets";
    const weight = places.inWeight + first * h;
    return [
      { kind: "outer", over, a, b: ofRow("input"), gathered, height, width: h, to: weight },
      { kind: "columnSum", over, a, width: height, to: places.inBias + first },
    ];
  };
  const inputs = last
    ? [
      ...input(ofTarget(target.at.dVector), "targets", 0, h),
      ...input(ofRow("dKeys"), "tokens", h, 2 * h),
    ]
    : input(ofRow("dQueries"), "tokens", 0, 3 * h);
  return [
    ...inputs,
    ...linear(["dProjected", h], ["attended", h], places.outWeight, places.outBias),
    ...linear(["dRelu", f], ["x1", h], places.innerWeight, places.innerBias),
    ...linear(["dOuter", h], ["relu", f], places.outerWeight, places.outerBias),
    ...normGradients(l, ofNorm("norm1"), places.norm1Scale, places.norm1Shift),
    ...normGradients(l, ofNorm("norm2"), places.norm2Scale, places.norm2Shift),
  ];
}

/** A norm's scale and shift from the windows' sums, which begin at `norm`. */
function normGradients(
  { hidden: width, records }: SasRecLayout,
  norm: ActivationRows,
  scale: number,
  shift: number,
): GradientPiece[] {
  const part = (at: number) => ({ at: `${norm.at} + ${at / 4}u`, stride: norm.stride });
  const columnSum = { kind: "columnSum", over: "windows", width } as const;
  return [
    { ...columnSum, a: part(records.norm.at.scale), to: scale },
    { ...columnSum, a: part(records.norm.at.shift), to: shift },
  ];
}

/**
 * Where SASRec's parameters and activations lie. Sizes are multiples of 4, a head's too, so that
 * everything is in quads.
 */
import { roundUp } from "./kernel.ts";
import { layoutBuilder, type StoreLayout } from "./store_layout.ts";
import { headGradients, type HeadLayout } from "./softmax_head.ts";
import type { GradientPiece, ItemGradients, Rows } from "./weight_gradients.ts";

/** What decides SASRec's layout. */
export interface SasRecSizes {
  readonly nItems: number;
  readonly hiddenDim: number;
  readonly numHeads: number;
  readonly numBlocks: number;
  readonly maxLen: number;
  readonly feedForwardDim: number;
  readonly layerNormEps: number;
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
  /** Floats of the records of `sasrec_window.wgsl`. */
  readonly tokenRecord: number;
  readonly targetRecord: number;
  readonly partialRecord: number;
}

/** Lays the model out, with its tables or, `sharded`, without. */
export function sasRecLayout(sizes: SasRecSizes, sharded: boolean): SasRecLayout {
  const { nItems, hiddenDim: h, feedForwardDim: f, numHeads, numBlocks, maxLen } = sizes;
  const b = layoutBuilder();
  const embedding = sharded ? 0 : b.place("item_emb.weight", nItems + 1, h);
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
  const headWeight = sharded ? 0 : b.place("fc.weight", nItems, h);
  const headBias = sharded ? 0 : vector("fc.bias", nItems);
  const copies = blocks.map((block) => ({
    in: b.transpose(block.inWeight, 3 * h, h),
    out: b.transpose(block.outWeight, h, h),
    inner: b.transpose(block.innerWeight, f, h),
    outer: b.transpose(block.outerWeight, h, f),
  }));
  const headTransposed = sharded ? 0 : b.transpose(headWeight, nItems, h);
  const queryRecord = 7 * h + 2 * f + 4 + 4 * numHeads;
  const blockRecord = 7 * h + queryRecord;
  return {
    sizes,
    items: nItems,
    hidden: h,
    stride: roundUp(nItems, 4),
    store: b.finish(),
    sharded,
    embedding,
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
    tokenRecord: (numBlocks - 1) * blockRecord + 8 * h,
    targetRecord: queryRecord + 4 * h,
    partialRecord: (2 * numBlocks + 1) * 2 * h,
  };
}

/** SASRec's gradients as pieces, from the records that the backward pass leaves. */
export function sasRecGradients(
  l: SasRecLayout,
): { pieces: GradientPiece[]; items: ItemGradients } {
  const { hiddenDim: h, feedForwardDim: f, numHeads, numBlocks, maxLen } = l.sizes;
  const query = 7 * h;
  const block = 14 * h + 2 * f + 4 + 4 * numHeads;
  const tokenField = (b: number) => (at: number) => ({
    at: `step.recordsAt + ${(b * block + at) / 4}u`,
    stride: l.tokenRecord / 4,
  });
  const targetField = (at: number) => ({
    at: `step.targetRecordsAt + ${at / 4}u`,
    stride: l.targetRecord / 4,
  });
  const partial = (norm: number, part: number) => ({
    at: `step.partialsAt + ${(norm * 2 + part) * h / 4}u`,
    stride: l.partialRecord / 4,
  });
  const pieces = l.blocks.flatMap((places, b): GradientPiece[] => {
    const last = b === numBlocks - 1;
    const token = tokenField(b);
    const rows: Rows = last ? "targets" : "tokens";
    const field = (at: number) => last ? targetField(at) : token(query + at);
    const linear = (
      a: number,
      at: number,
      height: number,
      width: number,
      to: number,
      bias: number,
    ): GradientPiece[] => [
      { kind: "outer", rows, a: field(a), b: field(at), height, width, to },
      { kind: "columnSum", rows, a: field(a), width: height, to: bias },
    ];
    const input = (
      a: ReturnType<typeof targetField>,
      rows: Rows,
      height: number,
      first: number,
    ): GradientPiece[] => [
      {
        kind: "outer",
        rows,
        a,
        b: token(0),
        gathered: rows === "targets",
        height,
        width: h,
        to: places.inWeight + first * h,
      },
      { kind: "columnSum", rows, a, width: height, to: places.inBias + first },
    ];
    const norm = (n: number, scale: number, shift: number): GradientPiece[] =>
      normGradients(partial, n, h, scale, shift);
    return [
      ...last
        ? [
          ...input(targetField(8 * h + 2 * f + 4 + 4 * numHeads), "targets", h, 0),
          ...input(token(5 * h), "tokens", 2 * h, h),
        ]
        : input(token(4 * h), "tokens", 3 * h, 0),
      ...linear(4 * h, 0, h, h, places.outWeight, places.outBias),
      ...linear(7 * h + f, 2 * h, f, h, places.innerWeight, places.innerBias),
      ...linear(5 * h, 7 * h, h, f, places.outerWeight, places.outerBias),
      ...norm(2 * b, places.norm1Scale, places.norm1Shift),
      ...norm(2 * b + 1, places.norm2Scale, places.norm2Shift),
    ];
  });
  const gradient = {
    at: `step.recordsAt + ${(l.tokenRecord - h) / 4}u`,
    stride: l.tokenRecord / 4,
  };
  pieces.push({ kind: "positions", a: gradient, height: maxLen, width: h, to: l.positions });
  pieces.push(...normGradients(partial, 2 * numBlocks, h, l.normScale, l.normShift));
  if (!l.sharded) pieces.push(...headGradients(l));
  return { pieces, items: { a: gradient, width: h, embedding: l.embedding, sharded: l.sharded } };
}

function normGradients(
  partial: (norm: number, part: number) => { at: string; stride: number },
  norm: number,
  width: number,
  scale: number,
  shift: number,
): GradientPiece[] {
  return [
    { kind: "columnSum", rows: "windows", a: partial(norm, 0), width, to: scale },
    { kind: "columnSum", rows: "windows", a: partial(norm, 1), width, to: shift },
  ];
}

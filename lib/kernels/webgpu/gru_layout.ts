/**
 * Where the GRU's parameters and activations lie. Hidden and embedding sizes are padded to quads;
 * padded units stay exactly zero.
 */
import { type Fields, fields } from "./fields.ts";
import { roundUp } from "./kernel.ts";
import { headGradients } from "./fused_head.ts";
import { layoutBuilder, type StoreLayout } from "./store_layout.ts";
import type { GradientPiece, ItemGradients } from "./weight_gradients.ts";

/** What decides a GRU's layout. */
export interface GruSizes {
  readonly nItems: number;
  readonly embeddingDim: number;
  readonly hiddenDim: number;
  readonly maxLen: number;
  readonly ownPadding?: true;
  readonly tied?: true;
  readonly embeddingDropout?: number;
}

/** The GRU's sizes (padded) and places, in floats. */
export interface GruLayout {
  readonly items: number;
  readonly width: number;
  readonly hidden: number;
  /**
   * With dropout on the embeddings every token has an input of its own, which keeps a mask; the
   * mask counts by the model's own width and window. Else tokens of one item share one.
   */
  readonly ownInputs?: { readonly width: number; readonly maxLen: number };
  /** Items padded to quads: a row of logits. */
  readonly stride: number;
  readonly store: StoreLayout;
  /** Tables are in shards of their own. */
  readonly sharded: boolean;
  readonly embedding: number;
  readonly weightIh: number;
  readonly weightHh: number;
  readonly biasIh: number;
  readonly biasHh: number;
  readonly weightHhTransposed: number;
  /** With inputs of their own. */
  readonly weightIhTransposed: number;
  readonly headWeight: number;
  readonly headBias: number;
  readonly headTransposed: number;
  /** The three gates: rows of the matrices, a row of input projections, of products. */
  readonly gates: Fields<"r" | "z" | "n">;
  /**
   * A token's record: r, z, n and hn = W_hn·h + b_hn, which the backward pass overwrites with their
   * gradients; and h before.
   */
  readonly record: Fields<"r" | "z" | "n" | "hn" | "before">;
}

/** Rows of the embedding table. */
export function embeddingRows({ nItems, ownPadding }: GruSizes): number {
  return ownPadding ? nItems + 1 : nItems;
}

/** Lays the model out, with its tables or, `sharded`, without. */
export function gruLayout(model: GruSizes, sharded: boolean): GruLayout {
  const { nItems, embeddingDim, hiddenDim, maxLen, embeddingDropout = 0, tied = false } = model;
  const width = roundUp(embeddingDim, 4);
  const hidden = roundUp(hiddenDim, 4);
  const b = layoutBuilder();
  const gateRows = { groupRows: hiddenDim, groupStride: hidden };
  const rows = embeddingRows(model);
  const place = (name: string, height: number, columns: number) =>
    sharded ? 0 : b.place(name, height, columns);
  const table = () => place("embedding.weight", rows, embeddingDim);
  const ownTable = tied ? 0 : table();
  b.end("direct");
  const weightIh = b.place("gru.weight_ih_l0", 3 * hiddenDim, embeddingDim, gateRows);
  const weightHh = b.place("gru.weight_hh_l0", 3 * hiddenDim, hiddenDim, gateRows);
  // a bias of three gates is a matrix of three rows, each padded
  const biasIh = b.place("gru.bias_ih_l0", 3, hiddenDim);
  const biasHh = b.place("gru.bias_hh_l0", 3, hiddenDim);
  b.end("token");
  const headWeight = tied ? table() : place("fc.weight", nItems, hiddenDim);
  const headBias = place("fc.bias", 1, nItems);
  const weightHhTransposed = b.transpose(weightHh, 3 * hidden, hidden);
  const headTransposed = sharded ? 0 : b.transpose(headWeight, nItems, hidden);
  const ownInputs = embeddingDropout > 0 ? { width: embeddingDim, maxLen } : undefined;
  const weightIhTransposed = ownInputs ? b.transpose(weightIh, 3 * hidden, width) : 0;
  return {
    items: nItems,
    width,
    hidden,
    ownInputs,
    stride: roundUp(nItems, 4),
    store: b.finish({ rowSlices: tied && !sharded ? 1 : 0 }),
    sharded,
    embedding: tied ? headWeight : ownTable,
    weightIh,
    weightHh,
    biasIh,
    biasHh,
    weightHhTransposed,
    weightIhTransposed,
    headWeight,
    headBias,
    headTransposed,
    gates: fields({ r: hidden, z: hidden, n: hidden }),
    record: fields({ r: hidden, z: hidden, n: hidden, hn: hidden, before: hidden }),
  };
}

/** The GRU's gradients as pieces, from the records that the backward pass leaves. */
export function gruGradients(l: GruLayout): { pieces: GradientPiece[]; items: ItemGradients } {
  const { hidden, gates } = l;
  const of = (field: keyof GruLayout["record"]["at"]) => ({
    at: `step.recordsAt + ${l.record.at[field] / 4}u`,
    stride: l.record.size / 4,
  });
  // in a record dr, dz and dn are next to each other as in W_ih; W_hh has dhn in dn's place
  const inputs = of("r");
  const recurrent = of("hn");
  const before = of("before");
  const ownInput = { at: "step.inputsAt", stride: l.width / 4 };
  const tokens = { over: "tokens" } as const;
  const outer = { kind: "outer", ...tokens } as const;
  const columnSum = { kind: "columnSum", ...tokens } as const;
  const pieces: GradientPiece[] = [
    { ...outer, a: inputs, b: before, height: gates.at.n, width: hidden, to: l.weightHh },
    {
      ...outer,
      a: recurrent,
      b: before,
      height: hidden,
      width: hidden,
      to: l.weightHh + gates.at.n * hidden,
    },
    l.ownInputs
      ? { ...outer, a: inputs, b: ownInput, height: gates.size, width: l.width, to: l.weightIh }
      : { kind: "outerEmbedded", a: inputs, height: gates.size, width: l.width, to: l.weightIh },
    { ...columnSum, a: inputs, width: gates.size, to: l.biasIh },
    { ...columnSum, a: inputs, width: gates.at.n, to: l.biasHh },
    { ...columnSum, a: recurrent, width: hidden, to: l.biasHh + gates.at.n },
    ...l.sharded ? [] : headGradients(l),
  ];
  const { width, embedding, sharded } = l;
  const items: ItemGradients = l.ownInputs
    ? { a: { at: "step.inputGradientsAt", stride: width / 4 }, width, embedding, sharded }
    : {
      a: inputs,
      width,
      embedding,
      sharded,
      projection: { gates: gates.size, weightIh: l.weightIh },
    };
  return { pieces, items };
}

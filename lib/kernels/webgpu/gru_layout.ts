/**
 * Where the GRU's parameters and activations lie. Hidden and embedding sizes are padded to quads;
 * padded units stay exactly zero.
 */
import { headGradients } from "./softmax_head.ts";
import type { GradientPiece, ItemGradients } from "./weight_gradients.ts";
import { roundUp } from "./kernel.ts";
import { layoutBuilder, type StoreLayout } from "./store_layout.ts";

/** What decides a GRU's layout. */
export interface GruSizes {
  readonly nItems: number;
  readonly embeddingDim: number;
  readonly hiddenDim: number;
}

/** The GRU's sizes (padded) and places, in floats. */
export interface GruLayout {
  readonly items: number;
  readonly width: number;
  readonly hidden: number;
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
  readonly headWeight: number;
  readonly headBias: number;
  readonly headTransposed: number;
}

/**
 * Floats of a token's record: first r, z, n, W_hn·h + b_hn; in the backward pass their gradients
 * dr, dz, dn, d(hn); always last h before.
 */
export const GRU_RECORD = 5;

/** Lays the model out, with its tables or, `sharded`, without. */
export function gruLayout(model: GruSizes, sharded: boolean): GruLayout {
  const { nItems, embeddingDim, hiddenDim } = model;
  const width = roundUp(embeddingDim, 4);
  const hidden = roundUp(hiddenDim, 4);
  const b = layoutBuilder();
  const gates = { groupRows: hiddenDim, groupStride: hidden };
  const embedding = sharded ? 0 : b.place("embedding.weight", nItems, embeddingDim);
  b.end("direct");
  const weightIh = b.place("gru.weight_ih_l0", 3 * hiddenDim, embeddingDim, gates);
  const weightHh = b.place("gru.weight_hh_l0", 3 * hiddenDim, hiddenDim, gates);
  // a bias of three gates is a matrix of three rows, each padded
  const biasIh = b.place("gru.bias_ih_l0", 3, hiddenDim);
  const biasHh = b.place("gru.bias_hh_l0", 3, hiddenDim);
  b.end("token");
  const headWeight = sharded ? 0 : b.place("fc.weight", nItems, hiddenDim);
  const headBias = sharded ? 0 : b.place("fc.bias", 1, nItems);
  const weightHhTransposed = b.transpose(weightHh, 3 * hidden, hidden);
  const headTransposed = sharded ? 0 : b.transpose(headWeight, nItems, hidden);
  return {
    items: nItems,
    width,
    hidden,
    stride: roundUp(nItems, 4),
    store: b.finish(),
    sharded,
    embedding,
    weightIh,
    weightHh,
    biasIh,
    biasHh,
    weightHhTransposed,
    headWeight,
    headBias,
    headTransposed,
  };
}

/**
 * The GRU's gradients as pieces: a token's record is dr, dz, dn, d(hn), h before, so that W_ih's
 * rows are next to each other.
 */
export function gruGradients(l: GruLayout): { pieces: GradientPiece[]; items: ItemGradients } {
  const h = l.hidden;
  const record = (units: number) => ({
    at: `step.recordsAt + ${units * h / 4}u`,
    stride: GRU_RECORD * h / 4,
  });
  const rows = "tokens";
  const pieces: GradientPiece[] = [
    { kind: "outer", rows, a: record(0), b: record(4), height: 2 * h, width: h, to: l.weightHh },
    {
      kind: "outer",
      rows,
      a: record(3),
      b: record(4),
      height: h,
      width: h,
      to: l.weightHh + 2 * h * h,
    },
    { kind: "outerEmbedded", a: record(0), height: 3 * h, width: l.width, to: l.weightIh },
    { kind: "columnSum", rows, a: record(0), width: 3 * h, to: l.biasIh },
    { kind: "columnSum", rows, a: record(0), width: 2 * h, to: l.biasHh },
    { kind: "columnSum", rows, a: record(3), width: h, to: l.biasHh + 2 * h },
    ...l.sharded ? [] : headGradients(l),
  ];
  return {
    pieces,
    items: {
      a: record(0),
      width: l.width,
      embedding: l.embedding,
      sharded: l.sharded,
      projection: { gates: 3 * h, weightIh: l.weightIh },
    },
  };
}

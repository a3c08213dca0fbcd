/**
 * Where a task's parameters lie. What moves when only a part of the network does comes first: the
 * output layer's bias, its weights, the recurrence, then the item table. The start has the whole
 * table; a task has a row for each of its own items, one after the other from the same place on.
 */
import { type Fields, fields } from "../fields.ts";
import { embeddingRows, type GruSizes } from "../gru_layout.ts";
import { roundUp } from "../kernel.ts";
import { layoutBuilder, type StoreLayout } from "../store_layout.ts";

/** What a task may move: the output layer's bias, the output layer, everything. */
export type Moved = "bias" | "head" | "all";

/** A GRU's sizes (padded to quads) and places, in floats. */
export interface TaskLayout {
  readonly items: number;
  /** Items padded to quads: a row of gradients of logits. */
  readonly stride: number;
  readonly width: number;
  readonly hidden: number;
  readonly store: StoreLayout;
  readonly headBias: number;
  readonly headWeight: number;
  readonly weightIh: number;
  readonly weightHh: number;
  readonly biasIh: number;
  readonly biasHh: number;
  /** The item table, and with it the end of what is no row of it. */
  readonly table: number;
  /** Rows of the start's table. */
  readonly rows: number;
  /** Rows of the matrices: the three gates. */
  readonly gates: Fields<"r" | "z" | "n">;
  /**
   * What a token leaves for the way back: r, z, n and hn = W_hn·h + b_hn, which the backward pass
   * overwrites with their gradients; the state before and after; the item's row and its gradient.
   */
  readonly record: Fields<
    "r" | "z" | "n" | "hn" | "before" | "after" | "input" | "inputGradient"
  >;
}

/** Lays an untied GRU out. */
export function taskLayout(model: GruSizes): TaskLayout {
  const { nItems, embeddingDim, hiddenDim } = model;
  const width = roundUp(embeddingDim, 4);
  const hidden = roundUp(hiddenDim, 4);
  const b = layoutBuilder();
  const gateRows = { groupRows: hiddenDim, groupStride: hidden };
  const headBias = b.place("fc.bias", 1, nItems);
  const headWeight = b.place("fc.weight", nItems, hiddenDim);
  const weightIh = b.place("gru.weight_ih_l0", 3 * hiddenDim, embeddingDim, gateRows);
  const weightHh = b.place("gru.weight_hh_l0", 3 * hiddenDim, hiddenDim, gateRows);
  const biasIh = b.place("gru.bias_ih_l0", 3, hiddenDim);
  const biasHh = b.place("gru.bias_hh_l0", 3, hiddenDim);
  const rows = embeddingRows(model);
  const table = b.place("embedding.weight", rows, embeddingDim);
  return {
    items: nItems,
    stride: roundUp(nItems, 4),
    width,
    hidden,
    store: b.finish(),
    headBias,
    headWeight,
    weightIh,
    weightHh,
    biasIh,
    biasHh,
    table,
    rows,
    gates: fields({ r: hidden, z: hidden, n: hidden }),
    record: fields({
      r: hidden,
      z: hidden,
      n: hidden,
      hn: hidden,
      before: hidden,
      after: hidden,
      input: width,
      inputGradient: width,
    }),
  };
}

/** Tensors by the number of their rate, which is their place among the parameters' specs. */
export const TENSORS = [
  "embedding.weight",
  "gru.weight_ih_l0",
  "gru.weight_hh_l0",
  "gru.bias_ih_l0",
  "gru.bias_hh_l0",
  "fc.weight",
  "fc.bias",
] as const;

/** Floats from one list of rates to the next. */
export const RATES = 8;

/** Floats of a task's own parameters that has this many rows of the item table. */
export function movedFloats(l: TaskLayout, moved: Moved, rows: number): number {
  if (moved === "bias") return l.headWeight;
  if (moved === "head") return l.weightIh;
  return l.table + rows * l.width;
}

/** Scores windows: each thread its own windows against the whole catalogue. */
import type { NeuralModel } from "../../models/neural.ts";
import { pad4 } from "./arena.ts";
import { gruForward, stateAt } from "./gru.ts";
import { gemmScratch } from "./head.ts";
import { deal } from "./rows.ts";
import { sasRecForward } from "./sasrec.ts";
import type { Thread } from "./thread.ts";

/** Courses scored at once. */
const CHUNK = 1024;

/** Floats of scratch that scoring takes beside the forward pass. */
export function scoreScratch({ hiddenDim }: NeuralModel, rows: number): number {
  const h = pad4(hiddenDim);
  return rows * (h + CHUNK) + hiddenDim * CHUNK + 64 + gemmScratch(h, CHUNK) + 256;
}

/**
 * Writes logits of the batch's windows into out, row by row from `firstRow` (float32 [rows ×
 * nItems]).
 */
export function scoreWindows(
  thread: Thread,
  order: Int32Array,
  out: number,
  firstRow: number,
  slotOf: Int32Array,
): void {
  const { k, f32, model, shared } = thread;
  const { nItems, hiddenDim } = model;
  const hp = pad4(hiddenDim);
  const { rows } = deal(thread, order);
  const n = rows.length.length;
  if (n === 0) return;
  const states = thread.take(n * hp);
  if (model.architecture === "gru") {
    const pass = gruForward(thread, rows, shared.items / 4, slotOf);
    for (let i = 0; i < n; i++) {
      f32.copyWithin(
        states / 4 + i * hp,
        stateAt(pass, hp, i, rows.length[i] - 1) / 4,
        stateAt(pass, hp, i, rows.length[i] - 1) / 4 + hp,
      );
    }
  } else {
    const { output } = sasRecForward(thread, rows, shared.items / 4, { step: 0 });
    f32.copyWithin(states / 4, output / 4, output / 4 + n * hp);
  }
  const packed = thread.take(hiddenDim * CHUNK + 64);
  const logits = thread.take(n * CHUNK);
  const scratch = thread.take(gemmScratch(hp, CHUNK));
  const weights = thread.parameter("fc.weight");
  const bias = thread.parameter("fc.bias") / 4;
  for (let from = 0; from < nItems; from += CHUNK) {
    const count = Math.min(CHUNK, nItems - from);
    k.packBT(hiddenDim, count, weights + 4 * from * hp, hp, packed);
    k.gemm(n, count, hiddenDim, states, hp, packed, logits, pad4(count), 0, scratch);
    for (let i = 0; i < n; i++) {
      const to = out / 4 + (firstRow + rows.row[i]) * nItems + from;
      const row = logits / 4 + i * pad4(count);
      for (let j = 0; j < count; j++) f32[to + j] = f32[row + j] + f32[bias + from + j];
    }
  }
}

/**
 * How much memory a thread needs for the batches of a plan: sizes from the batches, not from maxima
 * that never come.
 */
import type { NeuralModel } from "../../models/neural.ts";
import type { Plan, Sequences } from "../../samplers/sequences.ts";
import { pad4, type ParameterLayout } from "./arena.ts";
import { attentionScratch } from "./attention.ts";
import { gemmScratch, headScratch } from "./head.ts";
import { ownerOf } from "./rows.ts";
import { scoreScratch } from "./score.ts";
import type { SharedMemory } from "./memory.ts";
import type { Exchange } from "./thread.ts";

/**
 * The largest batch in each respect: targets of a batch; windows, tokens and positions of a thread.
 */
export interface Needs {
  readonly targets: number;
  readonly rows: number;
  readonly tokens: number;
  readonly columns: number;
}

/** Looks through batches from..to-1. */
export function needsOf(
  model: NeuralModel,
  plan: Plan,
  from: number,
  to: number,
  { length, targetOffsets }: Sequences,
  threads: number,
): Needs {
  const lastColumn = model.architecture === "sasrec" && model.readout === "last_column";
  let targets = 1;
  let rows = 1;
  let tokens = 1;
  let columns = 1;
  for (let b = from; b < to; b++) {
    const batch = plan.order.subarray(plan.offsets[b], plan.offsets[b + 1]);
    const lengths = Int32Array.from(batch, (w) => length[w]).sort().reverse();
    const own = new Float64Array(threads);
    lengths.forEach((n, i) => own[ownerOf(i, threads)] += n);
    targets = Math.max(
      targets,
      batch.reduce((sum, w) => sum + targetOffsets[w + 1] - targetOffsets[w], 0),
    );
    rows = Math.max(rows, Math.ceil(batch.length / threads));
    columns = Math.max(columns, lengths[0] ?? 1);
    tokens = Math.max(
      tokens,
      lastColumn ? Math.ceil(batch.length / threads) * lengths[0] : Math.max(...own),
    );
  }
  return { targets, rows, tokens, columns };
}

/** Reserves what the threads of a batch exchange. */
export function reserveExchange(
  memory: SharedMemory,
  model: NeuralModel,
  layout: ParameterLayout,
  { targets, tokens }: Needs,
  threads: number,
): Exchange {
  const hidden = pad4(model.hiddenDim);
  const width = layout.places[0].stride;
  const distinct = Math.min(tokens, layout.places[0].rows);
  const one = (floats: number) => memory.reserve(4 * floats);
  const each = (floats: number) => Array.from({ length: threads }, () => one(floats));
  return {
    hidden: one(targets * hidden),
    partial: each(targets * hidden),
    maxima: each(targets),
    sums: each(targets),
    atLabel: one(targets),
    labels: one(targets),
    dense: each(layout.dense[1] - layout.dense[0]),
    distinct: each(distinct + 1),
    rows: each(distinct * width),
  };
}

/** Bytes of scratch of one thread: an upper bound of what forward, head and backward take. */
export function scratchBytes(
  model: NeuralModel,
  { targets, rows, tokens, columns }: Needs,
  scores: boolean,
): number {
  const h = pad4(model.hiddenDim);
  const slack = 1 << 16;
  const head = scores ? scoreScratch(model, rows) : headScratch(model, targets) + targets * h;
  if (model.architecture === "gru") {
    const d = pad4(model.embeddingDim);
    const distinct = Math.min(tokens, model.nItems);
    const wide = Math.max(3 * h, d);
    const forward = tokens * (1 + 6 * h) + distinct * (1 + d + 3 * h) + rows * 3 * h +
      3 * h * (Math.max(d, h) + 1) +
      gemmScratch(wide, wide);
    const backward = rows * h + tokens * 3 * h + distinct * 3 * h + 3 * h * Math.max(d, h);
    return 4 * (head + forward + backward) + slack;
  }
  const f = pad4(model.feedForwardDim);
  const wide = Math.max(3 * h, f);
  const perToken = 16 * h + 2 * f + model.numHeads * pad4(columns) + 8;
  const perBlock = (tokens + rows) * perToken;
  return 4 *
      (head + (model.numBlocks + 1) * perBlock + 2 * wide * Math.max(h, f) +
        gemmScratch(wide, wide) +
        2 * attentionScratch(columns, model.hiddenDim / model.numHeads) * model.numBlocks) +
    slack * (model.numBlocks + 1);
}

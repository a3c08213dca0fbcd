/**
 * What follows the attention in a block of SASRec, each row for itself: projection, norm,
 * feed-forward, norm. With a the mixed values and x the block's input, dropouts left out:
 * y = norm1(x + W_o a), out = norm2(y + W_2 relu(W_1 y)), biases left out.
 */
import { pad4 } from "../../kernels/wasm/sizes.ts";
import type { SasRecModel } from "../../models/sasrec.ts";
import { innerSite, outerSite, projectionSite } from "../../random/dropout.ts";
import { linear, linearBackward, linearForward } from "./linear.ts";
import { drop, type SasRecRun } from "./sasrec_run.ts";
import type { Scratch } from "./scratch.ts";

/** What the rows keep for the backward pass; byte addresses. */
export type RowsKept = ReturnType<typeof takeRows>;

/** Takes it for a number of rows; [rows × hidden] where nothing else is said. */
export function takeRows(scratch: Scratch, model: SasRecModel, rows: number) {
  const state = () => scratch.take(rows * pad4(model.hiddenDim));
  return {
    rows,
    /** What the attention gave. */
    mixed: state(),
    normalised1: state(),
    /** [rows] */
    rstd1: scratch.take(rows),
    middle: state(),
    /** [rows × feed-forward] */
    inner: scratch.take(rows * pad4(model.feedForwardDim)),
    normalised2: state(),
    /** [rows] */
    rstd2: scratch.take(rows),
    output: state(),
  };
}

/** What the backward pass computes with, for at most `rows` rows at once. */
export type RowsBuffers = ReturnType<typeof takeRowsBuffers>;

/** Takes it. */
export function takeRowsBuffers(scratch: Scratch, model: SasRecModel, rows: number) {
  return {
    /** [rows × hidden] */
    masked: scratch.take(rows * pad4(model.hiddenDim)),
    /** [rows × feed-forward] */
    inner: scratch.take(rows * pad4(model.feedForwardDim)),
  };
}

/** Rows of a block, where they come from: byte addresses. */
export interface BlockRows {
  readonly block: number;
  /** [rows × hidden] the block's input. */
  readonly input: number;
  /** [rows] row·maxLen + position, as int32, which the dropout masks count by. */
  readonly indices: number;
  readonly kept: RowsKept;
}

/** The three linear layers of a block's rows, and scratch for each. */
function layersOf({ thread, work }: SasRecRun, block: number) {
  const { hiddenDim, feedForwardDim } = thread.model;
  const { products } = work;
  const name = `blocks.${block}`;
  return {
    project: {
      layer: linear(`${name}.self_attn.out_proj`, hiddenDim, hiddenDim),
      scratch: { packed: work.project, products },
    },
    widen: {
      layer: linear(`${name}.linear1`, feedForwardDim, hiddenDim),
      scratch: { packed: work.widen, products },
    },
    narrow: {
      layer: linear(`${name}.linear2`, hiddenDim, feedForwardDim),
      scratch: { packed: work.narrow, products },
    },
  };
}

/** Takes rows from..from+count-1 from `mixed` to `output`. */
export function rowsForward(
  run: SasRecRun,
  { block, input, indices, kept }: BlockRows,
): (from: number, count: number) => void {
  const { thread } = run;
  const { kernels } = thread;
  const { hiddenDim, feedForwardDim, layerNormEps } = thread.model;
  const stride = pad4(hiddenDim);
  const innerStride = pad4(feedForwardDim);
  const layers = layersOf(run, block);
  const project = linearForward(thread, layers.project.layer, layers.project.scratch);
  const widen = linearForward(thread, layers.widen.layer, layers.widen.scratch, true);
  const narrow = linearForward(thread, layers.narrow.layer, layers.narrow.scratch);
  const norm = (count: number, name: string, x: number, rstd: number, out: number) =>
    kernels.layerNormForward({
      rows: count,
      width: hiddenDim,
      ld: stride,
      x,
      gamma: thread.parameter(`blocks.${block}.${name}.weight`),
      beta: thread.parameter(`blocks.${block}.${name}.bias`),
      epsilon: layerNormEps,
      rstd,
      out,
    });
  return (from, count) => {
    const row = (address: number, width = stride) => address + 4 * from * width;
    const index = row(indices, 1);
    const inner = row(kept.inner, innerStride);
    const first = row(kept.normalised1); // becomes normalised by its norm
    project(count, row(kept.mixed), first);
    drop(run, projectionSite(block), count, hiddenDim, first, index);
    kernels.addTo(count * stride, first, row(input));
    norm(count, "norm1", first, row(kept.rstd1, 1), row(kept.middle));
    widen(count, row(kept.middle), inner);
    drop(run, innerSite(block), count, feedForwardDim, inner, index);
    const second = row(kept.normalised2);
    narrow(count, inner, second);
    drop(run, outerSite(block), count, hiddenDim, second, index);
    kernels.addTo(count * stride, second, row(kept.middle));
    norm(count, "norm2", second, row(kept.rstd2, 1), row(kept.output));
  };
}

/**
 * Takes the gradient of rows from..from+count-1 back: `d` [count × hidden] begins as that of the
 * output and ends as that of the input that goes past the attention; `dMixed` [count × hidden] gets
 * that of what the attention gave.
 */
export function rowsBackward(
  run: SasRecRun,
  { block, indices, kept }: BlockRows,
  buffers: RowsBuffers,
): (from: number, count: number, d: number, dMixed: number) => void {
  const { thread, masking } = run;
  const { kernels } = thread;
  const { hiddenDim, feedForwardDim } = thread.model;
  const stride = pad4(hiddenDim);
  const innerStride = pad4(feedForwardDim);
  const layers = layersOf(run, block);
  const project = linearBackward(thread, layers.project.layer, layers.project.scratch);
  const widen = linearBackward(thread, layers.widen.layer, layers.widen.scratch);
  const narrow = linearBackward(thread, layers.narrow.layer, layers.narrow.scratch);
  const norm = (count: number, name: string, d: number, normalised: number, rstd: number) =>
    kernels.layerNormBackward({
      rows: count,
      width: hiddenDim,
      ld: stride,
      dy: d,
      normalised,
      rstd,
      gamma: thread.parameter(`blocks.${block}.${name}.weight`),
      dGamma: thread.gradient(`blocks.${block}.${name}.weight`),
      dBeta: thread.gradient(`blocks.${block}.${name}.bias`),
    });
  /** d with a dropout's mask; d itself goes on as the residual's gradient. */
  const mask = (count: number, d: number, index: number, site: number) => {
    thread.copy(d, buffers.masked, count * stride);
    drop(run, site, count, hiddenDim, buffers.masked, index);
    return buffers.masked;
  };
  return (from, count, d, dMixed) => {
    const row = (address: number, width = stride) => address + 4 * from * width;
    const index = row(indices, 1);
    const inner = row(kept.inner, innerStride);
    norm(count, "norm2", d, row(kept.normalised2), row(kept.rstd2, 1));
    narrow(count, mask(count, d, index, outerSite(block)), inner, buffers.inner, false);
    kernels.reluDropoutBackward(count * innerStride, buffers.inner, inner, masking.keep);
    widen(count, buffers.inner, row(kept.middle), d, true);
    norm(count, "norm1", d, row(kept.normalised1), row(kept.rstd1, 1));
    project(count, mask(count, d, index, projectionSite(block)), row(kept.mixed), dMixed, false);
  };
}

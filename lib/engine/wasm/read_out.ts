/**
 * The attention of the last block, which only each window's read-out position asks: with one query
 * q a window, q·(W_k x) = (W_kᵀ q)·x and Σ p (W_v x) = W_v (Σ p x), so keys and values of the
 * positions are never made. The keys' bias shifts all scores of a query alike and has no effect and
 * no gradient.
 */
import { pad4 } from "../../kernels/wasm/sizes.ts";
import type { SasRecModel } from "../../models/sasrec.ts";
import { attentionSite } from "../../random/dropout.ts";
import type { ShareSize } from "./deal.ts";
import {
  type Linear,
  linearBackward,
  linearForward,
  weightGradientOf,
  weightOf,
} from "./linear.ts";
import type { SasRecRun } from "./sasrec_run.ts";
import type { Scratch } from "./scratch.ts";

/** What it keeps, heads one after the other; byte addresses. */
export type ReadOutKept = ReturnType<typeof takeReadOut>;

/** Takes it. */
export function takeReadOut(scratch: Scratch, model: SasRecModel, { windows, longest }: ShareSize) {
  const { hiddenDim, numHeads } = model;
  const states = windows * pad4(hiddenDim);
  return {
    /** [windows × hidden] */
    queries: scratch.take(states),
    /** [heads][windows × hidden] W_kᵀ q and Σ p x. */
    asked: scratch.take(numHeads * states),
    gathered: scratch.take(numHeads * states),
    /** [heads][windows] Σ p. */
    sums: scratch.take(numHeads * windows),
    /** [heads][windows × longest, padded] p; dropped ones are negative. */
    shares: scratch.take(numHeads * windows * pad4(longest)),
    /** [windows × head] W_v (Σ p x) of one head. */
    values: scratch.take(windows * pad4(hiddenDim / numHeads)),
  };
}

/** What its backward pass computes with. */
export type ReadOutBuffers = ReturnType<typeof takeReadOutBuffers>;

/** Takes it. */
export function takeReadOutBuffers(
  scratch: Scratch,
  model: SasRecModel,
  { windows, longest }: ShareSize,
) {
  const { hiddenDim, numHeads } = model;
  const states = windows * pad4(hiddenDim);
  return {
    /** [windows × hidden] of one head. */
    gathered: scratch.take(states),
    asked: scratch.take(states),
    /** [windows × head], and of all heads [windows × hidden]. */
    head: scratch.take(windows * pad4(hiddenDim / numHeads)),
    queries: scratch.take(states),
    /** [longest] */
    shares: scratch.take(pad4(longest)),
  };
}

/** What goes in and out; byte addresses. */
export interface ReadOutRows {
  /** [tokens × hidden] the block's input, and the [windows × hidden] rows of it that ask. */
  readonly input: number;
  readonly asking: number;
  /** [windows × hidden] the mixed values. */
  readonly mixed: number;
}

/** The part of the stacked projection that a head's keys or values come from. */
function headLayer(
  { hiddenDim, numHeads }: SasRecModel,
  block: number,
  part: "keys" | "values",
  head: number,
): Linear {
  const width = hiddenDim / numHeads;
  const first = (part === "keys" ? 1 : 2) * pad4(hiddenDim);
  return { ...queryLayer({ hiddenDim }, block), from: first + head * width, width };
}

function queryLayer({ hiddenDim }: Pick<SasRecModel, "hiddenDim">, block: number): Linear {
  const name = `blocks.${block}.self_attn.in_proj_`;
  return {
    weight: `${name}weight`,
    bias: `${name}bias`,
    from: 0,
    width: hiddenDim,
    inner: hiddenDim,
  };
}

/** From `input` and `asking` to `mixed`. */
export function readOutForward(
  { thread, tokens, masking, work }: SasRecRun,
  block: number,
  { input, asking, mixed }: ReadOutRows,
  { queries, asked, gathered, sums, shares, values }: ReadOutKept,
): void {
  const { kernels, floats, seed, model } = thread;
  const { hiddenDim, numHeads, maxLen } = model;
  const { offsets, row, longest } = tokens;
  const { limit, keep, step } = masking;
  const windows = row.length;
  const stride = pad4(hiddenDim);
  const lds = pad4(longest);
  const headDim = hiddenDim / numHeads;
  const headStride = pad4(headDim);
  const { products } = work;
  const query = linearForward(thread, queryLayer(model, block), { packed: work.query, products });
  query(windows, asking, queries);
  for (let head = 0; head < numHeads; head++) {
    const columns = 4 * head * headDim;
    const ask = asked + 4 * head * windows * stride;
    const gather = gathered + 4 * head * windows * stride;
    const sum = sums / 4 + head * windows;
    const keyWeights = weightOf(thread, headLayer(model, block, "keys", head));
    kernels.packB(headDim, hiddenDim, keyWeights, stride, work.head);
    kernels.gemm({
      rows: windows,
      columns: hiddenDim,
      depth: headDim,
      a: queries + columns,
      lda: stride,
      packed: work.head,
      c: ask,
      ldc: stride,
      add: false,
      scratch: products,
    });
    for (let i = 0; i < windows; i++) {
      const length = offsets[i + 1] - offsets[i];
      floats[sum + i] = kernels.readOutForward({
        length,
        width: stride,
        headDim,
        asked: ask + 4 * i * stride,
        x: input + 4 * offsets[i] * stride,
        shares: shares + 4 * (head * windows + i) * lds,
        out: gather + 4 * i * stride,
        limit,
        keep,
        seed,
        site: attentionSite(block),
        step,
        base: ((row[i] * numHeads + head) * maxLen + length - 1) * maxLen,
        scratch: products,
      });
    }
    const layer = headLayer(model, block, "values", head);
    const bias = thread.parameter(layer.bias) / 4 + layer.from;
    kernels.packBT(hiddenDim, headDim, weightOf(thread, layer), stride, work.head);
    kernels.gemm({
      rows: windows,
      columns: headDim,
      depth: hiddenDim,
      a: gather,
      lda: stride,
      packed: work.head,
      c: values,
      ldc: headStride,
      add: false,
      scratch: products,
    });
    for (let i = 0; i < windows; i++) {
      for (let j = 0; j < headDim; j++) {
        floats[mixed / 4 + i * stride + head * headDim + j] =
          floats[values / 4 + i * headStride + j] + floats[bias + j] * floats[sum + i];
      }
    }
  }
}

/**
 * The backward pass from the gradient of `mixed`: adds to that of `input` and to that of `asking`;
 * the gradients are in `d`, the values in `rows`.
 */
export function readOutBackward(
  { thread, tokens, masking, work }: SasRecRun,
  block: number,
  rows: ReadOutRows,
  d: ReadOutRows,
  kept: ReadOutKept,
  buffers: ReadOutBuffers,
): void {
  const { kernels, floats, model } = thread;
  const { hiddenDim, numHeads } = model;
  const { offsets, longest } = tokens;
  const windows = tokens.row.length;
  const stride = pad4(hiddenDim);
  const lds = pad4(longest);
  const headDim = hiddenDim / numHeads;
  const headStride = pad4(headDim);
  const { products } = work;
  thread.clear(buffers.queries, windows * stride);
  for (let head = 0; head < numHeads; head++) {
    const columns = 4 * head * headDim;
    const ask = kept.asked + 4 * head * windows * stride;
    const gather = kept.gathered + 4 * head * windows * stride;
    const sum = kept.sums / 4 + head * windows;
    const values = headLayer(model, block, "values", head);
    const keys = headLayer(model, block, "keys", head);
    const bias = thread.parameter(values.bias) / 4 + values.from;
    const dBias = thread.gradient(values.bias) / 4 + values.from;
    kernels.packB(headDim, hiddenDim, weightOf(thread, values), stride, work.head);
    kernels.gemm({
      rows: windows,
      columns: hiddenDim,
      depth: headDim,
      a: d.mixed + columns,
      lda: stride,
      packed: work.head,
      c: buffers.gathered,
      ldc: stride,
      add: false,
      scratch: products,
    });
    for (let i = 0; i < windows; i++) {
      let dSum = 0;
      for (let j = 0; j < headDim; j++) {
        const dValue = floats[d.mixed / 4 + i * stride + head * headDim + j];
        dSum += dValue * floats[bias + j];
        floats[dBias + j] += dValue * floats[sum + i];
      }
      const at = 4 * i * stride;
      const first = 4 * offsets[i] * stride;
      kernels.readOutBackward({
        length: offsets[i + 1] - offsets[i],
        width: stride,
        headDim,
        asked: ask + at,
        x: rows.input + first,
        shares: kept.shares + 4 * (head * windows + i) * lds,
        dOut: buffers.gathered + at,
        dSum,
        keep: masking.keep,
        dx: d.input + first,
        dAsked: buffers.asked + at,
        work: buffers.shares,
      });
    }
    kernels.gemmTN({
      rows: headDim,
      columns: hiddenDim,
      depth: windows,
      a: d.mixed + columns,
      lda: stride,
      b: gather,
      ldb: stride,
      c: weightGradientOf(thread, values),
      ldc: stride,
      scratch: products,
    });
    kernels.gemmTN({
      rows: headDim,
      columns: hiddenDim,
      depth: windows,
      a: kept.queries + columns,
      lda: stride,
      b: buffers.asked,
      ldb: stride,
      c: weightGradientOf(thread, keys),
      ldc: stride,
      scratch: products,
    });
    kernels.packBT(hiddenDim, headDim, weightOf(thread, keys), stride, work.head);
    kernels.gemm({
      rows: windows,
      columns: headDim,
      depth: hiddenDim,
      a: buffers.asked,
      lda: stride,
      packed: work.head,
      c: buffers.head,
      ldc: headStride,
      add: false,
      scratch: products,
    });
    kernels.copyColumns(
      windows,
      headDim,
      buffers.head,
      headStride,
      buffers.queries + columns,
      stride,
    );
  }
  const query = linearBackward(thread, queryLayer(model, block), { packed: work.query, products });
  query(windows, buffers.queries, rows.asking, d.asking, true);
}

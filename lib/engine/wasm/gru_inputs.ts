/**
 * What the GRU's recurrence reads of its tokens, W x + b, and the gradients back to the items.
 * Tokens of one item share one input, computed once and its gradient summed, unless dropout tells
 * them apart.
 */
import { gemmScratch, maskScratch, pad4 } from "../../kernels/wasm/sizes.ts";
import type { GruModel } from "../../models/gru.ts";
import { EMBEDDING_SITE, threshold } from "../../random/dropout.ts";
import type { Tokens } from "./gru_tokens.ts";
import { sumItemGradients } from "./item_gradients.ts";
import { takePacked } from "./linear.ts";
import type { Scratch } from "./scratch.ts";
import type { Thread } from "./thread.ts";
import { writeTouchedItems } from "./update.ts";

/** Widths of rows, padded: an embedding, a state, the three gates. */
export function widthsOf({ embeddingDim, hiddenDim }: GruModel) {
  const state = pad4(hiddenDim);
  return { input: pad4(embeddingDim), state, gates: 3 * state };
}

/** Whether a pass drops elements of the embeddings, so that every token has an input of its own. */
export function dropsInputs({ embeddingDropout = 0 }: GruModel, training: boolean): boolean {
  return training && embeddingDropout > 0;
}

/** How many inputs there are at most. */
export function mostInputs(model: GruModel, tokens: number, training: boolean): number {
  return dropsInputs(model, training) ? tokens : Math.min(tokens, model.nItems);
}

/** Byte addresses of the inputs and of what they are made with. */
export type InputBuffers = ReturnType<typeof takeInputs>;

/** Takes them. */
export function takeInputs(scratch: Scratch, model: GruModel, tokens: number, training: boolean) {
  const { input, gates } = widthsOf(model);
  const inputs = mostInputs(model, tokens, training);
  const widest = Math.max(gates, input);
  return {
    /** [tokens] each token's place among the inputs, as int32. */
    slots: scratch.take(tokens),
    /** [inputs] items as int32, their embeddings, and W x + b of them. */
    ids: scratch.take(inputs),
    embedded: scratch.take(inputs * input),
    projected: scratch.take(inputs * gates),
    bias: scratch.take(gates),
    /** One packed matrix at a time, whichever way round. */
    packed: takePacked(scratch, gates, Math.max(model.embeddingDim, model.hiddenDim)),
    /** Scratch of the products. */
    products: scratch.take(gemmScratch(widest, widest)),
    /** With dropout: [inputs] what the mask counts by, as int32, and a mask. */
    masking: dropsInputs(model, training)
      ? { indices: scratch.take(inputs), mask: scratch.take(maskScratch(model.embeddingDim)) }
      : undefined,
  };
}

/** W x + b of the inputs; b is both biases, but for n, whose second stays inside r·(…). */
export function projectInputs(
  thread: Thread<GruModel>,
  buffers: InputBuffers,
  { ids, indices }: Tokens,
  step: number,
): void {
  const { kernels, floats, ints, layout, model } = thread;
  const { input, state, gates } = widthsOf(model);
  const table = thread.parameter(layout.itemTable.name);
  ints.set(ids, buffers.ids / 4);
  kernels.gatherRows(ids.length, input, table, buffers.ids, buffers.embedded);
  if (buffers.masking !== undefined) {
    ints.set(indices, buffers.masking.indices / 4);
    dropRows(thread, buffers, { rows: ids.length, x: buffers.embedded, step });
  }
  const weights = thread.parameter("gru.weight_ih_l0");
  kernels.packBT(model.embeddingDim, gates, weights, input, buffers.packed);
  kernels.gemm({
    rows: ids.length,
    columns: gates,
    depth: model.embeddingDim,
    a: buffers.embedded,
    lda: input,
    packed: buffers.packed,
    c: buffers.projected,
    ldc: gates,
    add: false,
    scratch: buffers.products,
  });
  const inputBias = thread.parameter("gru.bias_ih_l0") / 4;
  const stateBias = thread.parameter("gru.bias_hh_l0") / 4;
  for (let j = 0; j < gates; j++) {
    floats[buffers.bias / 4 + j] = floats[inputBias + j] +
      (j < 2 * state ? floats[stateBias + j] : 0);
  }
  kernels.addBias(ids.length, gates, buffers.projected, buffers.bias);
}

/** From the gradient of the inputs [inputs × gates] to those of W, b and the items. */
export function inputsBackward(
  thread: Thread<GruModel>,
  buffers: InputBuffers,
  { ids }: Tokens,
  step: number,
  { projected, embedded }: { readonly projected: number; readonly embedded?: number },
): void {
  const { kernels, exchange, layout, index, model } = thread;
  const { input, gates } = widthsOf(model);
  const rows = ids.length;
  kernels.columnSums(rows, gates, projected, gates, thread.gradient("gru.bias_ih_l0"));
  kernels.gemmTN({
    rows: gates,
    columns: model.embeddingDim,
    depth: rows,
    a: projected,
    lda: gates,
    b: buffers.embedded,
    ldb: input,
    c: thread.gradient("gru.weight_ih_l0"),
    ldc: input,
    scratch: buffers.products,
  });
  const gradients = embedded ?? exchange.itemGradients[index];
  const weights = thread.parameter("gru.weight_ih_l0");
  kernels.packB(gates, model.embeddingDim, weights, input, buffers.packed);
  kernels.gemm({
    rows,
    columns: model.embeddingDim,
    depth: gates,
    a: projected,
    lda: gates,
    packed: buffers.packed,
    c: gradients,
    ldc: input,
    add: false,
    scratch: buffers.products,
  });
  if (embedded !== undefined) {
    dropRows(thread, buffers, { rows, x: embedded, step });
    sumItemGradients(thread, ids, embedded, input);
    return;
  }
  const padding = ids.indexOf(layout.paddingRow);
  if (padding >= 0) thread.clear(gradients + 4 * padding * input, input);
  writeTouchedItems(thread, ids);
}

/** Drops elements of x [rows × embedding], a row a token. */
function dropRows(
  { kernels, model, seed }: Thread<GruModel>,
  { masking }: InputBuffers,
  { rows, x, step }: { readonly rows: number; readonly x: number; readonly step: number },
): void {
  const { embeddingDim, embeddingDropout: rate = 0 } = model;
  if (masking === undefined) return;
  kernels.dropoutRows({
    rows,
    width: embeddingDim,
    ld: pad4(embeddingDim),
    x,
    indices: masking.indices,
    seed,
    site: EMBEDDING_SITE,
    step,
    limit: threshold(rate),
    keep: 1 / (1 - rate),
    scratch: masking.mask,
  });
}

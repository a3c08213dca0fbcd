/** A share's windows as SASRec's tokens, their embeddings, and the embeddings' gradients. */
import { pad4 } from "../../kernels/wasm/sizes.ts";
import type { SasRecModel } from "../../models/sasrec.ts";
import type { Share } from "./deal.ts";
import { sumItemGradients } from "./item_gradients.ts";
import type { Scratch } from "./scratch.ts";
import type { Thread } from "./thread.ts";

/** The windows one after the other, each with its padding if there is some. */
export interface Tokens {
  /** [windows + 1] first token of each window. */
  readonly offsets: Int32Array;
  /** [windows] the window's row in the batch, which the dropout masks count by. */
  readonly row: Int32Array;
  /** Tokens of the longest window. */
  readonly longest: number;
  /** [tokens] row of the item table; position in its window; row·maxLen + position. */
  readonly items: Int32Array;
  readonly times: Int32Array;
  readonly indices: Int32Array;
}

/** Where the kernels read the tokens and write their embeddings; byte addresses. */
export type TokenBuffers = ReturnType<typeof takeTokens>;

/** Takes it. */
export function takeTokens(scratch: Scratch, { hiddenDim }: SasRecModel, tokens: number) {
  return {
    /** [tokens] as in `Tokens`. */
    items: scratch.take(tokens),
    times: scratch.take(tokens),
    indices: scratch.take(tokens),
    /** [tokens × hidden] */
    embedded: scratch.take(tokens * pad4(hiddenDim)),
  };
}

/** Lays the windows of a share out as tokens. */
export function tokensOf(
  { ints, shared, layout, model }: Thread<SasRecModel>,
  { row, start, length, size, padded }: Share,
): Tokens {
  const offsets = new Int32Array(size.windows + 1);
  const items = new Int32Array(size.tokens).fill(layout.paddingRow);
  const times = new Int32Array(size.tokens);
  const indices = new Int32Array(size.tokens);
  for (let i = 0; i < size.windows; i++) {
    const first = offsets[i];
    const columns = padded ? size.longest : length[i];
    for (let t = 0; t < length[i]; t++) items[first + t] = ints[shared.items / 4 + start[i] + t];
    for (let t = 0; t < columns; t++) {
      times[first + t] = t;
      indices[first + t] = row[i] * model.maxLen + t;
    }
    offsets[i + 1] = first + columns;
  }
  return { offsets, row, longest: size.longest, items, times, indices };
}

/** Item embeddings plus position embeddings, before dropout. */
export function embed(
  { kernels, ints, layout, model, parameter }: Thread<SasRecModel>,
  { items, times, indices }: Tokens,
  buffers: TokenBuffers,
): void {
  const stride = pad4(model.hiddenDim);
  const positions = parameter("pos_emb.weight");
  ints.set(items, buffers.items / 4);
  ints.set(times, buffers.times / 4);
  ints.set(indices, buffers.indices / 4);
  const table = parameter(layout.itemTable.name);
  kernels.gatherRows(items.length, stride, table, buffers.items, buffers.embedded);
  kernels.addRows(items.length, stride, positions, buffers.times, buffers.embedded);
}

/** Sums the tokens' gradients by item, for all threads to read, and by position. */
export function embeddingGradients(
  thread: Thread<SasRecModel>,
  { items }: Tokens,
  buffers: TokenBuffers,
  dTokens: number,
): void {
  const stride = pad4(thread.model.hiddenDim);
  const positions = thread.gradient("pos_emb.weight");
  thread.kernels.scatterRows(items.length, stride, dTokens, buffers.times, positions);
  sumItemGradients(thread, items, dTokens, stride);
}

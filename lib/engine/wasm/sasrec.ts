/**
 * One thread's part of a SASRec batch. Blocks go over groups of windows that stay in the cache; the
 * last block computes its read-out position alone. With `columns` the windows are padded to that
 * many positions with item 0 and read out at the last (the notebook's training); without, they are
 * packed and nothing is computed on padding.
 */
import { EMBEDDING_SITE, threshold } from "../../random/dropout.ts";
import type { SasRecModel } from "../../models/sasrec.ts";
import { pad4 } from "./arena.ts";
import {
  attentionBackward,
  attentionForward,
  type AttentionPass,
  takeAttention,
} from "./attention.ts";
import { gemmScratch } from "./head.ts";
import type { Rows } from "./gru.ts";
import { type Linear, linearBackward, linearForward } from "./linear.ts";
import { readOutBackward, readOutForward, type ReadOutPass } from "./read_out.ts";
import { rowsBackward, rowsForward, type RowsPass, takeRows } from "./sasrec_rows.ts";
import type { Thread } from "./thread.ts";

/** This thread's windows as tokens. */
export interface Windowed {
  /** [windows + 1] first token of each window. */
  readonly offsets: Int32Array;
  /** [windows] place in the batch, which the dropout masks count by. */
  readonly row: Int32Array;
  readonly longest: number;
}

/**
 * Dropout of a step: draws below `limit` drop, others are scaled by `keep`; 0 and 1 when nothing is
 * dropped.
 */
export interface Masking {
  readonly limit: number;
  readonly keep: number;
  readonly step: number;
}

/** Drops elements of x [count × width] by the mask of a site. */
export type Dropout = (
  count: number,
  width: number,
  x: number,
  positions: number,
  site: number,
) => void;

/** What the forward pass leaves for the backward pass. */
export interface SasRecPass {
  /** [windows × hidden] states after the final norm. */
  readonly output: number;
  readonly windowed: Windowed;
  readonly masking: Masking;
  /** [tokens] item, position in the window, index for dropout. */
  readonly itemIds: Int32Array;
  readonly times: Int32Array;
  readonly positions: number;
  /**
   * Inputs of the blocks, what the rows and what the attentions keep; the last block's attention is
   * the read-out.
   */
  readonly inputs: readonly number[];
  readonly rows: readonly RowsPass[];
  readonly attentions: readonly AttentionPass[];
  readonly readOut: ReadOutPass;
  readonly normalised: number;
  readonly rstd: number;
  readonly scratch: number;
}

/** `step` 0 scores: nothing is dropped. */
export interface SasRecOptions {
  readonly columns?: number;
  readonly step: number;
}

/**
 * Tokens that a block takes at once: what is made of them fits the second cache. A longer window
 * goes alone.
 */
const GROUP = 192;

/** Runs the blocks. */
export function sasRecForward(
  thread: Thread,
  { row, length, start }: Rows & { readonly row: Int32Array },
  items: number,
  { columns, step }: SasRecOptions,
): SasRecPass {
  const { k, i32 } = thread;
  const { hiddenDim: h, feedForwardDim: f, numBlocks, maxLen, layerNormEps, dropout } = thread
    .model as SasRecModel;
  const hp = pad4(h);
  const n = length.length;
  const offsets = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) offsets[i + 1] = offsets[i] + (columns ?? length[i]);
  const tokens = offsets[n];
  const itemIds = new Int32Array(tokens);
  const times = new Int32Array(tokens);
  const index = new Int32Array(tokens);
  for (let i = 0; i < n; i++) {
    for (let t = 0; t < length[i]; t++) itemIds[offsets[i] + t] = i32[items + start[i] + t];
    for (let t = 0; t < offsets[i + 1] - offsets[i]; t++) {
      times[offsets[i] + t] = t;
      index[offsets[i] + t] = row[i] * maxLen + t;
    }
  }
  const windowed = { offsets, row, longest: columns ?? length.reduce((a, b) => Math.max(a, b), 0) };
  const masking = step > 0
    ? { limit: threshold(dropout), keep: 1 / (1 - dropout), step }
    : { limit: 0, keep: 1, step };
  const putInts = (values: Int32Array) => {
    const at = thread.take(values.length);
    i32.set(values, at / 4);
    return at;
  };
  const readOutAt = offsets.slice(1).map((end) => end - 1);
  const positions = putInts(index);
  const scratch = thread.take(gemmScratch(Math.max(3 * hp, pad4(f)), Math.max(3 * hp, pad4(f))));
  const drop = dropoutOf(thread, masking, scratch);
  const embedded = thread.take(tokens * hp);
  k.gatherRows(tokens, hp, thread.parameter("item_emb.weight"), putInts(itemIds), embedded);
  k.addRows(tokens, hp, thread.parameter("pos_emb.weight"), putInts(times), embedded);
  drop(tokens, h, embedded, positions, EMBEDDING_SITE);
  const inputs = [embedded];
  const rows: RowsPass[] = [];
  const attentions: AttentionPass[] = [];
  const groups = groupsOf(offsets);
  for (let b = 0; b < numBlocks - 1; b++) {
    const input = inputs[b];
    const pass = takeRows(thread, tokens, positions, input);
    const attention = takeAttention(thread, windowed);
    const project = linearForward(thread, projectionLayer(b, h), scratch);
    const after = rowsForward(thread, b, pass, drop, scratch);
    const attend = attentionForward(thread, b, windowed, masking, attention, pass.mixed);
    for (const [from, to] of groups) {
      const first = offsets[from];
      const count = offsets[to] - first;
      project(count, input + 4 * first * hp, attention.projected + 12 * first * hp);
      attend(from, to);
      after(first, count);
    }
    inputs.push(pass.output);
    rows.push(pass);
    attentions.push(attention);
  }
  const last = numBlocks - 1;
  const asking = thread.take(n * hp);
  k.gatherRows(n, hp, inputs[last], putInts(readOutAt), asking);
  const pass = takeRows(thread, n, putInts(readOutAt.map((token) => index[token])), asking);
  const readOut = readOutForward(
    thread,
    last,
    windowed,
    masking,
    inputs[last],
    asking,
    pass.mixed,
    scratch,
  );
  const after = rowsForward(thread, last, pass, drop, scratch);
  for (let from = 0; from < n; from += GROUP) after(from, Math.min(GROUP, n - from));
  rows.push(pass);
  const rstd = thread.take(n);
  const output = thread.take(n * hp);
  const norm = (part: string) => thread.parameter(`layer_norm.${part}`);
  k.layerNormForward(
    n,
    h,
    hp,
    pass.output,
    norm("weight"),
    norm("bias"),
    layerNormEps,
    rstd,
    output,
  );
  return {
    output,
    windowed,
    masking,
    itemIds,
    times,
    positions,
    inputs,
    rows,
    attentions,
    readOut,
    normalised: pass.output,
    rstd,
    scratch,
  };
}

/**
 * The backward pass from the gradients [targets × hidden] of the outputs; fills this thread's
 * gradients.
 */
export function sasRecBackward(
  thread: Thread,
  { targetPlace }: Rows,
  pass: SasRecPass,
  gradients: number,
  slotOf: Int32Array,
): void {
  const { k, f32 } = thread;
  const { hiddenDim: h, numBlocks } = thread.model as SasRecModel;
  const hp = pad4(h);
  const { windowed, masking, scratch, inputs, rows, attentions } = pass;
  const { offsets } = windowed;
  const n = offsets.length - 1;
  const tokens = offsets[n];
  const drop = dropoutOf(thread, masking, scratch);
  const groups = groupsOf(offsets);
  const { keep } = masking;
  const most = groups.reduce(
    (most, [from, to]) => Math.max(most, offsets[to] - offsets[from]),
    Math.min(GROUP, n),
  );
  const dAsking = thread.take(n * hp);
  for (let i = 0; i < n; i++) {
    f32.copyWithin(
      dAsking / 4 + i * hp,
      gradients / 4 + targetPlace[i] * hp,
      gradients / 4 + (targetPlace[i] + 1) * hp,
    );
  }
  const norm = (part: string) => `layer_norm.${part}`;
  k.layerNormBackward(
    n,
    h,
    hp,
    dAsking,
    pass.normalised,
    pass.rstd,
    thread.parameter(norm("weight")),
    thread.ownGradient(norm("weight")),
    thread.ownGradient(norm("bias")),
  );
  const last = numBlocks - 1;
  const dRead = thread.take(n * hp);
  const d = thread.zeros(tokens * hp);
  const before = rowsBackward(thread, last, rows[last], drop, keep, scratch, most);
  for (let from = 0; from < n; from += GROUP) {
    before(from, Math.min(GROUP, n - from), dAsking + 4 * from * hp, dRead + 4 * from * hp);
  }
  readOutBackward(
    thread,
    last,
    windowed,
    keep,
    pass.readOut,
    inputs[last],
    rows[last].asking,
    dRead,
    d,
    dAsking,
    scratch,
  );
  for (let i = 0; i < n; i++) k.addTo(hp, d + 4 * (offsets[i + 1] - 1) * hp, dAsking + 4 * i * hp);
  const dMixed = thread.take(most * hp);
  const dProjected = thread.take(most * 3 * hp);
  for (let b = last - 1; b >= 0; b--) {
    const before = rowsBackward(thread, b, rows[b], drop, keep, scratch, most);
    const unproject = linearBackward(thread, projectionLayer(b, h), scratch);
    const attend = attentionBackward(thread, windowed, keep, attentions[b]);
    for (const [from, to] of groups) {
      const first = offsets[from];
      const count = offsets[to] - first;
      const own = d + 4 * first * hp;
      before(first, count, own, dMixed);
      attend(from, to, dMixed, dProjected);
      unproject(count, dProjected, inputs[b] + 4 * first * hp, own, true);
    }
  }
  drop(tokens, h, d, pass.positions, EMBEDDING_SITE);
  embeddingGradients(thread, pass, d, slotOf);
}

/** Sums the tokens' gradients by item, which go to the thread's exchange, and by position. */
function embeddingGradients(
  thread: Thread,
  { itemIds, times }: SasRecPass,
  d: number,
  slotOf: Int32Array,
): void {
  const { k, f32, i32, exchange, thread: me } = thread;
  const hp = pad4(thread.model.hiddenDim);
  const distinct: number[] = [];
  const rowGradients = exchange.rows[me];
  const positionGradients = thread.ownGradient("pos_emb.weight");
  itemIds.forEach((item, token) => {
    k.addTo(hp, positionGradients + 4 * times[token] * hp, d + 4 * token * hp);
    if (item === 0) return; // padding, and the course that shares its id, have no gradient
    let slot = slotOf[item];
    if (slot < 0) {
      slotOf[item] = slot = distinct.push(item) - 1;
      f32.fill(0, rowGradients / 4 + slot * hp, rowGradients / 4 + (slot + 1) * hp);
    }
    k.addTo(hp, rowGradients + 4 * slot * hp, d + 4 * token * hp);
  });
  for (const item of distinct) slotOf[item] = -1;
  i32[exchange.distinct[me] / 4] = distinct.length;
  i32.set(distinct, exchange.distinct[me] / 4 + 1);
}

/** Queries, keys and values in one product. */
function projectionLayer(block: number, hiddenDim: number): Linear {
  const name = `blocks.${block}.self_attn.in_proj_`;
  return {
    weight: `${name}weight`,
    bias: `${name}bias`,
    from: 0,
    width: 3 * pad4(hiddenDim),
    inner: hiddenDim,
  };
}

function dropoutOf({ k, seed }: Thread, { limit, keep, step }: Masking, scratch: number): Dropout {
  if (limit === 0) return () => {};
  return (count, width, x, positions, site) =>
    k.dropoutRows(count, width, pad4(width), x, positions, seed, site, step, limit, keep, scratch);
}

/** [from, to) of the windows that go together. */
function groupsOf(offsets: Int32Array): [number, number][] {
  const groups: [number, number][] = [];
  for (let from = 0, to = 0; from < offsets.length - 1; from = to) {
    for (to = from + 1; to < offsets.length - 1 && offsets[to + 1] - offsets[from] <= GROUP;) to++;
    groups.push([from, to]);
  }
  return groups;
}

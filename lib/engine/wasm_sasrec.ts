/**
 * One thread's part of a SASRec batch. The last block needs its queries, projection, feed-forward and norms at the read-out position
 * alone; keys and values everywhere. With `columns` the windows are padded to that many positions with item 0 and read out at the last
 * (the notebook's training); without, they are packed and nothing is computed on padding.
 */
import { attentionSite, EMBEDDING_SITE, innerSite, outerSite, projectionSite, threshold } from "../random/dropout.ts";
import type { SasRecModel } from "../models/sasrec.ts";
import { pad4 } from "./wasm_arena.ts";
import { gemmScratch } from "./wasm_head.ts";
import type { Rows } from "./wasm_gru.ts";
import type { Thread } from "./wasm_thread.ts";

/** What a block keeps for its backward pass; addresses in bytes, widths padded. `rows` is tokens, or windows in the last block. */
interface BlockPass {
  readonly rows: number;
  /** Dropout index of each row's position: row·maxLen + t. */
  readonly positions: number;
  /** [tokens × hidden] input; [rows × hidden] input at the rows that ask. */
  readonly input: number;
  readonly asking: number;
  /** Queries [rows], keys and values [tokens], with their strides in floats. */
  readonly queries: number;
  readonly queryStride: number;
  readonly keys: number;
  readonly keyStride: number;
  readonly shares: number;
  readonly mixed: number;
  readonly normalised1: number;
  readonly rstd1: number;
  readonly middle: number;
  readonly inner: number;
  readonly normalised2: number;
  readonly rstd2: number;
}

/** What the forward pass leaves for the backward pass. */
export interface SasRecPass {
  /** [windows × hidden] states after the final norm. */
  readonly output: number;
  readonly offsets: Int32Array;
  readonly itemIds: Int32Array;
  readonly times: Int32Array;
  readonly positions: number;
  readonly blocks: readonly BlockPass[];
  readonly normalised: number;
  readonly rstd: number;
  readonly scratch: number;
  readonly step: number;
}

/** `step` 0 scores: nothing is dropped. */
export interface SasRecOptions {
  readonly columns?: number;
  readonly step: number;
}

/** Runs the blocks. */
export function sasRecForward(
  thread: Thread,
  rows: Rows & { readonly row: Int32Array },
  items: number,
  { columns, step }: SasRecOptions,
): SasRecPass {
  const { k, i32, seed } = thread,
    model = thread.model as SasRecModel,
    { hiddenDim: h, feedForwardDim: f, numHeads, numBlocks, maxLen, layerNormEps: eps, dropout } = model;
  const hp = pad4(h),
    fp = pad4(f),
    n = rows.length.length,
    headDim = h / numHeads,
    limit = step > 0 ? threshold(dropout) : 0,
    keep = step > 0 ? 1 / (1 - dropout) : 1;
  const offsets = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) offsets[i + 1] = offsets[i] + (columns ?? rows.length[i]);
  const tokens = offsets[n],
    itemIds = new Int32Array(tokens),
    times = new Int32Array(tokens),
    position = new Int32Array(tokens),
    readOut = new Int32Array(n),
    longest = columns ?? rows.length.reduce((a, b) => Math.max(a, b), 0);
  for (let i = 0; i < n; i++) {
    for (let t = 0; t < rows.length[i]; t++) itemIds[offsets[i] + t] = i32[items + rows.start[i] + t];
    for (let t = 0; t < offsets[i + 1] - offsets[i]; t++) times[offsets[i] + t] = t, position[offsets[i] + t] = rows.row[i] * maxLen + t;
    readOut[i] = offsets[i + 1] - 1;
  }
  const putInts = (values: Int32Array) => {
    const at = thread.take(values.length);
    i32.set(values, at / 4);
    return at;
  };
  const positions = putInts(position), readOutIds = putInts(readOut), readOutPositions = putInts(readOut.map((token) => position[token]));
  const scratch = thread.take(gemmScratch(Math.max(3 * hp, fp), Math.max(3 * hp, fp))),
    packed = thread.take(Math.max(h, f) * Math.max(3 * hp, fp) + 64);
  const drop = (count: number, width: number, x: number, at: number, site: number) => {
    if (limit > 0) k.dropoutRows(count, width, pad4(width), x, at, seed, site, step, limit, keep);
  };
  /** out [count × width] = x · Wᵀ + b, from row `from` of the (padded) weight matrix. */
  const linear = (
    count: number,
    x: number,
    inner: number,
    name: string,
    from: number,
    width: number,
    out: number,
    weight = `${name}weight`,
    bias = `${name}bias`,
  ) => {
    const ip = pad4(inner);
    k.packBT(inner, width, thread.parameter(weight) + 4 * from * ip, ip, packed);
    k.gemm(count, width, inner, x, ip, packed, out, pad4(width), 0, scratch);
    k.addBias(count, pad4(width), out, thread.parameter(bias) + 4 * from);
    return out;
  };
  let input = thread.take(tokens * hp);
  const ids = putInts(itemIds);
  k.gatherRows(tokens, hp, thread.parameter("item_emb.weight"), ids, input);
  for (let token = 0; token < tokens; token++) {
    k.addTo(hp, input + 4 * token * hp, thread.parameter("pos_emb.weight") + 4 * times[token] * hp);
  }
  drop(tokens, h, input, positions, EMBEDDING_SITE);
  const blocks: BlockPass[] = [];
  for (let b = 0; b < numBlocks; b++) {
    const last = b === numBlocks - 1,
      name = `blocks.${b}.`,
      own = last ? n : tokens,
      at = last ? readOutPositions : positions,
      lp = pad4(longest);
    let asking = input, queries: number, queryStride: number, keys: number, keyStride: number;
    if (last) {
      asking = thread.take(n * hp);
      k.gatherRows(n, hp, input, readOutIds, asking);
      queries = linear(n, asking, h, `${name}self_attn.in_proj_`, 0, hp, thread.take(n * hp)), queryStride = hp;
      keys = linear(tokens, input, h, `${name}self_attn.in_proj_`, hp, 2 * hp, thread.take(tokens * 2 * hp)), keyStride = 2 * hp;
    } else {
      queries = linear(tokens, input, h, `${name}self_attn.in_proj_`, 0, 3 * hp, thread.take(tokens * 3 * hp)), queryStride = 3 * hp;
      keys = queries + 4 * hp, keyStride = 3 * hp;
    }
    const shares = thread.take(own * numHeads * lp), mixed = thread.zeros(own * hp);
    for (let i = 0; i < n; i++) {
      const length = offsets[i + 1] - offsets[i], asks = last ? 1 : length, first = last ? i : offsets[i];
      for (let head = 0; head < numHeads; head++) {
        const to = 4 * head * headDim, q = queries + 4 * first * queryStride + to, key = keys + 4 * offsets[i] * keyStride + to;
        const base = (rows.row[i] * numHeads + head) * maxLen * maxLen;
        k.attentionForward(
          asks,
          length,
          headDim,
          q,
          queryStride,
          key,
          key + 4 * hp,
          keyStride,
          shares + 4 * (first * numHeads + head * asks) * lp,
          lp,
          mixed + 4 * first * hp + to,
          hp,
          limit,
          keep,
          seed,
          attentionSite(b),
          step,
          base,
          maxLen,
        );
      }
    }
    const normalised1 = linear(own, mixed, h, `${name}self_attn.out_proj.`, 0, h, thread.take(own * hp)),
      rstd1 = thread.take(own),
      middle = thread.take(own * hp);
    drop(own, h, normalised1, at, projectionSite(b));
    k.addTo(own * hp, normalised1, asking);
    k.layerNormForward(
      own,
      h,
      hp,
      normalised1,
      thread.parameter(`${name}norm1.weight`),
      thread.parameter(`${name}norm1.bias`),
      eps,
      rstd1,
      middle,
    );
    const inner = linear(own, middle, h, `${name}linear1.`, 0, f, thread.take(own * fp));
    k.relu(own * fp, inner);
    drop(own, f, inner, at, innerSite(b));
    const normalised2 = linear(own, inner, f, `${name}linear2.`, 0, h, thread.take(own * hp)),
      rstd2 = thread.take(own),
      output = thread.take(own * hp);
    drop(own, h, normalised2, at, outerSite(b));
    k.addTo(own * hp, normalised2, middle);
    k.layerNormForward(
      own,
      h,
      hp,
      normalised2,
      thread.parameter(`${name}norm2.weight`),
      thread.parameter(`${name}norm2.bias`),
      eps,
      rstd2,
      output,
    );
    blocks.push({
      rows: own,
      positions: at,
      input,
      asking,
      queries,
      queryStride,
      keys,
      keyStride,
      shares,
      mixed,
      normalised1,
      rstd1,
      middle,
      inner,
      normalised2,
      rstd2,
    });
    input = output;
  }
  const rstd = thread.take(n), output = thread.take(n * hp);
  k.layerNormForward(n, h, hp, input, thread.parameter("layer_norm.weight"), thread.parameter("layer_norm.bias"), eps, rstd, output);
  return { output, offsets, itemIds, times, positions, blocks, normalised: input, rstd, scratch, step };
}

/** The backward pass from the gradients [targets × hidden] of the outputs; fills this thread's gradients. */
export function sasRecBackward(
  thread: Thread,
  rows: Rows & { readonly row: Int32Array },
  pass: SasRecPass,
  gradients: number,
  slotOf: Int32Array,
): void {
  const { k, f32, i32, seed, exchange, thread: me } = thread,
    model = thread.model as SasRecModel,
    { hiddenDim: h, feedForwardDim: f, numHeads, numBlocks, dropout } = model;
  const { offsets, scratch, step, blocks, itemIds, times } = pass,
    hp = pad4(h),
    fp = pad4(f),
    n = rows.length.length,
    tokens = offsets[n],
    headDim = h / numHeads;
  const limit = threshold(dropout), keep = 1 / (1 - dropout), packed = thread.take(Math.max(3 * hp, fp) * Math.max(hp, fp) + 64);
  const drop = (count: number, x: number, at: number, site: number) => {
    if (limit > 0) k.dropoutRows(count, h, hp, x, at, seed, site, step, limit, keep);
  };
  const norm = (count: number, d: number, normalised: number, rstd: number, name: string) =>
    k.layerNormBackward(
      count,
      h,
      hp,
      d,
      normalised,
      rstd,
      thread.parameter(`${name}.weight`),
      thread.ownGradient(`${name}.weight`),
      thread.ownGradient(`${name}.bias`),
    );
  /** Gradients of a linear layer: weights and bias from (d, x); dx (+)= d · W. Rows from `from` of the padded weight matrix. */
  const linear = (
    count: number,
    d: number,
    width: number,
    x: number,
    inner: number,
    weight: string,
    bias: string,
    from: number,
    dx: number,
    add: boolean,
  ) => {
    const wp = pad4(width), ip = pad4(inner);
    k.gemmTN(width, inner, count, d, wp, x, ip, thread.ownGradient(weight) + 4 * from * ip, ip, scratch);
    k.columnSums(count, wp, d, wp, thread.ownGradient(bias) + 4 * from);
    k.packB(width, inner, thread.parameter(weight) + 4 * from * ip, ip, packed);
    k.gemm(count, inner, width, d, wp, packed, dx, ip, add ? 1 : 0, scratch);
  };
  let d = thread.take(n * hp);
  for (let i = 0; i < n; i++) {
    f32.copyWithin(d / 4 + i * hp, gradients / 4 + rows.targetPlace[i] * hp, gradients / 4 + (rows.targetPlace[i] + 1) * hp);
  }
  norm(n, d, pass.normalised, pass.rstd, "layer_norm");
  const copyOf = (x: number, floats: number) => {
    const at = thread.take(floats);
    f32.copyWithin(at / 4, x / 4, x / 4 + floats);
    return at;
  };
  for (let b = numBlocks - 1; b >= 0; b--) {
    const last = b === numBlocks - 1, name = `blocks.${b}.`, block = blocks[b], own = block.rows;
    norm(own, d, block.normalised2, block.rstd2, `${name}norm2`);
    const outer = copyOf(d, own * hp), dInner = thread.take(own * fp); // d stays as the residual's gradient
    drop(own, outer, block.positions, outerSite(b));
    linear(own, outer, h, block.inner, f, `${name}linear2.weight`, `${name}linear2.bias`, 0, dInner, false);
    k.reluDropoutBackward(own * fp, dInner, block.inner, limit > 0 ? keep : 1);
    linear(own, dInner, f, block.middle, h, `${name}linear1.weight`, `${name}linear1.bias`, 0, d, true);
    norm(own, d, block.normalised1, block.rstd1, `${name}norm1`);
    const projected = copyOf(d, own * hp), dMixed = thread.take(own * hp);
    drop(own, projected, block.positions, projectionSite(b));
    linear(own, projected, h, block.mixed, h, `${name}self_attn.out_proj.weight`, `${name}self_attn.out_proj.bias`, 0, dMixed, false);
    const { queryStride, keyStride } = block,
      dQueries = thread.zeros(own * queryStride),
      dKeys = last ? thread.zeros(tokens * keyStride) : dQueries + 4 * hp;
    const longest = offsets.reduce((most, end, i) => i === 0 ? 0 : Math.max(most, end - offsets[i - 1]), 0),
      lp = pad4(longest),
      work = thread.take(lp);
    for (let i = 0; i < n; i++) {
      const length = offsets[i + 1] - offsets[i], asks = last ? 1 : length, first = last ? i : offsets[i];
      for (let head = 0; head < numHeads; head++) {
        const to = 4 * head * headDim, q = 4 * first * queryStride + to, key = 4 * offsets[i] * keyStride + to;
        k.attentionBackward(
          asks,
          length,
          headDim,
          block.queries + q,
          queryStride,
          block.keys + key,
          block.keys + key + 4 * hp,
          keyStride,
          block.shares + 4 * (first * numHeads + head * asks) * lp,
          lp,
          dMixed + 4 * first * hp + to,
          hp,
          limit > 0 ? keep : 1,
          dQueries + q,
          dKeys + key,
          dKeys + key + 4 * hp,
          keyStride,
          work,
        );
      }
    }
    const weight = `${name}self_attn.in_proj_weight`, bias = `${name}self_attn.in_proj_bias`;
    if (last) {
      const dInput = thread.take(tokens * hp);
      linear(tokens, dKeys, 2 * hp, block.input, h, weight, bias, hp, dInput, false);
      linear(n, dQueries, hp, block.asking, h, weight, bias, 0, d, true); // on top of the residual's
      for (let i = 0; i < n; i++) k.addTo(hp, dInput + 4 * (offsets[i + 1] - 1) * hp, d + 4 * i * hp);
      d = dInput;
    } else linear(tokens, dQueries, 3 * hp, block.input, h, weight, bias, 0, d, true);
  }
  drop(tokens, d, pass.positions, EMBEDDING_SITE);
  const distinct: number[] = [], rowGradients = exchange.rows[me], positionGradients = thread.ownGradient("pos_emb.weight");
  for (let token = 0; token < tokens; token++) {
    k.addTo(hp, positionGradients + 4 * times[token] * hp, d + 4 * token * hp);
    const item = itemIds[token];
    if (item === 0) continue; // padding, and the course that shares its id, have no gradient
    let slot = slotOf[item];
    if (slot < 0) {
      slotOf[item] = slot = distinct.push(item) - 1;
      f32.fill(0, rowGradients / 4 + slot * hp, rowGradients / 4 + (slot + 1) * hp);
    }
    k.addTo(hp, rowGradients + 4 * slot * hp, d + 4 * token * hp);
  }
  for (const item of distinct) slotOf[item] = -1;
  i32[exchange.distinct[me] / 4] = distinct.length;
  i32.set(distinct, exchange.distinct[me] / 4 + 1);
}

/**
 * The attention of the last block, which only each window's read-out position asks: with one query
 * q a window, q·(W_k x) = (W_kᵀ q)·x and Σ p (W_v x) = W_v (Σ p x), so keys and values of the
 * positions are never made. The keys' bias shifts all scores of a query alike and has no effect and
 * no gradient.
 */
import { attentionSite } from "../../random/dropout.ts";
import type { SasRecModel } from "../../models/sasrec.ts";
import { pad4 } from "./arena.ts";
import { type Linear, linearBackward, linearForward, weightOf } from "./linear.ts";
import type { Masking, Windowed } from "./sasrec.ts";
import type { Thread } from "./thread.ts";

/** What it keeps. Heads are one after the other: [heads][windows × hidden]. */
export interface ReadOutPass {
  /** [windows × hidden] queries. */
  readonly queries: number;
  /** W_kᵀ q and Σ p x of each head. */
  readonly asked: number;
  readonly gathered: number;
  /** [heads][windows] Σ p. */
  readonly sums: number;
  /** [heads][windows × longest, padded]; dropped shares are negative. */
  readonly shares: number;
}

/** Rows of one head of a third of in_proj. */
function headLayer(
  block: number,
  third: number,
  head: number,
  { hiddenDim: h, numHeads }: SasRecModel,
): Linear {
  const name = `blocks.${block}.self_attn.in_proj_`;
  const width = h / numHeads;
  return {
    weight: `${name}weight`,
    bias: `${name}bias`,
    from: third * pad4(h) + head * width,
    width,
    inner: h,
  };
}

function queryLayer(block: number, { hiddenDim: h }: SasRecModel): Linear {
  const name = `blocks.${block}.self_attn.in_proj_`;
  return { weight: `${name}weight`, bias: `${name}bias`, from: 0, width: h, inner: h };
}

/**
 * From the block's `input` [tokens × hidden] and the `asking` rows of it: `mixed` [windows ×
 * hidden].
 */
export function readOutForward(
  thread: Thread,
  block: number,
  { offsets, row, longest }: Windowed,
  { limit, keep, step }: Masking,
  input: number,
  asking: number,
  mixed: number,
  scratch: number,
): ReadOutPass {
  const model = thread.model as SasRecModel;
  const { hiddenDim: h, numHeads, maxLen } = model;
  const { k, f32, seed } = thread;
  const n = row.length;
  const hp = pad4(h);
  const lp = pad4(longest);
  const headDim = h / numHeads;
  const dp = pad4(headDim);
  const own = n * hp;
  const queries = thread.take(own);
  const asked = thread.take(numHeads * own);
  const gathered = thread.take(numHeads * own);
  const sums = thread.take(numHeads * n);
  const shares = thread.take(numHeads * n * lp);
  const values = thread.take(n * dp);
  const packed = thread.take(hp * dp + 64);
  linearForward(thread, queryLayer(block, model), scratch)(n, asking, queries);
  for (let head = 0; head < numHeads; head++) {
    const columns = 4 * head * headDim;
    const ask = asked + 4 * head * own;
    const gather = gathered + 4 * head * own;
    const sum = sums / 4 + head * n;
    k.packB(headDim, h, weightOf(thread, headLayer(block, 1, head, model)), hp, packed);
    k.gemm(n, h, headDim, queries + columns, hp, packed, ask, hp, 0, scratch);
    for (let i = 0; i < n; i++) {
      const length = offsets[i + 1] - offsets[i];
      const at = 4 * i * hp;
      f32[sum + i] = k.readOutForward(
        length,
        hp,
        headDim,
        ask + at,
        input + 4 * offsets[i] * hp,
        shares + 4 * (head * n + i) * lp,
        gather + at,
        limit,
        keep,
        seed,
        attentionSite(block),
        step,
        ((row[i] * numHeads + head) * maxLen + length - 1) * maxLen,
        scratch,
      );
    }
    const layer = headLayer(block, 2, head, model);
    const bias = thread.parameter(layer.bias) / 4 + layer.from;
    k.packBT(h, headDim, weightOf(thread, layer), hp, packed);
    k.gemm(n, headDim, h, gather, hp, packed, values, dp, 0, scratch);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < headDim; j++) {
        f32[mixed / 4 + i * hp + head * headDim + j] = f32[values / 4 + i * dp + j] +
          f32[bias + j] * f32[sum + i];
      }
    }
  }
  return { queries, asked, gathered, sums, shares };
}

/**
 * The way back from `dMixed`: adds to `dInput` [tokens × hidden] and to `dAsking` [windows ×
 * hidden].
 */
export function readOutBackward(
  thread: Thread,
  block: number,
  { offsets, row, longest }: Windowed,
  keep: number,
  { queries, asked, gathered, sums, shares }: ReadOutPass,
  input: number,
  asking: number,
  dMixed: number,
  dInput: number,
  dAsking: number,
  scratch: number,
): void {
  const model = thread.model as SasRecModel;
  const { hiddenDim: h, numHeads } = model;
  const { k, f32 } = thread;
  const n = row.length;
  const hp = pad4(h);
  const lp = pad4(longest);
  const headDim = h / numHeads;
  const dp = pad4(headDim);
  const own = n * hp;
  const dGathered = thread.take(own);
  const dAsked = thread.take(own);
  const dHead = thread.take(n * dp);
  const dQueries = thread.zeros(own);
  const work = thread.take(lp);
  const packed = thread.take(hp * dp + 64);
  for (let head = 0; head < numHeads; head++) {
    const columns = 4 * head * headDim;
    const ask = asked + 4 * head * own;
    const gather = gathered + 4 * head * own;
    const sum = sums / 4 + head * n;
    const values = headLayer(block, 2, head, model);
    const keys = headLayer(block, 1, head, model);
    const bias = thread.parameter(values.bias) / 4 + values.from;
    const dBias = thread.ownGradient(values.bias) / 4 + values.from;
    k.packB(headDim, h, weightOf(thread, values), hp, packed);
    k.gemm(n, h, headDim, dMixed + columns, hp, packed, dGathered, hp, 0, scratch);
    for (let i = 0; i < n; i++) {
      let dSum = 0;
      for (let j = 0; j < headDim; j++) {
        const d = f32[dMixed / 4 + i * hp + head * headDim + j];
        dSum += d * f32[bias + j];
        f32[dBias + j] += d * f32[sum + i];
      }
      const at = 4 * i * hp;
      const tokens = 4 * offsets[i] * hp;
      const length = offsets[i + 1] - offsets[i];
      k.readOutBackward(
        length,
        hp,
        headDim,
        ask + at,
        input + tokens,
        shares + 4 * (head * n + i) * lp,
        dGathered + at,
        dSum,
        keep,
        dInput + tokens,
        dAsked + at,
        work,
      );
    }
    const gradients = (layer: Linear) => thread.ownGradient(layer.weight) + 4 * layer.from * hp;
    k.gemmTN(headDim, h, n, dMixed + columns, hp, gather, hp, gradients(values), hp, scratch);
    k.gemmTN(headDim, h, n, queries + columns, hp, dAsked, hp, gradients(keys), hp, scratch);
    k.packBT(h, headDim, weightOf(thread, keys), hp, packed);
    k.gemm(n, headDim, h, dAsked, hp, packed, dHead, dp, 0, scratch);
    k.copyColumns(n, headDim, dHead, dp, dQueries + columns, hp);
  }
  linearBackward(thread, queryLayer(block, model), scratch)(n, dQueries, asking, dAsking, true);
}

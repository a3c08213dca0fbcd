/**
 * One thread's part of a GRU batch: its windows sorted by length and packed by time step, so that
 * there is no arithmetic on padding. The input projection is computed once for each distinct item
 * and its gradient summed by item.
 */
import type { GruModel } from "../../models/gru.ts";
import { pad4 } from "./arena.ts";
import { gemmScratch } from "./head.ts";
import type { Thread } from "./thread.ts";

/** Windows of one thread, longest first, with where their targets go. */
export interface Rows {
  /** First item of each window in the pool (float index), its length. */
  readonly start: Int32Array;
  readonly length: Int32Array;
  /**
   * Targets of window i: places first[i] .. first[i+1) of `position` and, in the batch, `place`.
   */
  readonly targetFirst: Int32Array;
  readonly targetPosition: Int32Array;
  readonly targetPlace: Int32Array;
}

/** What the forward pass leaves for the backward pass. */
export interface GruForward {
  readonly steps: number;
  /** [steps + 1] first token of each step; rows alive at step t = next - own. */
  readonly offsets: Int32Array;
  readonly slots: number;
  readonly distinct: Int32Array;
  readonly embedded: number;
  readonly states: number;
  readonly hidden: number;
  readonly previous: number;
  readonly scratch: number;
}

/**
 * Distinct items of the rows' tokens in order of appearance, tokens packed by step, and each
 * token's slot. `slotOf` is all -1 before and after.
 */
function packTokens(
  thread: Thread,
  rows: Rows,
  items: number,
  slotOf: Int32Array,
): { steps: number; offsets: Int32Array; slots: number; distinct: Int32Array } {
  const n = rows.length.length;
  const steps = n === 0 ? 0 : rows.length[0];
  const offsets = new Int32Array(steps + 1);
  const { i32 } = thread;
  let tokens = 0;
  let alive = n;
  for (let t = 0; t < steps; t++) {
    while (alive > 0 && rows.length[alive - 1] <= t) alive--;
    tokens += alive;
    offsets[t + 1] = tokens;
  }
  const slots = thread.take(tokens);
  const distinct: number[] = [];
  const base = slots / 4;
  for (let t = 0; t < steps; t++) {
    for (let i = 0, at = offsets[t]; at < offsets[t + 1]; i++, at++) {
      const item = i32[items + rows.start[i] + t];
      let slot = slotOf[item];
      if (slot < 0) slotOf[item] = slot = distinct.push(item) - 1;
      i32[base + at] = slot;
    }
  }
  for (const item of distinct) slotOf[item] = -1;
  return { steps, offsets, slots, distinct: Int32Array.from(distinct) };
}

/** Runs the recurrence; then the states of targets can be copied out of `hidden`. */
export function gruForward(
  thread: Thread,
  rows: Rows,
  items: number,
  slotOf: Int32Array,
): GruForward {
  const { k, f32, i32 } = thread;
  const { embeddingDim: d, hiddenDim: h } = thread.model as GruModel;
  const dp = pad4(d);
  const hp = pad4(h);
  const { steps, offsets, slots, distinct } = packTokens(thread, rows, items, slotOf);
  const tokens = offsets[steps];
  const n = rows.length.length;
  const scratch = thread.take(gemmScratch(Math.max(3 * hp, dp), Math.max(3 * hp, dp)));
  const ids = thread.take(distinct.length);
  const embedded = thread.take(distinct.length * dp);
  const projected = thread.take(distinct.length * 3 * hp);
  i32.set(distinct, ids / 4);
  k.gatherRows(distinct.length, dp, thread.parameter("embedding.weight"), ids, embedded);
  const packed = thread.take(Math.max(d, h) * 3 * hp + 64);
  const bias = thread.take(3 * hp);
  k.packBT(d, 3 * hp, thread.parameter("gru.weight_ih_l0"), dp, packed);
  k.gemm(distinct.length, 3 * hp, d, embedded, dp, packed, projected, 3 * hp, 0, scratch);
  const bi = thread.parameter("gru.bias_ih_l0") / 4;
  const bh = thread.parameter("gru.bias_hh_l0") / 4;
  for (let j = 0; j < 3 * hp; j++) f32[bias / 4 + j] = f32[bi + j] + (j < 2 * hp ? f32[bh + j] : 0);
  k.addBias(distinct.length, 3 * hp, projected, bias);
  k.packBT(h, 3 * hp, thread.parameter("gru.weight_hh_l0"), hp, packed);
  const states = thread.take(tokens * 4 * hp);
  const hidden = thread.take(tokens * hp);
  const previous = thread.take(tokens * hp);
  const gates = thread.take(n * 3 * hp);
  for (let t = 0; t < steps; t++) {
    const at = offsets[t];
    const alive = offsets[t + 1] - at;
    const own = previous + 4 * at * hp;
    if (t > 0) {
      const before = (hidden + 4 * offsets[t - 1] * hp) / 4;
      f32.copyWithin(own / 4, before, before + alive * hp);
      k.gemm(alive, 3 * hp, h, own, hp, packed, gates, 3 * hp, 0, scratch);
    }
    k.gruForward(
      alive,
      hp,
      projected,
      slots + 4 * at,
      gates,
      thread.parameter("gru.bias_hh_l0") + 8 * hp,
      states + 16 * at * hp,
      hidden + 4 * at * hp,
      own,
      t === 0 ? 1 : 0,
    );
  }
  return { steps, offsets, slots, distinct, embedded, states, hidden, previous, scratch };
}

/** Byte address of the state of row i at position t. */
export function stateAt(
  { offsets, hidden }: GruForward,
  hp: number,
  row: number,
  t: number,
): number {
  return hidden + 4 * (offsets[t] + row) * hp;
}

/**
 * The backward pass from the gradients of the targets' states; fills this thread's gradients.
 * `gradientOf` is a target's gradient row.
 */
export function gruBackward(thread: Thread, rows: Rows, pass: GruForward, gradients: number): void {
  const { k, f32, exchange, thread: me } = thread;
  const { embeddingDim: d, hiddenDim: h } = thread.model as GruModel;
  const dp = pad4(d);
  const hp = pad4(h);
  const { steps, offsets, slots, distinct, embedded, states, previous, scratch } = pass;
  const tokens = offsets[steps];
  const n = rows.length.length;
  const dh = thread.zeros(n * hp);
  const dG = thread.take(tokens * 3 * hp);
  const dP = thread.zeros(distinct.length * 3 * hp);
  const packed = thread.take(3 * hp * Math.max(dp, hp) + 64);
  k.packB(3 * hp, h, thread.parameter("gru.weight_hh_l0"), hp, packed);
  // targets of row i still to come, from the last
  const next = Int32Array.from(rows.targetFirst.subarray(1));
  for (let t = steps - 1; t >= 0; t--) {
    const at = offsets[t];
    const alive = offsets[t + 1] - at;
    for (let i = 0; i < alive; i++) { // several pairs may share a prefix
      while (next[i] > rows.targetFirst[i] && rows.targetPosition[next[i] - 1] === t) {
        k.addTo(hp, dh + 4 * i * hp, gradients + 4 * rows.targetPlace[--next[i]] * hp);
      }
    }
    k.gruBackward(
      alive,
      hp,
      states + 16 * at * hp,
      previous + 4 * at * hp,
      t === 0 ? 1 : 0,
      dh,
      dG + 12 * at * hp,
      dP,
      slots + 4 * at,
    );
    if (t > 0) k.gemm(alive, h, 3 * hp, dG + 12 * at * hp, 3 * hp, packed, dh, hp, 1, scratch);
  }
  const later = tokens - (steps > 0 ? offsets[1] : 0);
  if (later > 0) {
    k.gemmTN(
      3 * hp,
      h,
      later,
      dG + 12 * offsets[1] * hp,
      3 * hp,
      previous + 4 * offsets[1] * hp,
      hp,
      thread.ownGradient("gru.weight_hh_l0"),
      hp,
      scratch,
    );
  }
  k.columnSums(tokens, 3 * hp, dG, 3 * hp, thread.ownGradient("gru.bias_hh_l0"));
  k.columnSums(distinct.length, 3 * hp, dP, 3 * hp, thread.ownGradient("gru.bias_ih_l0"));
  k.gemmTN(
    3 * hp,
    d,
    distinct.length,
    dP,
    3 * hp,
    embedded,
    dp,
    thread.ownGradient("gru.weight_ih_l0"),
    dp,
    scratch,
  );
  const rowGradients = exchange.rows[me];
  k.packB(3 * hp, d, thread.parameter("gru.weight_ih_l0"), dp, packed);
  k.gemm(distinct.length, d, 3 * hp, dP, 3 * hp, packed, rowGradients, dp, 0, scratch);
  const padding = distinct.indexOf(0);
  if (padding >= 0) {
    f32.fill(0, rowGradients / 4 + padding * dp, rowGradients / 4 + (padding + 1) * dp);
  }
  thread.i32[exchange.distinct[me] / 4] = distinct.length;
  thread.i32.set(distinct, exchange.distinct[me] / 4 + 1);
}

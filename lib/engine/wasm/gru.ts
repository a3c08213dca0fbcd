/**
 * One thread's part of a GRU batch: its windows sorted by length and packed by time step, so that
 * there is no arithmetic on padding. The input projection is computed once for each distinct item
 * and its gradient summed by item.
 *
 * With x the embedded item, h the state before and W, U, b the stacked weights (gates r, z, n):
 * r = σ(W_r x + U_r h), z = σ(W_z x + U_z h), n = tanh(W_n x + r·(U_n h)), h' = (1 - z)·n + z·h,
 * biases left out. Arrays of gates are [rows × 3 × hidden, padded].
 */
import { gemmScratch, pad4 } from "../../kernels/wasm/sizes.ts";
import type { GruModel } from "../../models/gru.ts";
import type { Pass, WasmArchitecture } from "./architecture.ts";
import type { Share, ShareSize } from "./deal.ts";
import { packTokens, type Tokens } from "./gru_tokens.ts";
import { takePacked } from "./linear.ts";
import type { Scratch } from "./scratch.ts";
import type { Thread } from "./thread.ts";
import { writeTouchedItems } from "./update.ts";

/** The GRU on this engine. */
export const GRU: WasmArchitecture<GruModel> = {
  name: "gru",
  oneTargetAWindow: false,
  measure(scratch, model, size, training) {
    takeForward(scratch, model, size);
    if (training) takeBackward(scratch, model, size);
  },
  forward,
};

/** Widths of rows, padded: an embedding, a state, the three gates. */
function widthsOf({ embeddingDim, hiddenDim }: GruModel) {
  const state = pad4(hiddenDim);
  return { input: pad4(embeddingDim), state, gates: 3 * state };
}

/** Byte addresses of what a forward pass keeps. */
type ForwardBuffers = ReturnType<typeof takeForward>;

function takeForward(scratch: Scratch, model: GruModel, { windows, tokens }: ShareSize) {
  const { input, state, gates } = widthsOf(model);
  const distinct = Math.min(tokens, model.nItems);
  const widest = Math.max(gates, input);
  return {
    /** [tokens] each token's place among the distinct items, as int32. */
    slots: scratch.take(tokens),
    /** Scratch of the products. */
    products: scratch.take(gemmScratch(widest, widest)),
    /** [distinct] ids as int32, their embeddings, and W x + b of them. */
    ids: scratch.take(distinct),
    embedded: scratch.take(distinct * input),
    projected: scratch.take(distinct * gates),
    /** One packed matrix at a time, whichever way round. */
    packed: takePacked(scratch, gates, Math.max(model.embeddingDim, model.hiddenDim)),
    bias: scratch.take(gates),
    /** [tokens × 4 × hidden] r, z, n and U_n h + b_hn. */
    states: scratch.take(tokens * 4 * state),
    /** [tokens × hidden] the states after and before each token. */
    hidden: scratch.take(tokens * state),
    previous: scratch.take(tokens * state),
    /** U h of one step. */
    gates: scratch.take(windows * gates),
  };
}

function takeBackward(scratch: Scratch, model: GruModel, { windows, tokens }: ShareSize) {
  const { state, gates } = widthsOf(model);
  const distinct = Math.min(tokens, model.nItems);
  return {
    /** [windows × hidden] the gradient that goes on to the step before. */
    state: scratch.take(windows * state),
    /** [tokens × gates] and, summed by item, [distinct × gates]. */
    gates: scratch.take(tokens * gates),
    projected: scratch.take(distinct * gates),
  };
}

/** Runs the recurrence. */
function forward(thread: Thread<GruModel>, share: Share): Pass {
  const { kernels, model } = thread;
  const { state, gates } = widthsOf(model);
  const buffers = takeForward(thread.scratch, model, share.size);
  const tokens = packTokens(thread, share, buffers.slots);
  const { offsets } = tokens;
  project(thread, buffers, tokens);
  const weights = thread.parameter("gru.weight_hh_l0");
  kernels.packBT(model.hiddenDim, gates, weights, state, buffers.packed);
  const biasOfN = thread.parameter("gru.bias_hh_l0") + 4 * 2 * state;
  for (let t = 0; t < offsets.length - 1; t++) {
    const token = offsets[t];
    const alive = offsets[t + 1] - token;
    const previous = buffers.previous + 4 * token * state;
    if (t > 0) {
      thread.copy(buffers.hidden + 4 * offsets[t - 1] * state, previous, alive * state);
      kernels.gemm({
        rows: alive,
        columns: gates,
        depth: model.hiddenDim,
        a: previous,
        lda: state,
        packed: buffers.packed,
        c: buffers.gates,
        ldc: gates,
        add: false,
        scratch: buffers.products,
      });
    }
    kernels.gruForward({
      rows: alive,
      width: state,
      projected: buffers.projected,
      slots: buffers.slots + 4 * token,
      gates: buffers.gates,
      biasN: biasOfN,
      states: buffers.states + 4 * token * 4 * state,
      hidden: buffers.hidden + 4 * token * state,
      previous,
      first: t === 0,
    });
  }
  return {
    stateAt: (window, position) => buffers.hidden + 4 * (offsets[position] + window) * state,
    backward: (stateGradients) => backward(thread, share, buffers, tokens, stateGradients),
  };
}

/** W x + b of the distinct items; b is both biases, but for n, whose second stays inside r·(…). */
function project(thread: Thread<GruModel>, buffers: ForwardBuffers, { distinct }: Tokens): void {
  const { kernels, floats, ints, layout, model } = thread;
  const { input, state, gates } = widthsOf(model);
  const table = thread.parameter(layout.itemTable.name);
  ints.set(distinct, buffers.ids / 4);
  kernels.gatherRows(distinct.length, input, table, buffers.ids, buffers.embedded);
  const weights = thread.parameter("gru.weight_ih_l0");
  kernels.packBT(model.embeddingDim, gates, weights, input, buffers.packed);
  kernels.gemm({
    rows: distinct.length,
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
  kernels.addBias(distinct.length, gates, buffers.projected, buffers.bias);
}

/** The backward pass, from the last step to the first, then the gradients of weights and items. */
function backward(
  thread: Thread<GruModel>,
  share: Share,
  buffers: ForwardBuffers,
  tokens: Tokens,
  stateGradients: number,
): void {
  const { kernels, model } = thread;
  const { targetFirst, targetPosition, targetPlace } = share;
  const { state, gates } = widthsOf(model);
  const { offsets, distinct } = tokens;
  const d = takeBackward(thread.scratch, model, share.size);
  thread.clear(d.state, share.size.windows * state);
  thread.clear(d.projected, distinct.length * gates);
  const weights = thread.parameter("gru.weight_hh_l0");
  kernels.packB(gates, model.hiddenDim, weights, state, buffers.packed);
  // targets of a window still to come, from its last
  const next = Int32Array.from(targetFirst.subarray(1));
  for (let t = offsets.length - 2; t >= 0; t--) {
    const token = offsets[t];
    const alive = offsets[t + 1] - token;
    for (let i = 0; i < alive; i++) { // several pairs may share a prefix
      while (next[i] > targetFirst[i] && targetPosition[next[i] - 1] === t) {
        const place = targetPlace[--next[i]];
        kernels.addTo(state, d.state + 4 * i * state, stateGradients + 4 * place * state);
      }
    }
    const gateGradients = d.gates + 4 * token * gates;
    kernels.gruBackward({
      rows: alive,
      width: state,
      states: buffers.states + 4 * token * 4 * state,
      previous: buffers.previous + 4 * token * state,
      first: t === 0,
      dHidden: d.state,
      dGates: gateGradients,
      dProjected: d.projected,
      slots: buffers.slots + 4 * token,
    });
    if (t > 0) {
      kernels.gemm({
        rows: alive,
        columns: model.hiddenDim,
        depth: gates,
        a: gateGradients,
        lda: gates,
        packed: buffers.packed,
        c: d.state,
        ldc: state,
        add: true,
        scratch: buffers.products,
      });
    }
  }
  weightGradients(thread, buffers, tokens, d);
  itemGradients(thread, buffers, distinct, d.projected);
}

function weightGradients(
  thread: Thread<GruModel>,
  buffers: ForwardBuffers,
  { offsets, distinct }: Tokens,
  d: ReturnType<typeof takeBackward>,
): void {
  const { kernels, model } = thread;
  const { input, state, gates } = widthsOf(model);
  const all = offsets[offsets.length - 1];
  const first = offsets[1] ?? 0; // the first step has no state before it
  if (all > first) {
    kernels.gemmTN({
      rows: gates,
      columns: model.hiddenDim,
      depth: all - first,
      a: d.gates + 4 * first * gates,
      lda: gates,
      b: buffers.previous + 4 * first * state,
      ldb: state,
      c: thread.gradient("gru.weight_hh_l0"),
      ldc: state,
      scratch: buffers.products,
    });
  }
  kernels.columnSums(all, gates, d.gates, gates, thread.gradient("gru.bias_hh_l0"));
  kernels.columnSums(
    distinct.length,
    gates,
    d.projected,
    gates,
    thread.gradient("gru.bias_ih_l0"),
  );
  kernels.gemmTN({
    rows: gates,
    columns: model.embeddingDim,
    depth: distinct.length,
    a: d.projected,
    lda: gates,
    b: buffers.embedded,
    ldb: input,
    c: thread.gradient("gru.weight_ih_l0"),
    ldc: input,
    scratch: buffers.products,
  });
}

/** The distinct items and the gradients of their rows, for all threads to read. */
function itemGradients(
  thread: Thread<GruModel>,
  buffers: ForwardBuffers,
  distinct: Int32Array,
  dProjected: number,
): void {
  const { kernels, exchange, index, model } = thread;
  const { input, gates } = widthsOf(model);
  const rows = exchange.itemGradients[index];
  const weights = thread.parameter("gru.weight_ih_l0");
  kernels.packB(gates, model.embeddingDim, weights, input, buffers.packed);
  kernels.gemm({
    rows: distinct.length,
    columns: model.embeddingDim,
    depth: gates,
    a: dProjected,
    lda: gates,
    packed: buffers.packed,
    c: rows,
    ldc: input,
    add: false,
    scratch: buffers.products,
  });
  const padding = distinct.indexOf(0);
  if (padding >= 0) thread.clear(rows + 4 * padding * input, input);
  writeTouchedItems(thread, distinct);
}

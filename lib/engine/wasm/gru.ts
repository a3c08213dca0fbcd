/**
 * One thread's part of a GRU batch: its windows sorted by length and packed by time step, so that
 * there is no arithmetic on padding. The input projection is computed once for each distinct item
 * and its gradient summed by item.
 *
 * With x the embedded item, h the state before and W, U, b the stacked weights (gates r, z, n):
 * r = σ(W_r x + U_r h), z = σ(W_z x + U_z h), n = tanh(W_n x + r·(U_n h)), h' = (1 - z)·n + z·h,
 * biases left out. Arrays of gates are [rows × 3 × hidden, padded].
 */
import type { GruModel } from "../../models/gru.ts";
import type { Pass, WasmArchitecture } from "./architecture.ts";
import type { Share, ShareSize } from "./deal.ts";
import {
  dropsInputs,
  inputsBackward,
  mostInputs,
  projectInputs,
  takeInputs,
  widthsOf,
} from "./gru_inputs.ts";
import { packTokens, type Tokens } from "./gru_tokens.ts";
import type { Scratch } from "./scratch.ts";
import type { Thread } from "./thread.ts";

/** The GRU on this engine. */
export const GRU: WasmArchitecture<GruModel> = {
  name: "gru",
  measure(scratch, model, size, training) {
    takeForward(scratch, model, size, training);
    if (training) takeBackward(scratch, model, size);
  },
  forward,
};

/** Byte addresses of what a forward pass keeps. */
type ForwardBuffers = ReturnType<typeof takeForward>;

function takeForward(
  scratch: Scratch,
  model: GruModel,
  { windows, tokens }: ShareSize,
  training: boolean,
) {
  const { state, gates } = widthsOf(model);
  return {
    inputs: takeInputs(scratch, model, tokens, training),
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
  const { input, state, gates } = widthsOf(model);
  const inputs = mostInputs(model, tokens, true);
  return {
    /** [windows × hidden] the gradient that goes on to the step before. */
    state: scratch.take(windows * state),
    /** [tokens × gates] and, summed by input, [inputs × gates]. */
    gates: scratch.take(tokens * gates),
    projected: scratch.take(inputs * gates),
    /** [inputs × embedding], where dropout tells inputs of one item apart. */
    embedded: dropsInputs(model, true) ? scratch.take(inputs * input) : undefined,
  };
}

/** Runs the recurrence. */
function forward(thread: Thread<GruModel>, share: Share, step: number): Pass {
  const { kernels, model } = thread;
  const { state, gates } = widthsOf(model);
  const training = step > 0;
  const buffers = takeForward(thread.scratch, model, share.size, training);
  const { inputs } = buffers;
  const tokens = packTokens(thread, share, inputs.slots, dropsInputs(model, training));
  const { offsets } = tokens;
  projectInputs(thread, inputs, tokens, step);
  const weights = thread.parameter("gru.weight_hh_l0");
  kernels.packBT(model.hiddenDim, gates, weights, state, inputs.packed);
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
        packed: inputs.packed,
        c: buffers.gates,
        ldc: gates,
        add: false,
        scratch: inputs.products,
      });
    }
    kernels.gruForward({
      rows: alive,
      width: state,
      projected: inputs.projected,
      slots: inputs.slots + 4 * token,
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
    backward: (gradients) => backward(thread, share, { step, buffers, tokens }, gradients),
  };
}

/** What the forward pass leaves for the backward pass. */
interface Kept {
  readonly step: number;
  readonly buffers: ForwardBuffers;
  readonly tokens: Tokens;
}

/** The backward pass, from the last step to the first, then the gradients of weights and items. */
function backward(
  thread: Thread<GruModel>,
  share: Share,
  { step, buffers, tokens }: Kept,
  stateGradients: number,
): void {
  const { kernels, model } = thread;
  const { targetFirst, targetPosition, targetPlace } = share;
  const { state, gates } = widthsOf(model);
  const { inputs } = buffers;
  const { offsets, ids } = tokens;
  const d = takeBackward(thread.scratch, model, share.size);
  thread.clear(d.state, share.size.windows * state);
  thread.clear(d.projected, ids.length * gates);
  const weights = thread.parameter("gru.weight_hh_l0");
  kernels.packB(gates, model.hiddenDim, weights, state, inputs.packed);
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
      slots: inputs.slots + 4 * token,
    });
    if (t > 0) {
      kernels.gemm({
        rows: alive,
        columns: model.hiddenDim,
        depth: gates,
        a: gateGradients,
        lda: gates,
        packed: inputs.packed,
        c: d.state,
        ldc: state,
        add: true,
        scratch: inputs.products,
      });
    }
  }
  stateGradientsOfWeights(thread, buffers, tokens, d.gates);
  inputsBackward(thread, inputs, tokens, step, d);
}

/** Gradients of the weights that the states go through. */
function stateGradientsOfWeights(
  { kernels, model, gradient }: Thread<GruModel>,
  { previous, inputs }: ForwardBuffers,
  { offsets }: Tokens,
  dGates: number,
): void {
  const { state, gates } = widthsOf(model);
  const all = offsets[offsets.length - 1];
  const first = offsets[1] ?? 0; // the first step has no state before it
  if (all > first) {
    kernels.gemmTN({
      rows: gates,
      columns: model.hiddenDim,
      depth: all - first,
      a: dGates + 4 * first * gates,
      lda: gates,
      b: previous + 4 * first * state,
      ldb: state,
      c: gradient("gru.weight_hh_l0"),
      ldc: state,
      scratch: inputs.products,
    });
  }
  kernels.columnSums(all, gates, dGates, gates, gradient("gru.bias_hh_l0"));
}

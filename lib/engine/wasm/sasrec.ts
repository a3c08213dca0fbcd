/**
 * One thread's part of a SASRec batch. Blocks go over groups of windows that stay in the cache.
 * Where each window is read out once, the last block computes that position alone; a model trained
 * at all positions computes them all there too. A model that reads the last column pads its windows
 * to that many positions (the notebook's training); else they are packed and nothing is computed on
 * padding.
 */
import { pad4 } from "../../kernels/wasm/sizes.ts";
import type { SasRecModel } from "../../models/sasrec.ts";
import { EMBEDDING_SITE } from "../../random/dropout.ts";
import type { Pass, WasmArchitecture } from "./architecture.ts";
import { takeAttentionWork } from "./attention.ts";
import type { Share, ShareSize } from "./deal.ts";
import { blockBackward, blockForward, type RunningBlock, takeBlock } from "./sasrec_block.ts";
import {
  lastBlockBackward,
  lastBlockForward,
  takeLastBlock,
  takeLastBlockGradients,
} from "./sasrec_last_block.ts";
import { takeRowsBuffers } from "./sasrec_rows.ts";
import { drop, groupSize, maskingOf, type SasRecRun, takeWork } from "./sasrec_run.ts";
import { embed, embeddingGradients, takeTokens, tokensOf } from "./sasrec_tokens.ts";
import type { Scratch } from "./scratch.ts";
import type { Thread } from "./thread.ts";

/** SASRec on this engine. */
export const SASREC: WasmArchitecture<SasRecModel> = {
  name: "sasrec",
  measure(scratch, model, size, training) {
    const every = readsEveryToken(model, training);
    takeForward(scratch, model, size, every);
    if (training) takeBackward(scratch, model, size, every);
  },
  forward,
};

/** Whether the states of all tokens are wanted, not only those of the windows' last ones. */
function readsEveryToken({ readout }: SasRecModel, training: boolean): boolean {
  return training && readout === "all_positions";
}

/** Byte addresses of what a forward pass keeps. */
type ForwardBuffers = ReturnType<typeof takeForward>;

function takeForward(scratch: Scratch, model: SasRecModel, size: ShareSize, every: boolean) {
  const states = every ? size.tokens : size.windows;
  return {
    work: takeWork(scratch, model, size),
    attentionWork: takeAttentionWork(scratch, model, size),
    tokens: takeTokens(scratch, model, size.tokens),
    /** The blocks in which every token is a row: all, or all but the last. */
    blocks: Array.from(
      { length: model.numBlocks - (every ? 0 : 1) },
      () => takeBlock(scratch, model, size),
    ),
    last: every ? undefined : takeLastBlock(scratch, model, size),
    /** [states] and [states × hidden]: the final norm. */
    states,
    rstd: scratch.take(states),
    output: scratch.take(states * pad4(model.hiddenDim)),
  };
}

function takeBackward(scratch: Scratch, model: SasRecModel, size: ShareSize, every: boolean) {
  const stride = pad4(model.hiddenDim);
  const group = groupSize(size);
  return {
    last: every ? undefined : takeLastBlockGradients(scratch, model, size),
    /** [tokens × hidden] */
    tokens: scratch.take(size.tokens * stride),
    /** Of one group: [tokens × hidden] and [tokens × 3 × hidden]. */
    mixed: scratch.take(group * stride),
    projected: scratch.take(group * 3 * stride),
    rows: takeRowsBuffers(scratch, model, group),
  };
}

/** What the forward pass leaves for the backward pass. */
interface Kept {
  readonly run: SasRecRun;
  readonly buffers: ForwardBuffers;
  readonly blocks: readonly RunningBlock[];
  /** Address of what comes out of those blocks, [tokens × hidden]. */
  readonly beyond: number;
}

/** Runs the blocks. */
function forward(thread: Thread<SasRecModel>, share: Share, step: number): Pass {
  const { model } = thread;
  const { hiddenDim } = model;
  const every = readsEveryToken(model, step > 0);
  const buffers = takeForward(thread.scratch, model, share.size, every);
  const { tokens, attentionWork, last, output } = buffers;
  const { embedded, indices } = tokens;
  const run: SasRecRun = {
    thread,
    tokens: tokensOf(thread, share),
    masking: maskingOf(model, step),
    work: buffers.work,
  };
  embed(thread, run.tokens, tokens);
  drop(run, EMBEDDING_SITE, share.size.tokens, hiddenDim, embedded, indices);
  let beyond = embedded;
  const blocks = buffers.blocks.map((kept, block): RunningBlock => {
    const running = { block, input: beyond, indices, kept, work: attentionWork };
    blockForward(run, running);
    beyond = kept.rows.output;
    return running;
  });
  if (last !== undefined) lastBlockForward(run, beyond, last);
  finalNorm(run, buffers, last?.rows.output ?? beyond);
  const stride = 4 * pad4(hiddenDim);
  const { offsets } = run.tokens;
  return {
    stateAt: (window, position) => output + (every ? offsets[window] + position : window) * stride,
    backward: (gradients) => backward({ run, buffers, blocks, beyond }, share, gradients),
  };
}

/** Norms the rows `x`, which become normalised, to the states. */
function finalNorm({ thread }: SasRecRun, { states, rstd, output }: ForwardBuffers, x: number) {
  const { hiddenDim, layerNormEps } = thread.model;
  thread.kernels.layerNormForward({
    rows: states,
    width: hiddenDim,
    ld: pad4(hiddenDim),
    x,
    gamma: thread.parameter("layer_norm.weight"),
    beta: thread.parameter("layer_norm.bias"),
    epsilon: layerNormEps,
    rstd,
    out: output,
  });
}

/** The backward pass of the final norm, in place in `dy`; `normalised` are the rows it normed. */
function finalNormBackward(
  { thread }: SasRecRun,
  { states, rstd }: ForwardBuffers,
  normalised: number,
  dy: number,
): void {
  const { hiddenDim } = thread.model;
  thread.kernels.layerNormBackward({
    rows: states,
    width: hiddenDim,
    ld: pad4(hiddenDim),
    dy,
    normalised,
    rstd,
    gamma: thread.parameter("layer_norm.weight"),
    dGamma: thread.gradient("layer_norm.weight"),
    dBeta: thread.gradient("layer_norm.bias"),
  });
}

/** The backward pass from the gradients [batch's targets × hidden] of the states. */
function backward(kept: Kept, share: Share, stateGradients: number): void {
  const { run, buffers, blocks, beyond } = kept;
  const { thread } = run;
  const { model } = thread;
  const { size } = share;
  const stride = pad4(model.hiddenDim);
  const { last } = buffers;
  const d = takeBackward(thread.scratch, model, size, last === undefined);
  thread.clear(d.tokens, size.tokens * stride);
  if (last !== undefined && d.last !== undefined) {
    for (let i = 0; i < size.windows; i++) {
      const from = stateGradients + 4 * share.targetPlace[i] * stride;
      thread.copy(from, d.last.asking + 4 * i * stride, stride);
    }
    finalNormBackward(run, buffers, last.rows.output, d.last.asking);
    lastBlockBackward(run, beyond, last, { ...d.last, rows: d.rows }, d.tokens);
  } else {
    addTargets(run, share, stateGradients, d.tokens);
    finalNormBackward(run, buffers, beyond, d.tokens);
  }
  for (const running of blocks.toReversed()) blockBackward(run, running, d);
  drop(run, EMBEDDING_SITE, size.tokens, model.hiddenDim, d.tokens, buffers.tokens.indices);
  embeddingGradients(thread, run.tokens, buffers.tokens, d.tokens);
}

/** Adds each target's gradient to its token's; several targets may be at one token. */
function addTargets(
  { thread, tokens }: SasRecRun,
  { size, targetFirst, targetPosition, targetPlace }: Share,
  stateGradients: number,
  dTokens: number,
): void {
  const stride = pad4(thread.model.hiddenDim);
  for (let i = 0; i < size.windows; i++) {
    for (let t = targetFirst[i]; t < targetFirst[i + 1]; t++) {
      const token = dTokens + 4 * (tokens.offsets[i] + targetPosition[t]) * stride;
      thread.kernels.addTo(stride, token, stateGradients + 4 * targetPlace[t] * stride);
    }
  }
}

/**
 * One thread's part of a SASRec batch. Blocks go over groups of windows that stay in the cache; the
 * last block computes its read-out position alone. A model that reads the last column pads its
 * windows to that many positions with item 0 (the notebook's training); else they are packed and
 * nothing is computed on padding.
 */
import { pad4 } from "../../kernels/wasm/sizes.ts";
import type { SasRecModel } from "../../models/sasrec.ts";
import { EMBEDDING_SITE } from "../../random/dropout.ts";
import type { Pass, WasmArchitecture } from "./architecture.ts";
import {
  attentionBackward,
  attentionForward,
  takeAttention,
  takeAttentionWork,
} from "./attention.ts";
import type { Share, ShareSize } from "./deal.ts";
import { type Linear, linearBackward, linearForward } from "./linear.ts";
import { readOutBackward, readOutForward, takeReadOut, takeReadOutBuffers } from "./read_out.ts";
import {
  type BlockRows,
  rowsBackward,
  rowsForward,
  takeRows,
  takeRowsBuffers,
} from "./sasrec_rows.ts";
import {
  drop,
  GROUP,
  groupSize,
  groupsOf,
  maskingOf,
  type SasRecRun,
  takeWork,
} from "./sasrec_run.ts";
import { embed, embeddingGradients, takeTokens, tokensOf } from "./sasrec_tokens.ts";
import type { Scratch } from "./scratch.ts";
import type { Thread } from "./thread.ts";

/** SASRec on this engine. */
export const SASREC: WasmArchitecture<SasRecModel> = {
  name: "sasrec",
  oneTargetAWindow: true,
  measure(scratch, model, size, training) {
    takeForward(scratch, model, size);
    if (training) takeBackward(scratch, model, size);
  },
  forward,
};

/** Byte addresses of what a forward pass keeps. */
type ForwardBuffers = ReturnType<typeof takeForward>;

function takeForward(scratch: Scratch, model: SasRecModel, size: ShareSize) {
  const { windows, tokens } = size;
  const stride = pad4(model.hiddenDim);
  return {
    work: takeWork(scratch, model, size),
    attentionWork: takeAttentionWork(scratch, model, size),
    tokens: takeTokens(scratch, model, tokens),
    /** All blocks but the last: every token is a row. */
    blocks: Array.from({ length: model.numBlocks - 1 }, () => ({
      rows: takeRows(scratch, model, tokens),
      attention: takeAttention(scratch, model, size),
    })),
    /** The last block: one row a window. Token that is read out, and its index, as int32. */
    asked: scratch.take(windows),
    askedIndices: scratch.take(windows),
    /** [windows × hidden] */
    asking: scratch.take(windows * stride),
    lastRows: takeRows(scratch, model, windows),
    readOut: takeReadOut(scratch, model, size),
    /** [windows] and [windows × hidden]: the final norm. */
    rstd: scratch.take(windows),
    output: scratch.take(windows * stride),
  };
}

type BackwardBuffers = ReturnType<typeof takeBackward>;

function takeBackward(scratch: Scratch, model: SasRecModel, size: ShareSize) {
  const { windows, tokens } = size;
  const stride = pad4(model.hiddenDim);
  const group = groupSize(size);
  return {
    /** [windows × hidden]: of the rows that ask, and of what their attention gave. */
    asking: scratch.take(windows * stride),
    read: scratch.take(windows * stride),
    /** [tokens × hidden] */
    tokens: scratch.take(tokens * stride),
    /** Of one group: [tokens × hidden] and [tokens × 3 × hidden]. */
    mixed: scratch.take(group * stride),
    projected: scratch.take(group * 3 * stride),
    rows: takeRowsBuffers(scratch, model, group),
    readOut: takeReadOutBuffers(scratch, model, size),
  };
}

/** What the forward pass leaves for the backward pass. */
interface Kept {
  readonly run: SasRecRun;
  readonly buffers: ForwardBuffers;
  /** Where each block's rows are; those of the last are the windows' read-out positions. */
  readonly blocks: readonly BlockRows[];
  /** Address of each block's input [tokens × hidden]. */
  readonly inputs: readonly number[];
}

/** Runs the blocks. */
function forward(thread: Thread<SasRecModel>, share: Share, step: number): Pass {
  const { kernels, model } = thread;
  const { hiddenDim, numBlocks } = model;
  const stride = pad4(hiddenDim);
  const buffers = takeForward(thread.scratch, model, share.size);
  const run: SasRecRun = {
    thread,
    tokens: tokensOf(thread, share),
    masking: maskingOf(model, step),
    work: buffers.work,
  };
  const { offsets } = run.tokens;
  const { embedded, indices } = buffers.tokens;
  embed(thread, run.tokens, buffers.tokens);
  drop(run, EMBEDDING_SITE, share.size.tokens, hiddenDim, embedded, indices);
  const inputs = [embedded];
  const blocks: BlockRows[] = [];
  const groups = groupsOf(run.tokens);
  for (let block = 0; block < numBlocks - 1; block++) {
    const input = inputs[block];
    const { rows: kept, attention } = buffers.blocks[block];
    const rows = { block, input, indices, kept };
    thread.clear(kept.mixed, kept.rows * stride);
    const project = linearForward(thread, projectionLayer(block, hiddenDim), {
      packed: buffers.work.projection,
      products: buffers.work.products,
    });
    const after = rowsForward(run, rows);
    const attend = attentionForward(run, block, buffers.attentionWork, attention, kept.mixed);
    for (const [from, to] of groups) {
      const first = offsets[from];
      const count = offsets[to] - first;
      project(count, input + 4 * first * stride, attention.projected + 4 * 3 * first * stride);
      attend(from, to);
      after(first, count);
    }
    inputs.push(kept.output);
    blocks.push(rows);
  }
  blocks.push(lastBlock(run, buffers, inputs[numBlocks - 1]));
  kernels.layerNormForward({
    rows: share.size.windows,
    width: hiddenDim,
    ld: stride,
    x: buffers.lastRows.output,
    gamma: thread.parameter("layer_norm.weight"),
    beta: thread.parameter("layer_norm.bias"),
    epsilon: model.layerNormEps,
    rstd: buffers.rstd,
    out: buffers.output,
  });
  return {
    stateAt: (window) => buffers.output + 4 * window * stride,
    backward: (gradients) => backward({ run, buffers, blocks, inputs }, share, gradients),
  };
}

/** The last block, at each window's last token alone; the rows it computed. */
function lastBlock(run: SasRecRun, buffers: ForwardBuffers, input: number): BlockRows {
  const { thread, tokens } = run;
  const { kernels, ints, model } = thread;
  const block = model.numBlocks - 1;
  const stride = pad4(model.hiddenDim);
  const asked = tokens.offsets.slice(1).map((end) => end - 1);
  const windows = asked.length;
  const { asking, lastRows: kept } = buffers;
  ints.set(asked, buffers.asked / 4);
  ints.set(asked.map((token) => tokens.indices[token]), buffers.askedIndices / 4);
  kernels.gatherRows(windows, stride, input, buffers.asked, asking);
  thread.clear(kept.mixed, windows * stride);
  readOutForward(run, block, { input, asking, mixed: kept.mixed }, buffers.readOut);
  const rows = { block, input: asking, indices: buffers.askedIndices, kept };
  const after = rowsForward(run, rows);
  for (let from = 0; from < windows; from += GROUP) after(from, Math.min(GROUP, windows - from));
  return rows;
}

/** The backward pass from the gradients [batch's targets × hidden] of the states. */
function backward(kept: Kept, { size, targetPlace }: Share, stateGradients: number): void {
  const { run, buffers, blocks, inputs } = kept;
  const { thread, tokens } = run;
  const { kernels, model } = thread;
  const { hiddenDim, numBlocks } = model;
  const { offsets } = tokens;
  const stride = pad4(hiddenDim);
  const d = takeBackward(thread.scratch, model, size);
  for (let i = 0; i < size.windows; i++) {
    thread.copy(stateGradients + 4 * targetPlace[i] * stride, d.asking + 4 * i * stride, stride);
  }
  kernels.layerNormBackward({
    rows: size.windows,
    width: hiddenDim,
    ld: stride,
    dy: d.asking,
    normalised: buffers.lastRows.output,
    rstd: buffers.rstd,
    gamma: thread.parameter("layer_norm.weight"),
    dGamma: thread.gradient("layer_norm.weight"),
    dBeta: thread.gradient("layer_norm.bias"),
  });
  thread.clear(d.tokens, size.tokens * stride);
  lastBlockBackward(kept, size, d);
  const groups = groupsOf(tokens);
  for (let block = numBlocks - 2; block >= 0; block--) {
    const before = rowsBackward(run, blocks[block], d.rows);
    const unproject = linearBackward(thread, projectionLayer(block, hiddenDim), {
      packed: buffers.work.projection,
      products: buffers.work.products,
    });
    const attend = attentionBackward(run, buffers.attentionWork, buffers.blocks[block].attention);
    for (const [from, to] of groups) {
      const first = offsets[from];
      const count = offsets[to] - first;
      const dGroup = d.tokens + 4 * first * stride;
      before(first, count, dGroup, d.mixed);
      attend(from, to, d.mixed, d.projected);
      unproject(count, d.projected, inputs[block] + 4 * first * stride, dGroup, true);
    }
  }
  drop(run, EMBEDDING_SITE, size.tokens, hiddenDim, d.tokens, buffers.tokens.indices);
  embeddingGradients(thread, tokens, d.tokens);
}

/** From the gradient of the rows that asked (`d.asking`) to that of all tokens (`d.tokens`). */
function lastBlockBackward(
  { run, buffers, blocks, inputs }: Kept,
  { windows }: ShareSize,
  d: BackwardBuffers,
): void {
  const { kernels, model } = run.thread;
  const { offsets } = run.tokens;
  const stride = pad4(model.hiddenDim);
  const block = model.numBlocks - 1;
  const before = rowsBackward(run, blocks[block], d.rows);
  for (let from = 0; from < windows; from += GROUP) {
    const at = 4 * from * stride;
    before(from, Math.min(GROUP, windows - from), d.asking + at, d.read + at);
  }
  readOutBackward(
    run,
    block,
    { input: inputs[block], asking: buffers.asking, mixed: buffers.lastRows.mixed },
    { input: d.tokens, asking: d.asking, mixed: d.read },
    buffers.readOut,
    d.readOut,
  );
  for (let i = 0; i < windows; i++) {
    const asked = offsets[i + 1] - 1;
    kernels.addTo(stride, d.tokens + 4 * asked * stride, d.asking + 4 * i * stride);
  }
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

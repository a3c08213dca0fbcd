/** A block of SASRec in which every token attends: groups of windows, one after the other. */
import { pad4 } from "../../kernels/wasm/sizes.ts";
import type { SasRecModel } from "../../models/sasrec.ts";
import {
  attentionBackward,
  attentionForward,
  type AttentionWork,
  takeAttention,
} from "./attention.ts";
import type { ShareSize } from "./deal.ts";
import { type Linear, linearBackward, linearForward } from "./linear.ts";
import {
  type BlockRows,
  rowsBackward,
  type RowsBuffers,
  rowsForward,
  takeRows,
} from "./sasrec_rows.ts";
import { groupsOf, type SasRecRun } from "./sasrec_run.ts";
import type { Scratch } from "./scratch.ts";

/** What a block keeps; byte addresses. */
export type BlockKept = ReturnType<typeof takeBlock>;

/** Takes it. */
export function takeBlock(scratch: Scratch, model: SasRecModel, size: ShareSize) {
  return {
    rows: takeRows(scratch, model, size.tokens),
    attention: takeAttention(scratch, model, size),
  };
}

/** A block that runs; byte addresses. */
export interface RunningBlock {
  readonly block: number;
  /** [tokens × hidden] */
  readonly input: number;
  /** [tokens] row·maxLen + position, as int32. */
  readonly indices: number;
  readonly kept: BlockKept;
  readonly work: AttentionWork;
}

/** From the block's input to `kept.rows.output`. */
export function blockForward(run: SasRecRun, { block, input, ...rest }: RunningBlock): void {
  const { thread, tokens, work } = run;
  const { hiddenDim } = thread.model;
  const { rows: kept, attention } = rest.kept;
  const stride = pad4(hiddenDim);
  const rows = { block, input, indices: rest.indices, kept };
  thread.clear(kept.mixed, kept.rows * stride);
  const project = linearForward(thread, projectionLayer(block, hiddenDim), {
    packed: work.projection,
    products: work.products,
  });
  const after = rowsForward(run, rows);
  const attend = attentionForward(run, block, rest.work, attention, kept.mixed);
  for (const [from, to] of groupsOf(tokens)) {
    const first = tokens.offsets[from];
    const count = tokens.offsets[to] - first;
    project(count, input + 4 * first * stride, attention.projected + 4 * 3 * first * stride);
    attend(from, to);
    after(first, count);
  }
}

/** What the backward pass of a block computes with; byte addresses. */
export interface BlockGradients {
  /** [tokens × hidden] the gradient of the block's output, and then of its input. */
  readonly tokens: number;
  /** Of one group: [tokens × hidden] and [tokens × 3 × hidden]. */
  readonly mixed: number;
  readonly projected: number;
  readonly rows: RowsBuffers;
}

/** The backward pass, group by group. */
export function blockBackward(run: SasRecRun, running: RunningBlock, d: BlockGradients): void {
  const { thread, tokens, work } = run;
  const { block, input, indices, kept } = running;
  const { hiddenDim } = thread.model;
  const stride = pad4(hiddenDim);
  const rows: BlockRows = { block, input, indices, kept: kept.rows };
  const before = rowsBackward(run, rows, d.rows);
  const unproject = linearBackward(thread, projectionLayer(block, hiddenDim), {
    packed: work.projection,
    products: work.products,
  });
  const attend = attentionBackward(run, running.work, kept.attention);
  for (const [from, to] of groupsOf(tokens)) {
    const first = tokens.offsets[from];
    const count = tokens.offsets[to] - first;
    const dGroup = d.tokens + 4 * first * stride;
    before(first, count, dGroup, d.mixed);
    attend(from, to, d.mixed, d.projected);
    unproject(count, d.projected, input + 4 * first * stride, dGroup, true);
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

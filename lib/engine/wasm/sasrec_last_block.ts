/** SASRec's last block where each window is read out once: only its last token asks. */
import { pad4 } from "../../kernels/wasm/sizes.ts";
import type { SasRecModel } from "../../models/sasrec.ts";
import type { ShareSize } from "./deal.ts";
import { readOutBackward, readOutForward, takeReadOut, takeReadOutBuffers } from "./read_out.ts";
import {
  type BlockRows,
  rowsBackward,
  type RowsBuffers,
  rowsForward,
  takeRows,
} from "./sasrec_rows.ts";
import { GROUP, type SasRecRun } from "./sasrec_run.ts";
import type { Scratch } from "./scratch.ts";

/** What it keeps; byte addresses. */
export type LastBlockKept = ReturnType<typeof takeLastBlock>;

/** Takes it: one row a window. */
export function takeLastBlock(scratch: Scratch, model: SasRecModel, size: ShareSize) {
  const { windows } = size;
  return {
    /** Token that is read out, and its index, as int32. */
    asked: scratch.take(windows),
    indices: scratch.take(windows),
    /** [windows × hidden] */
    asking: scratch.take(windows * pad4(model.hiddenDim)),
    rows: takeRows(scratch, model, windows),
    readOut: takeReadOut(scratch, model, size),
  };
}

/** What its backward pass computes with; byte addresses. */
export type LastBlockGradients = ReturnType<typeof takeLastBlockGradients>;

/** Takes it. */
export function takeLastBlockGradients(scratch: Scratch, model: SasRecModel, size: ShareSize) {
  const states = size.windows * pad4(model.hiddenDim);
  return {
    /** [windows × hidden]: of the rows that ask, and of what their attention gave. */
    asking: scratch.take(states),
    read: scratch.take(states),
    readOut: takeReadOutBuffers(scratch, model, size),
  };
}

const rowsOf = (
  { thread }: SasRecRun,
  { asking, indices, rows }: LastBlockKept,
): BlockRows => ({ block: thread.model.numBlocks - 1, input: asking, indices, kept: rows });

/** From the tokens' `input` to `kept.rows.output` [windows × hidden]. */
export function lastBlockForward(run: SasRecRun, input: number, kept: LastBlockKept): void {
  const { thread, tokens } = run;
  const { kernels, ints, model } = thread;
  const stride = pad4(model.hiddenDim);
  const asked = tokens.offsets.slice(1).map((end) => end - 1);
  const windows = asked.length;
  const { asking, rows } = kept;
  ints.set(asked, kept.asked / 4);
  ints.set(asked.map((token) => tokens.indices[token]), kept.indices / 4);
  kernels.gatherRows(windows, stride, input, kept.asked, asking);
  thread.clear(rows.mixed, windows * stride);
  const block = model.numBlocks - 1;
  readOutForward(run, block, { input, asking, mixed: rows.mixed }, kept.readOut);
  const after = rowsForward(run, rowsOf(run, kept));
  for (let from = 0; from < windows; from += GROUP) after(from, Math.min(GROUP, windows - from));
}

/**
 * From the gradient of the rows that asked (`d.asking`) to that of all tokens: adds to `dTokens`.
 */
export function lastBlockBackward(
  run: SasRecRun,
  input: number,
  kept: LastBlockKept,
  d: LastBlockGradients & { readonly rows: RowsBuffers },
  dTokens: number,
): void {
  const { kernels, model } = run.thread;
  const { offsets } = run.tokens;
  const windows = offsets.length - 1;
  const stride = pad4(model.hiddenDim);
  const before = rowsBackward(run, rowsOf(run, kept), d.rows);
  for (let from = 0; from < windows; from += GROUP) {
    const at = 4 * from * stride;
    before(from, Math.min(GROUP, windows - from), d.asking + at, d.read + at);
  }
  readOutBackward(
    run,
    model.numBlocks - 1,
    { input, asking: kept.asking, mixed: kept.rows.mixed },
    { input: dTokens, asking: d.asking, mixed: d.read },
    kept.readOut,
    d.readOut,
  );
  for (let i = 0; i < windows; i++) {
    const asked = offsets[i + 1] - 1;
    kernels.addTo(stride, dTokens + 4 * asked * stride, d.asking + 4 * i * stride);
  }
}

/** Scores windows, or gives their states: each thread its own windows, against all courses. */
import { gemmScratch, packedSize, pad4 } from "../../kernels/wasm/sizes.ts";
import type { NeuralModel } from "../../models/neural.ts";
import type { WasmArchitecture } from "./architecture.ts";
import { deal, type Share, type ShareSize } from "./deal.ts";
import type { Scratch } from "./scratch.ts";
import type { Thread } from "./thread.ts";

/** Courses scored at once. */
const CHUNK = 1024;

/** Windows to read, and where the results go: rows of `out`, from row `firstRow` on. */
export interface Reading {
  readonly order: Int32Array;
  readonly out: number;
  readonly firstRow: number;
}

/** The dry run of scoring or representing: takes from `scratch` what one thread takes. */
export function measureScore(
  architecture: WasmArchitecture,
  scratch: Scratch,
  model: NeuralModel,
  size: ShareSize,
): void {
  architecture.measure(scratch, model, size, false);
  takeScores(scratch, model, size);
}

/** Scratch of the output layer. */
function takeScores(scratch: Scratch, { hiddenDim }: NeuralModel, { windows }: ShareSize) {
  return {
    /** [windows × hidden] */
    states: scratch.take(windows * pad4(hiddenDim)),
    packed: scratch.take(packedSize(hiddenDim, CHUNK)),
    /** [windows × chunk] */
    logits: scratch.take(windows * CHUNK),
    products: scratch.take(gemmScratch(hiddenDim, 0)),
  };
}

/** Writes the windows' logits to out [windows × nItems]. */
export function scoreWindows(
  thread: Thread,
  architecture: WasmArchitecture,
  { order, out, firstRow }: Reading,
): void {
  const { kernels, floats, layout, model, shared } = thread;
  const { nItems, hiddenDim } = model;
  const stride = pad4(hiddenDim);
  const share = deal(thread, order, false);
  const { windows } = share.size;
  if (windows === 0) return;
  const { states, packed, logits, products } = takeScores(thread.scratch, model, share.size);
  readStates(thread, architecture, share, (i) => states + 4 * i * stride, stride);
  const { weight, bias } = layout.output;
  const weights = shared.parameters + 4 * weight.offset;
  const biases = bias === undefined ? undefined : thread.parameter(bias.name) / 4;
  for (let from = 0; from < nItems; from += CHUNK) {
    const courses = Math.min(CHUNK, nItems - from);
    const ld = pad4(courses);
    kernels.packBT(hiddenDim, courses, weights + 4 * from * stride, stride, packed);
    kernels.gemm({
      rows: windows,
      columns: courses,
      depth: hiddenDim,
      a: states,
      lda: stride,
      packed,
      c: logits,
      ldc: ld,
      add: false,
      scratch: products,
    });
    for (let i = 0; i < windows; i++) {
      const to = out / 4 + (firstRow + share.row[i]) * nItems + from;
      const row = logits / 4 + i * ld;
      if (biases === undefined) floats.copyWithin(to, row, row + courses);
      else {
        for (let j = 0; j < courses; j++) {
          floats[to + j] = floats[row + j] + floats[biases + from + j];
        }
      }
    }
  }
}

/** Writes the windows' states to out [windows × hiddenDim]. */
export function representWindows(
  thread: Thread,
  architecture: WasmArchitecture,
  { order, out, firstRow }: Reading,
): void {
  const { hiddenDim } = thread.model;
  const share = deal(thread, order, false);
  const row = (i: number) => out + 4 * (firstRow + share.row[i]) * hiddenDim;
  readStates(thread, architecture, share, row, hiddenDim);
}

/** Runs the share and copies `width` floats of the state at each window's last item to its row. */
function readStates(
  thread: Thread,
  architecture: WasmArchitecture,
  share: Share,
  rowOf: (window: number) => number,
  width: number,
): void {
  const pass = architecture.forward(thread, share, 0);
  share.length.forEach((items, i) => thread.copy(pass.stateAt(i, items - 1), rowOf(i), width));
}

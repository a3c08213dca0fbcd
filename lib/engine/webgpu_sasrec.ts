/** SASRec's step: forwards, head, backwards, gradients, Adam. */
import { InputError } from "../errors/input_error.ts";
import { adam } from "../kernels/webgpu/adam.ts";
import { logits } from "../kernels/webgpu/logits.ts";
import { sasRecBackward, sasRecForward } from "../kernels/webgpu/sasrec.ts";
import { sasRecGradients, sasRecLayout } from "../kernels/webgpu/sasrec_layout.ts";
import { softmaxHead } from "../kernels/webgpu/softmax_head.ts";
import { weightGradients } from "../kernels/webgpu/weight_gradients.ts";
import type { SasRecModel } from "../models/sasrec.ts";
import { threshold } from "../random/dropout.ts";
import { layRegions, type Program, targetRows } from "./webgpu_program.ts";

/** The program of a SASRec on a device that allows `maxThreads` threads a workgroup. */
export function sasRecProgram(model: SasRecModel, maxThreads: number): Program {
  checkQuads(model);
  const l = sasRecLayout(model, false), { pieces, items } = sasRecGradients(l), threads = Math.min(256, maxThreads);
  const forward = { kernel: sasRecForward(l, threads), store: 0 };
  return {
    shape: { items: model.nItems + 1, rows: 1, padded: model.readout === "last_column" },
    stores: [{
      layout: l.store,
      logits: l.stride,
      shard: {
        first: 0,
        items: l.items,
        rowsAt: l.headWeight / 4,
        biasAt: l.headBias / 4,
        stride: l.stride,
        index: 0,
        count: 1,
        parameters: l.store.targetEnd,
      },
    }],
    differentiate: [
      forward,
      ...[softmaxHead(l, threads), sasRecBackward(l, threads), weightGradients(l.store, pieces, items, threads)].map((kernel) => ({
        kernel,
        store: 0,
      })),
    ],
    update: [{ kernel: adam(l.store, threads), store: 0 }],
    score: [forward, { kernel: logits(l.hidden), store: 0 }],
    rank: [],
    keepsLogits: false,
    dropBelow: threshold(model.dropout),
    keep: 1 / (1 - model.dropout),
    regions: ({ tokens, targets, windows }) =>
      layRegions({
        recordsAt: tokens * l.tokenRecord,
        targetRecordsAt: targetRows(targets) * l.targetRecord,
        partialsAt: windows * l.partialRecord,
        hiddenAt: targetRows(targets) * l.hidden,
        hiddenGradientAt: targetRows(targets) * l.hidden,
        logitGradientAt: targetRows(targets) * l.stride,
      }),
  };
}

/** Norms span a row and heads divide it, so rows cannot be padded as the GRU's are. */
function checkQuads({ hiddenDim, numHeads, feedForwardDim }: SasRecModel): void {
  if (hiddenDim / numHeads % 4 === 0 && feedForwardDim % 4 === 0) return;
  throw new InputError({
    doing: "starting SASRec on the webgpu engine",
    found: `${numHeads} heads of ${hiddenDim / numHeads} and a feed-forward of ${feedForwardDim}`,
    wanted: "a head's size and a feed-forward size that are multiples of 4",
    next: "change the sizes or use --device wasm",
  });
}

/** The GRU's step: project, recur, head, recur back, gradients, Adam. */
import { adam } from "../kernels/webgpu/adam.ts";
import { gruBackward } from "../kernels/webgpu/gru_backward.ts";
import { gruForward } from "../kernels/webgpu/gru_forward.ts";
import { GRU_RECORD, gruGradients, gruLayout } from "../kernels/webgpu/gru_layout.ts";
import { logits } from "../kernels/webgpu/logits.ts";
import { project } from "../kernels/webgpu/project.ts";
import { softmaxHead } from "../kernels/webgpu/softmax_head.ts";
import { weightGradients } from "../kernels/webgpu/weight_gradients.ts";
import type { GruModel } from "../models/gru.ts";
import { layRegions, type Program, targetRows } from "./webgpu_program.ts";

/** The program of a GRU on a device that allows `maxThreads` threads a workgroup. */
export function gruProgram(model: GruModel, maxThreads: number): Program {
  const l = gruLayout(model, false), { pieces, items } = gruGradients(l);
  const forward = gruForward(l, maxThreads);
  const inputs = [project(l), forward].map((kernel) => ({ kernel, store: 0 }));
  const threads = Math.min(256, maxThreads);
  return {
    shape: { items: model.nItems, rows: forward.key.ROWS, padded: false },
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
      ...inputs,
      ...[softmaxHead(l, threads), gruBackward(l, maxThreads), weightGradients(l.store, pieces, items, threads)].map((kernel) => ({
        kernel,
        store: 0,
      })),
    ],
    update: [{ kernel: adam(l.store, threads), store: 0 }],
    score: [...inputs, { kernel: logits(l.hidden), store: 0 }],
    rank: [],
    keepsLogits: false,
    dropBelow: 0,
    keep: 1,
    regions: ({ tokens, distinct, targets }) =>
      layRegions({
        projectedAt: distinct * 3 * l.hidden,
        recordsAt: tokens * GRU_RECORD * l.hidden,
        hiddenAt: targetRows(targets) * l.hidden,
        hiddenGradientAt: targetRows(targets) * l.hidden,
        logitGradientAt: targetRows(targets) * l.stride,
      }),
  };
}

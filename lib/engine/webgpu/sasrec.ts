/** SASRec's step: forwards, head, backwards, gradients, Adam. */
import { InputError } from "../../errors/input_error.ts";
import { adam } from "../../kernels/webgpu/adam.ts";
import { sasRecBackward, sasRecForward } from "../../kernels/webgpu/sasrec.ts";
import { sasRecGradients, sasRecLayout } from "../../kernels/webgpu/sasrec_layout.ts";
import { weightGradients } from "../../kernels/webgpu/weight_gradients.ts";
import type { SasRecModel } from "../../models/sasrec.ts";
import { threshold } from "../../random/dropout.ts";
import { layRegions, type Program, targetRows } from "./program.ts";
import {
  firstStore,
  fitsOneStore,
  fusedTables,
  shardedTables,
  type TableLimits,
} from "./tables.ts";

/** The program of a SASRec on a device with these limits. */
export function sasRecProgram(model: SasRecModel, limits: TableLimits): Program {
  checkQuads(model);
  const whole = sasRecLayout(model, false);
  const sharded = !fitsOneStore(whole, limits);
  const l = sharded ? sasRecLayout(model, true) : whole;
  const tables = sharded ? shardedTables(tablesOf(model), limits) : fusedTables(l, limits);
  const { pieces, items } = sasRecGradients(l);
  const threads = limits.threads >= 256 ? 256 : 64;
  const inputs = [...tables.gather, { kernel: sasRecForward(l, threads), store: 0 }];
  return {
    shape: { items: model.nItems + 1, rows: 1, padded: model.readout === "last_column" },
    stores: [firstStore(l), ...tables.stores],
    differentiate: [
      ...inputs,
      ...tables.head,
      { kernel: sasRecBackward(l, threads), store: 0 },
      { kernel: weightGradients(l.store, pieces, items, threads), store: 0 },
      ...tables.gradients,
    ],
    update: [{ kernel: adam(l.store, threads), store: 0 }, ...tables.update],
    score: [...inputs, ...tables.score],
    rank: tables.rank,
    keepsLogits: sharded,
    dropBelow: threshold(model.dropout),
    keep: 1 / (1 - model.dropout),
    regions: (most) =>
      layRegions(most, {
        recordsAt: most.tokens * l.tokenRecord,
        targetRecordsAt: targetRows(most.targets) * l.targetRecord,
        partialsAt: most.windows * l.partialRecord,
        hiddenAt: targetRows(most.targets) * l.hidden,
        hiddenGradientAt: targetRows(most.targets) * l.hidden,
        ...tables.regions(most),
      }),
  };
}

function tablesOf({ nItems, hiddenDim }: SasRecModel) {
  return {
    embedding: { name: "item_emb.weight", rows: nItems + 1, width: hiddenDim },
    head: { weight: "fc.weight", bias: "fc.bias", items: nItems, width: hiddenDim },
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

/** SASRec on the device: one kernel each way. */
import { SettingsError } from "../../errors/input_error.ts";
import { wholeGroups } from "../../kernels/webgpu/plan_records.ts";
import { sasRecBackward, sasRecForward } from "../../kernels/webgpu/sasrec.ts";
import {
  sasRecGradients,
  type SasRecLayout,
  sasRecLayout,
} from "../../kernels/webgpu/sasrec_layout.ts";
import { paddingRowOf } from "../../models/architecture.ts";
import { architectureOf } from "../../models/neural.ts";
import type { SasRecModel } from "../../models/sasrec.ts";
import { threshold } from "../../random/dropout.ts";
import type { WebGpuArchitecture } from "./architecture.ts";
import { assemble, type Passes } from "./assemble.ts";
import { type ProgramLimits, squareThreads } from "./program.ts";

/** The record. */
export const SASREC: WebGpuArchitecture<SasRecModel> = {
  name: "sasrec",
  program(model, head, limits) {
    checkQuads(model);
    return assemble(passesOf(model, limits), head, limits);
  },
};

function passesOf(model: SasRecModel, limits: ProgramLimits): Passes<SasRecLayout> {
  const { nItems, hiddenDim, dropout, readout } = model;
  const { itemTable, outputLayer } = architectureOf(model);
  const threads = squareThreads(limits);
  return {
    layout: (sharded) => sasRecLayout(model, sharded),
    tables: {
      embedding: { name: itemTable, rows: nItems + 1, width: hiddenDim },
      head: { ...outputLayer(model), items: nItems, width: hiddenDim },
    },
    shape: {
      items: nItems + 1,
      padding: paddingRowOf(model),
      windowsAWorkgroup: 1,
      padded: readout === "last_column",
    },
    forward: (l) => [sasRecForward(l, threads)],
    backward: (l) => [sasRecBackward(l, threads)],
    gradients: sasRecGradients,
    dropBelow: threshold(dropout),
    keep: 1 / (1 - dropout),
    regions: ({ records }, { tokens, targets, windows }) => ({
      recordsAt: tokens * records.token.size,
      targetRecordsAt: wholeGroups(targets) * records.target.size,
      partialsAt: windows * records.partials.size,
    }),
  };
}

/** Norms span a row and heads divide it, so rows cannot be padded as the GRU's are. */
function checkQuads({ hiddenDim, numHeads, feedForwardDim }: SasRecModel): void {
  if (hiddenDim / numHeads % 4 === 0 && feedForwardDim % 4 === 0) return;
  throw new SettingsError({
    doing: "starting SASRec on the webgpu engine",
    found: `${numHeads} heads of ${hiddenDim / numHeads} and a feed-forward of ${feedForwardDim}`,
    wanted: "a head's size and a feed-forward size that are multiples of 4",
    next: "start anew with other sizes or with --device wasm",
  });
}

/** The GRU on the device: project, recur; recur back. With dropout, a kernel more at both ends. */
import { gruBackward, gruForward } from "../../kernels/webgpu/gru.ts";
import { gruInputGradients, gruInputs, hasOwnInputs } from "../../kernels/webgpu/gru_inputs.ts";
import {
  embeddingRows,
  gruGradients,
  type GruLayout,
  gruLayout,
} from "../../kernels/webgpu/gru_layout.ts";
import { project } from "../../kernels/webgpu/project.ts";
import { windowsAtOnce } from "../../kernels/webgpu/recurrence.ts";
import { paddingRowOf } from "../../models/architecture.ts";
import type { GruModel } from "../../models/gru.ts";
import { architectureOf } from "../../models/neural.ts";
import { threshold } from "../../random/dropout.ts";
import type { WebGpuArchitecture } from "./architecture.ts";
import { assemble, type Passes } from "./assemble.ts";
import type { ProgramLimits } from "./program.ts";

/** The record. */
export const GRU: WebGpuArchitecture<GruModel> = {
  name: "gru",
  program(model, head, limits) {
    return assemble(passesOf(model, limits), head, limits);
  },
};

function passesOf(model: GruModel, { threads, registers }: ProgramLimits): Passes<GruLayout> {
  const { nItems, embeddingDim, hiddenDim, embeddingDropout = 0 } = model;
  const { itemTable, outputLayer } = architectureOf(model);
  const items = embeddingRows(model);
  const windowsAWorkgroup = windowsAtOnce(Math.ceil(hiddenDim / 4), threads);
  return {
    layout: (sharded) => gruLayout(model, sharded),
    tables: {
      embedding: { name: itemTable, rows: items, width: embeddingDim },
      head: { ...outputLayer(model), items: nItems, width: hiddenDim },
    },
    shape: { items, padding: paddingRowOf(model), windowsAWorkgroup, padded: false },
    forward: (l) => [
      ...hasOwnInputs(l) ? [gruInputs(l, windowsAWorkgroup)] : [],
      project(l),
      gruForward(l, threads, registers),
    ],
    backward: (l) => [
      gruBackward(l, threads, registers),
      ...hasOwnInputs(l) ? [gruInputGradients(l)] : [],
    ],
    gradients: gruGradients,
    dropBelow: threshold(embeddingDropout),
    keep: 1 / (1 - embeddingDropout),
    regions: (l, { distinct, tokens }) => ({
      projectedAt: (l.ownInputs ? tokens : distinct) * l.gates.size,
      recordsAt: tokens * l.record.size,
      ...l.ownInputs ? ownInputs(tokens * l.width) : {},
    }),
  };
}

/** Regions of inputs of so many floats, their masks and their gradients. */
function ownInputs(floats: number) {
  return { inputsAt: floats, inputMasksAt: floats, inputGradientsAt: floats };
}

/** The GRU on the device: project, recur; recur back. */
import { gruBackward, gruForward } from "../../kernels/webgpu/gru.ts";
import { gruGradients, type GruLayout, gruLayout } from "../../kernels/webgpu/gru_layout.ts";
import { project } from "../../kernels/webgpu/project.ts";
import { windowsAtOnce } from "../../kernels/webgpu/recurrence.ts";
import type { GruModel } from "../../models/gru.ts";
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

function passesOf(model: GruModel, { threads }: ProgramLimits): Passes<GruLayout> {
  const { nItems, embeddingDim, hiddenDim } = model;
  return {
    layout: (sharded) => gruLayout(model, sharded),
    tables: {
      embedding: { name: "embedding.weight", rows: nItems, width: embeddingDim },
      head: { weight: "fc.weight", bias: "fc.bias", items: nItems, width: hiddenDim },
    },
    shape: {
      items: nItems,
      windowsAWorkgroup: windowsAtOnce(Math.ceil(hiddenDim / 4), threads),
      padded: false,
    },
    forward: (l) => [project(l), gruForward(l, threads)],
    backward: (l) => gruBackward(l, threads),
    gradients: gruGradients,
    dropBelow: 0,
    keep: 1,
    regions: (l, { distinct, tokens }) => ({
      projectedAt: distinct * l.gates.size,
      recordsAt: tokens * l.record.size,
    }),
  };
}

/** The GRU's step: project, recur, head, recur back, gradients, Adam. */
import { adam } from "../../kernels/webgpu/adam.ts";
import { gruBackward } from "../../kernels/webgpu/gru_backward.ts";
import { gruForward } from "../../kernels/webgpu/gru_forward.ts";
import { GRU_RECORD, gruGradients, gruLayout } from "../../kernels/webgpu/gru_layout.ts";
import { project } from "../../kernels/webgpu/project.ts";
import { weightGradients } from "../../kernels/webgpu/weight_gradients.ts";
import type { GruModel } from "../../models/gru.ts";
import { layRegions, type Program, targetRows } from "./program.ts";
import {
  firstStore,
  fitsOneStore,
  fusedTables,
  shardedTables,
  type TableLimits,
} from "./tables.ts";

/** The program of a GRU on a device with these limits. */
export function gruProgram(model: GruModel, limits: TableLimits): Program {
  const whole = gruLayout(model, false);
  const sharded = !fitsOneStore(whole, limits);
  const l = sharded ? gruLayout(model, true) : whole;
  const tables = sharded ? shardedTables(tablesOf(model), limits) : fusedTables(l, limits);
  const { pieces, items } = gruGradients(l);
  const threads = limits.threads >= 256 ? 256 : 64;
  const forward = gruForward(l, limits.threads);
  const inputs = [...tables.gather, { kernel: project(l), store: 0 }, {
    kernel: forward,
    store: 0,
  }];
  return {
    shape: { items: model.nItems, rows: forward.key.ROWS, padded: false },
    stores: [firstStore(l), ...tables.stores],
    differentiate: [
      ...inputs,
      ...tables.head,
      { kernel: gruBackward(l, limits.threads), store: 0 },
      { kernel: weightGradients(l.store, pieces, items, threads), store: 0 },
      ...tables.gradients,
    ],
    update: [{ kernel: adam(l.store, threads), store: 0 }, ...tables.update],
    score: [...inputs, ...tables.score],
    rank: tables.rank,
    keepsLogits: sharded,
    dropBelow: 0,
    keep: 1,
    regions: (most) =>
      layRegions(most, {
        projectedAt: most.distinct * 3 * l.hidden,
        recordsAt: most.tokens * GRU_RECORD * l.hidden,
        hiddenAt: targetRows(most.targets) * l.hidden,
        hiddenGradientAt: targetRows(most.targets) * l.hidden,
        ...tables.regions(most),
      }),
  };
}

function tablesOf({ nItems, embeddingDim, hiddenDim }: GruModel) {
  return {
    embedding: { name: "embedding.weight", rows: nItems, width: embeddingDim },
    head: { weight: "fc.weight", bias: "fc.bias", items: nItems, width: hiddenDim },
  };
}

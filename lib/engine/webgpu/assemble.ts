/** A program from an architecture's kernels, the tables and the head of a loss. */
import { adam } from "../../kernels/webgpu/adam.ts";
import { addStretches } from "../../kernels/webgpu/add_stretches.ts";
import type { Kernel } from "../../kernels/webgpu/kernel.ts";
import { wholeGroups } from "../../kernels/webgpu/plan_records.ts";
import type { StepCounts, StepField } from "../../kernels/webgpu/step_uniform.ts";
import {
  type GradientPiece,
  type ItemGradients,
  weightGradients,
} from "../../kernels/webgpu/weight_gradients.ts";
import type { HeadKernels } from "./heads.ts";
import type { PlanShape } from "./plan_draft.ts";
import { layRegions, type Program, type ProgramLimits, squareThreads } from "./program.ts";
import {
  firstStore,
  fitsOneStore,
  fusedTables,
  type ModelLayout,
  shardedTables,
  type Tables,
} from "./tables.ts";

/** What an architecture computes between the tables, with a layout of its own. */
export interface Passes<Layout extends ModelLayout> {
  /** Where its parameters lie, with the tables or, `sharded`, without. */
  layout(sharded: boolean): Layout;
  readonly tables: Tables;
  readonly shape: PlanShape;
  /** From the items to the hidden states that the head reads (`hiddenAt`). */
  forward(l: Layout): readonly Kernel[];
  /** From the hidden states' gradients (`hiddenGradientAt`) to what the pieces read. */
  backward(l: Layout): readonly Kernel[];
  /** All gradients but the output layer's in shards. */
  gradients(l: Layout): { pieces: GradientPiece[]; items: ItemGradients };
  /** Rate of dropout: draws below are dropped, what is kept is multiplied with `keep`. */
  readonly dropBelow: number;
  readonly keep: number;
  /** Floats of its own regions of activations. */
  regions(l: Layout, most: StepCounts): Partial<Record<StepField, number>>;
}

/** The program of a model on a device with these limits. */
export function assemble<Layout extends ModelLayout>(
  passes: Passes<Layout>,
  head: HeadKernels,
  limits: ProgramLimits,
): Program {
  const whole = passes.layout(false);
  const sharded = !fitsOneStore(whole, head, limits);
  const l = sharded ? passes.layout(true) : whole;
  const tables = sharded
    ? shardedTables(passes.tables, head, limits)
    : fusedTables(l, head, limits);
  const { pieces, items } = passes.gradients(l);
  const threads = squareThreads(limits);
  const first = (kernel: Kernel) => ({ kernel, store: 0 });
  const represent = [...tables.gather, ...passes.forward(l).map(first)];
  return {
    shape: passes.shape,
    stores: [firstStore(l), ...tables.stores],
    differentiate: [
      ...represent,
      ...tables.head,
      ...passes.backward(l).map(first),
      first(weightGradients(l.store, pieces, items, threads)),
      first(addStretches(l.store, items)),
      ...tables.gradients,
    ],
    update: [first(adam(l.store, threads)), ...tables.update],
    represent,
    hidden: l.hidden,
    score: [...represent, ...tables.score],
    rank: tables.rank,
    keepsLogits: sharded,
    dropBelow: passes.dropBelow,
    keep: passes.keep,
    regions: (most) =>
      layRegions(most, {
        ...passes.regions(l, most),
        hiddenAt: wholeGroups(most.targets) * l.hidden,
        hiddenGradientAt: wholeGroups(most.targets) * l.hidden,
        stretchSumsAt: most.furtherStretches * items.width,
        ...tables.regions(most),
      }),
  };
}

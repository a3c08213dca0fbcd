/**
 * A model as a list of dispatches over stores of parameters and regions of activations: what
 * `webgpu_engine.ts` runs.
 */
import type { Kernel } from "../../kernels/webgpu/kernel.ts";
import type { ShardNumbers, StepField } from "../../kernels/webgpu/step_uniform.ts";
import type { StoreLayout } from "../../kernels/webgpu/store_layout.ts";
import type { EpochPlan, PlanShape } from "./plan.ts";

/** Parameters that are bound together: all of them, or one shard of a table. */
export interface Store {
  readonly layout: StoreLayout;
  readonly shard: ShardNumbers;
  /** Floats of logits a target, where this store has items to predict; else 0. */
  readonly logits: number;
}

/** One dispatch: a kernel with a store bound. */
export interface Stage {
  readonly kernel: Kernel;
  /** Index of the store. */
  readonly store: number;
}

/** Where activations are, in quads, and how many there are. */
export interface Regions {
  readonly fields: Partial<Readonly<Record<StepField, number>>>;
  readonly quads: number;
}

/** What a model needs done. */
export interface Program {
  readonly shape: PlanShape;
  readonly stores: readonly Store[];
  /** Loss and gradients. */
  readonly differentiate: readonly Stage[];
  /** The optimiser's step. */
  readonly update: readonly Stage[];
  /** Logits of every store that has some. */
  readonly score: readonly Stage[];
  /** Ranks from those logits. */
  readonly rank: readonly Stage[];
  /** Whether training keeps logits of all stores (large catalogues), not only scoring. */
  readonly keepsLogits: boolean;
  /** Draws below it are dropped while training, and what kept elements are multiplied with. */
  readonly dropBelow: number;
  readonly keep: number;
  readonly regions: (most: EpochPlan["most"]) => Regions;
}

/** Regions one after the other; sizes in floats, for steps no larger than `most`. */
export function layRegions(
  most: EpochPlan["most"],
  sizes: Partial<Record<StepField, number>>,
): Regions {
  let quads = 0;
  const fields: Partial<Record<StepField, number>> = { capacity: targetRows(most.targets) };
  for (const [name, size] of Object.entries(sizes) as [StepField, number][]) {
    fields[name] = quads;
    quads += Math.ceil(size / 64) * 16;
  }
  return { fields, quads };
}

/** Targets in groups of four. */
export function targetRows(targets: number): number {
  return Math.ceil(targets / 4) * 4;
}

/**
 * A model as a list of dispatches over stores of parameters and regions of activations: what the
 * runner runs.
 */
import type { Kernel } from "../../kernels/webgpu/kernel.ts";
import { wholeGroups } from "../../kernels/webgpu/plan_records.ts";
import type { ShardNumbers, StepCounts, StepField } from "../../kernels/webgpu/step_uniform.ts";
import type { StoreLayout } from "../../kernels/webgpu/store_layout.ts";
import type { Gpu } from "./device.ts";
import type { PlanShape } from "./plan_draft.ts";

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
  /** What the head reads of each target, `hidden` floats at the region `hiddenAt`. */
  readonly represent: readonly Stage[];
  /** Floats of a hidden state, padding included. */
  readonly hidden: number;
  /** The same, then the logits of every store that has some. */
  readonly score: readonly Stage[];
  /** Ranks from those logits. */
  readonly rank: readonly Stage[];
  /** Whether training keeps logits of all stores (large catalogues), not only scoring. */
  readonly keepsLogits: boolean;
  /** Draws below it are dropped while training, and what kept elements are multiplied with. */
  readonly dropBelow: number;
  readonly keep: number;
  readonly regions: (most: StepCounts) => Regions;
}

/** Most threads of a workgroup on a device. */
export function threadsOf({ limits }: Pick<Gpu, "limits">): number {
  return Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX);
}

/** What decides a program beyond the device's limits. */
export interface ProgramWishes {
  /**
   * Most items of a shard, below what the adapter allows: so that tests reach shards with small
   * catalogues. A multiple of 4.
   */
  readonly shardItems?: number;
  /** Fewer threads than the device has. */
  readonly threads?: number;
  /** Whether recurrences may hold matrices in registers; they may unless this says otherwise. */
  readonly registers?: boolean;
}

/** The device's limits that decide a program. */
export interface ProgramLimits extends Pick<ProgramWishes, "shardItems" | "registers"> {
  readonly threads: number;
  readonly workgroupBytes: number;
  readonly bindingBytes: number;
  readonly bufferBytes: number;
}

/** Threads of a workgroup for kernels whose size is a square: 16 × 16 or 8 × 8. */
export function squareThreads({ threads }: ProgramLimits): number {
  return threads >= 256 ? 256 : 64;
}

/** Regions one after the other; sizes in floats, for steps no larger than `most`. */
export function layRegions(
  most: StepCounts,
  sizes: Partial<Record<StepField, number>>,
): Regions {
  let quads = 0;
  const fields: Partial<Record<StepField, number>> = { capacity: wholeGroups(most.targets) };
  for (const [name, size] of Object.entries(sizes) as [StepField, number][]) {
    fields[name] = quads;
    quads += Math.ceil(size / 64) * 16;
  }
  return { fields, quads };
}

/**
 * Ways to compute the same that only a clock can choose between. Where they differ in the order of
 * sums they differ in the last bits, so an engine chooses by time only when it is asked to.
 */
import type { Plan } from "../samplers/sequences.ts";

/** One way in which the webgpu engine trains. */
export interface Variant {
  /** Most threads of a workgroup; fewer also make smaller tiles. */
  readonly threads: number;
  /** Whether a recurrence's matrix may stay in registers; else it is read at every step. */
  readonly registers: boolean;
  /** Optimiser steps that one submit carries at most. */
  readonly stepsASubmit: number;
}

/** What a variant took, or why it was not timed. */
export interface TimedVariant extends Variant {
  /** Median milliseconds a step, by the device's clock. */
  readonly ms?: number;
  readonly error?: string;
}

/** A choice, and the times that it was made by. */
export interface Tuned {
  readonly adapter: string;
  readonly chosen: Variant;
  /** The engine's own choice first. */
  readonly times: readonly TimedVariant[];
}

/** The wish to stop, heard while variants were timed: nothing is chosen, and no step was made. */
export class TuningStopped extends Error {
  override readonly name = "TuningStopped";
}

/** What remembers choices, by a key of adapter, network and batch. */
export interface TuningMemory {
  recall(key: string): Promise<Tuned | undefined>;
  /** Hears the choice before the first step; `timed`: it was made now, not recalled. */
  keep(key: string, tuned: Tuned, timed: boolean): Promise<void>;
  /** Hears why nothing can be timed: the engine's own choice stands. */
  refuse(why: string): void;
  /** Hears that so many variants will be timed; none is begun after so many seconds. */
  begin?(variants: number, seconds: number): void;
  /** Whether to stop, asked between batches: then `create` throws TuningStopped. */
  stopped?(): boolean;
}

/** What an engine needs to choose by time. */
export interface Tuning extends TuningMemory {
  /** The first epoch's, whose first batches are timed. */
  readonly plan: Plan;
}

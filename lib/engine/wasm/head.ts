/** What the CPU engine has of a loss: one record, run by every thread on its part of the work. */
import type { Loss } from "../../models/loss.ts";
import type { NeuralModel } from "../../models/neural.ts";
import type { Scratch } from "./scratch.ts";
import type { Thread } from "./thread.ts";

/** How large a head's work is. */
export interface HeadSize {
  /** Targets of the batch. */
  readonly targets: number;
  /** Courses of the thread's slice of the catalogue. */
  readonly courses: number;
}

/** A loss on this engine. */
export interface Head<L extends Loss = Loss> {
  readonly name: string;
  /** Floats that each thread's head tells the others in a batch (`exchange.head`). */
  exchanged(loss: L, targets: number): number;
  /** Takes from `scratch` what `differentiate` takes: the dry run, as an architecture's. */
  measure(scratch: Scratch, model: NeuralModel, size: HeadSize): void;
  /**
   * The mean loss of the batch, the same in every thread, from `exchange.states` and `labels`. Each
   * thread writes its part of the states' gradient to `exchange.stateGradients` (all of it), and
   * into `shared.gradients` the output layer's of its slice of the catalogue (`sliceOf`). `step` is
   * the optimiser's, by which a head that samples keys its draws. Threads may meet at barriers.
   */
  differentiate(thread: Thread, loss: L, targets: number, step: number): number;
}

/** What the CPU engine has of an architecture: one record, run by every thread on its share. */
import type { NeuralModel } from "../../models/neural.ts";
import type { Share, ShareSize } from "./deal.ts";
import type { Scratch } from "./scratch.ts";
import type { Thread } from "./thread.ts";

/** A forward pass that was run; what it keeps lies in the thread's scratch. */
export interface Pass {
  /**
   * Address of the state [hidden, padded] that the output layer reads of the share's window at a
   * position: of any target while training, of the last item while scoring.
   */
  stateAt(window: number, position: number): number;
  /**
   * Fills the thread's gradients from those of the states [batch's targets × hidden]: the dense
   * parameters' are added to zeros, the items' rows are written.
   */
  backward(stateGradients: number): void;
}

/** An architecture on this engine. */
export interface WasmArchitecture<M extends NeuralModel = NeuralModel> {
  readonly name: M["architecture"];
  /**
   * Takes from `scratch` what the passes over a share take, `backward` only when `training`. The
   * dry run: it must take by the same functions as they do, and no less for a larger share.
   */
  measure(scratch: Scratch, model: M, size: ShareSize, training: boolean): void;
  /** Runs the share through the model. `step` is the optimiser's, from 1; 0 scores. */
  forward(thread: Thread<M>, share: Share, step: number): Pass;
}

/** What the webgpu engine has of an architecture: one record, which makes a model's program. */
import type { NeuralModel } from "../../models/neural.ts";
import type { HeadKernels } from "./heads.ts";
import type { Program, ProgramLimits } from "./program.ts";

/** An architecture on this engine. A method, so that records of different models make one list. */
export interface WebGpuArchitecture<M extends NeuralModel = NeuralModel> {
  readonly name: M["architecture"];
  /**
   * The kernels of a model under a loss, chosen and sized for a device. @throws InputError for
   * sizes that the kernels do not do.
   */
  program(model: M, head: HeadKernels, limits: ProgramLimits): Program;
}

/** The state in which training starts. */
import { type NeuralModel, parameterSpecs } from "../models/neural.ts";
import { checkParameters, initialise, type Parameters, zeros } from "../models/parameters.ts";
import type { TrainingState } from "./engine.ts";

/**
 * Step 0 of a model: the given parameters, or fresh ones in PyTorch's distributions, and moments of
 * zero.
 */
export function startingState(
  model: NeuralModel,
  seed: number,
  parameters?: Parameters,
): TrainingState {
  const specs = parameterSpecs(model);
  if (parameters !== undefined) checkParameters(specs, parameters, "the initial weights");
  return {
    step: 0,
    parameters: parameters ?? initialise(specs, seed),
    firstMoments: zeros(specs),
    secondMoments: zeros(specs),
  };
}

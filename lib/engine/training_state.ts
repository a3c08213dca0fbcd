/** The state in which training starts. */
import { counted } from "../errors/counted.ts";
import { InputError } from "../errors/input_error.ts";
import { type NeuralModel, parameterSpecs } from "../models/neural.ts";
import {
  checkParameters,
  countParameters,
  initialise,
  type Parameters,
  zeros,
} from "../models/parameters.ts";
import type { TrainingState } from "./engine.ts";

/** More values than any engine here can train. */
const MOST_PARAMETERS = 2 ** 30;

/**
 * Step 0 of a model: the given parameters, or fresh ones in PyTorch's distributions, and moments of
 * zero. @throws InputError for a model that no engine can hold, before anything is allocated.
 */
export function startingState(
  model: NeuralModel,
  seed: number,
  parameters?: Parameters,
): TrainingState {
  const specs = parameterSpecs(model);
  const count = countParameters(specs);
  if (count > MOST_PARAMETERS) {
    throw new InputError({
      doing: `making the weights of a ${model.architecture}`,
      found: `it has ${counted(count, "parameter")}`,
      wanted: `at most ${MOST_PARAMETERS.toLocaleString("en")}`,
      next: "lower the model's sizes",
    });
  }
  if (parameters !== undefined) checkParameters(specs, parameters, "the initial weights");
  return {
    step: 0,
    parameters: parameters ?? initialise(specs, seed),
    firstMoments: zeros(specs),
    secondMoments: zeros(specs),
  };
}

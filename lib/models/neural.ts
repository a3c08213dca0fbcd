/** The neural architectures: one list, in which everything else finds them by name. */
import { InputError, show } from "../errors/input_error.ts";
import type { Architecture, NeuralModel } from "./architecture.ts";
import { GRU } from "./gru.ts";
import type { ParameterSpec } from "./parameters.ts";
import { SASREC } from "./sasrec.ts";

export type { Architecture, NeuralModel, OutputLayer } from "./architecture.ts";

/** Every architecture there is. */
export const ARCHITECTURES: readonly Architecture[] = [GRU, SASREC];

/** The record of a model's architecture. @throws InputError when there is none of its name. */
export function architectureOf(model: NeuralModel): Architecture {
  const found = ARCHITECTURES.find(({ name }) => name === model.architecture);
  if (found !== undefined) return found;
  throw new InputError({
    doing: "building a neural model",
    found: `the unknown architecture ${show(model.architecture)}`,
    wanted: `one of ${ARCHITECTURES.map(({ name }) => name).join(", ")}`,
    next: "add it as a record to lib/models/neural.ts",
  });
}

/** The model's parameters in `state_dict` order. @throws InputError as `architectureOf`. */
export function parameterSpecs(model: NeuralModel): ParameterSpec[] {
  return architectureOf(model).parameterSpecs(model);
}

/** Whether a value, as JSON gives it, is a neural model that can be built. */
export function isNeuralModel(value: unknown): value is NeuralModel {
  return ARCHITECTURES.some((architecture) => architecture.isModel(value));
}

/** Tensors from a file as a model's parameters. */
import { InputError, messageOf } from "../errors/input_error.ts";
import type { StoredTensor } from "../files/safetensors.ts";
import { type NeuralModel, parameterSpecs } from "../models/neural.ts";
import { checkParameters, type Parameters, type Tensor } from "../models/parameters.ts";

/**
 * The tensors as parameters, in `state_dict` order.
 * @throws InputError naming the first that is missing, too many, of another shape or not finite.
 */
export function parametersFrom(
  model: NeuralModel,
  tensors: Readonly<Record<string, StoredTensor>>,
  path: string,
): Parameters {
  const specs = parameterSpecs(model);
  try {
    const floats = onlyFloats(tensors, path);
    checkParameters(specs, floats, path);
    return Object.fromEntries(specs.map(({ name }) => [name, floats[name]]));
  } catch (error) {
    throw new InputError({
      doing: `reading the weights ${path}`,
      found: messageOf(error),
      wanted: `the parameters of this ${model.architecture}`,
      next: "check the model's sizes and the catalogue",
    }, { cause: error });
  }
}

function onlyFloats(
  tensors: Readonly<Record<string, StoredTensor>>,
  path: string,
): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => {
      if (data instanceof Float32Array) return [name, { shape, data }];
      if (data instanceof Float64Array) return [name, { shape, data: new Float32Array(data) }];
      throw new TypeError(`${path}: ${name} is not of floats`);
    }),
  );
}

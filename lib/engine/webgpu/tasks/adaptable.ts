/** Which models this engine adapts. */
import { InputError } from "../../../errors/input_error.ts";
import type { GruModel } from "../../../models/gru.ts";
import { architectureOf, type NeuralModel } from "../../../models/neural.ts";
import { isTied } from "../../adaptable.ts";

/** Whether it has kernels for tasks of a model: a GRU with an output layer of its own. */
export function isAdaptable(model: NeuralModel): model is GruModel {
  return model.architecture === "gru" && !isTied(model);
}

/** @throws InputError for a model that it does not adapt. */
export function checkAdaptable(model: NeuralModel): asserts model is GruModel {
  if (isAdaptable(model)) return;
  const { title } = architectureOf(model);
  throw new InputError({
    doing: `adapting ${title} to support pairs on webgpu`,
    found: model.architecture === "gru"
      ? "a model with one table for items and output"
      : "a network that is no GRU",
    wanted: "a GRU with an output layer of its own, such as gru_global",
    next: "--device wasm or --methods untrained",
  });
}

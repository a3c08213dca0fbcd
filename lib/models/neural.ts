/** The two neural architectures under one name, for engines and for saving. */
import { type GruModel, gruSpecs } from "./gru.ts";
import type { ParameterSpec } from "./parameters.ts";
import { type SasRecModel, sasRecSpecs } from "./sasrec.ts";

/** A neural model: an architecture without weights. */
export type NeuralModel = GruModel | SasRecModel;

/** The model's parameters in `state_dict` order. */
export function parameterSpecs(model: NeuralModel): ParameterSpec[] {
  return model.architecture === "gru" ? gruSpecs(model) : sasRecSpecs(model);
}

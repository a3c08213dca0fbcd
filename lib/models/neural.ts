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

/** The model that a JSON value describes, or none. */
export function modelFrom(value: unknown): NeuralModel | undefined {
  return isNeural(value) ? value : undefined;
}

function isNeural(model: unknown): model is NeuralModel {
  const sizes: Record<string, readonly string[]> = {
    gru: ["nItems", "embeddingDim", "hiddenDim", "maxLen"],
    sasrec: ["nItems", "hiddenDim", "numHeads", "numBlocks", "maxLen", "feedForwardDim"],
  };
  if (typeof model !== "object" || model === null) return false;
  const record = model as Record<string, unknown>;
  const { architecture } = record;
  if (typeof architecture !== "string" || !Object.hasOwn(sizes, architecture)) return false;
  const isSize = (n: unknown) =>
    Number.isInteger(n) && n as number > 0 && n as number <= 10_000_000;
  if (!sizes[architecture].every((key) => isSize(record[key]))) return false;
  return architecture === "gru" || isSasRec(model as SasRecModel);
}

function isSasRec(
  { numBlocks, numHeads, hiddenDim, dropout, layerNormEps, readout }: SasRecModel,
): boolean {
  return numBlocks <= 1000 && hiddenDim % numHeads === 0 && typeof dropout === "number" &&
    typeof layerNormEps === "number" &&
    dropout >= 0 && dropout < 1 && layerNormEps > 0 && layerNormEps < 1 &&
    (readout === "last_column" || readout === "last_item");
}

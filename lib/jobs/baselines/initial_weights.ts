/**
 * `--init`: neural models that begin with weights from a safetensors file, PyTorch's or ours,
 * instead of fresh ones.
 */
import { type Fingerprint, readInput } from "../../files/input_file.ts";
import { nearest } from "../../errors/nearest.ts";
import { InputError, show } from "../../errors/input_error.ts";
import { parameterSpecs } from "../../models/neural.ts";
import type { Parameters } from "../../models/parameters.ts";
import { parametersFrom } from "../../baselines/model_files.ts";
import { decodeSafeTensors } from "../../files/safetensors.ts";
import { type BaselinesConfig, type ModelName, MODELS } from "./config.ts";
import { neuralModel } from "./fitted.ts";

/** The weights by model, and the files they came from. */
export interface InitialWeights {
  readonly parameters: Readonly<Partial<Record<ModelName, Parameters>>>;
  readonly inputs: readonly Fingerprint[];
}

/**
 * Reads the files of `--init`: `model=file` for one model, a bare file for every model of the run
 * whose parameters it names.
 * @throws InputError for a file that fits no model, a shape that is not the model's, or a model
 * with two files.
 */
export async function readInitialWeights(
  config: Pick<BaselinesConfig, "init" | "models" | "maxSeqLen">,
  nItems: number,
): Promise<InitialWeights> {
  const parameters: Partial<Record<ModelName, Parameters>> = {};
  const inputs: Fingerprint[] = [];
  const neural = config.models.flatMap((name) => {
    const model = neuralModel(name, nItems, config);
    return model === undefined ? [] : [{ name, model }];
  });
  for (const entry of config.init) {
    const { name, path } = parseEntry(entry);
    const doing = `reading --init ${entry}`;
    const { bytes, fingerprint } = await readInput(path);
    const { tensors } = decodeSafeTensors(bytes, path);
    inputs.push(fingerprint);
    const fits = name === undefined
      ? neural.filter(({ model }) => parameterSpecs(model)[0].name in tensors)
      : neural.filter((candidate) => candidate.name === name);
    if (fits.length === 0) {
      const found = name === undefined
        ? `its tensors are ${
          Object.keys(tensors).slice(0, 4).map((tensor) => show(tensor)).join(", ")
        }…`
        : `${name} is not a neural model of this run`;
      const wanted = neural.length === 0
        ? "a run with a GRU or SASRec"
        : neural.map((candidate) =>
          `${parameterSpecs(candidate.model)[0].name} for ${candidate.name}`
        ).join(", ");
      throw new InputError({ doing, found, wanted });
    }
    for (const { name, model } of fits) {
      if (parameters[name] !== undefined) {
        throw new InputError({ doing, found: `a second file for ${name}`, wanted: "one a model" });
      }
      parameters[name] = parametersFrom(model, tensors, path);
    }
  }
  return { parameters, inputs };
}

function parseEntry(entry: string): { name?: ModelName; path: string } {
  const [, name, path] = /^([a-z_0-9]+)=(.+)$/i.exec(entry) ?? [];
  if (name === undefined) return { path: entry };
  if ((MODELS as readonly string[]).includes(name)) return { name: name as ModelName, path };
  const guess = nearest(name, MODELS);
  throw new InputError({
    doing: "reading --init",
    found: `the unknown model ${show(name)}`,
    wanted: guess === undefined ? `one of ${MODELS.join(", ")}` : `perhaps ${guess}`,
  });
}

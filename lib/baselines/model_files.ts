/**
 * Saved models: safetensors with PyTorch's `state_dict` names for the neural ones, JSON for the
 * others. The architecture travels in the file's metadata, so that a file is enough to build the
 * model. No time or run id inside: the same training gives the same bytes.
 */
import { InputError, messageOf, show } from "../errors/input_error.ts";
import type { GruModel } from "../models/gru.ts";
import { type NeuralModel, parameterSpecs } from "../models/neural.ts";
import { checkParameters, type Parameters, type Tensor } from "../models/parameters.ts";
import type { PopularityModel } from "./popularity.ts";
import type { RandomModel } from "./random.ts";
import type { SasRecModel } from "../models/sasrec.ts";
import type { SessionKnnModel } from "./sessionknn.ts";
import { decodeSafeTensors, encodeSafeTensors } from "../files/safetensors.ts";

/** A fitted neural model. */
export interface FittedNeural {
  readonly model: NeuralModel;
  readonly parameters: Parameters;
}

/** A fitted model of any kind, as it is saved. */
export type SavedModel = FittedNeural | RandomModel | PopularityModel | SessionKnnModel;

/** The file's name for a model. */
export function modelFile(name: string, saved: SavedModel): string {
  return `${name}.${"parameters" in saved ? "safetensors" : "json"}`;
}

/** The bytes of a model's file. */
export function encodeModel(saved: SavedModel): Uint8Array<ArrayBuffer> {
  if ("parameters" in saved) {
    return encodeSafeTensors({
      tensors: saved.parameters,
      metadata: { format: "pt", model: JSON.stringify(saved.model) },
    });
  }
  const plain = saved.architecture === "popularity"
    ? { ...saved, shares: [...saved.shares] }
    : saved.architecture === "sessionknn"
    ? { ...saved, offsets: undefined, items: undefined, sessions: sessionsOf(saved) }
    : saved;
  return new TextEncoder().encode(`${JSON.stringify(plain)}\n`);
}

function sessionsOf({ offsets, items }: SessionKnnModel): number[][] {
  return Array.from(
    { length: offsets.length - 1 },
    (_, i) => [...items.subarray(offsets[i], offsets[i + 1])],
  );
}

/**
 * Reads a model's file. @throws InputError when it is damaged, unknown, or its tensors do not fit
 * its architecture.
 */
export function decodeModel(bytes: Uint8Array<ArrayBuffer>, path: string): SavedModel {
  return path.endsWith(".safetensors") ? decodeNeural(bytes, path) : decodePlain(bytes, path);
}

const NEXT = "use a file that this program wrote";

function decodeNeural(bytes: Uint8Array<ArrayBuffer>, path: string): FittedNeural {
  const { tensors, metadata } = decodeSafeTensors(bytes, path);
  const doing = `reading the model ${path}`;
  const model = parseJson(metadata.model ?? "null", path) as NeuralModel | null;
  if (!isNeural(model)) {
    throw new InputError({
      doing,
      found: `its metadata describes ${show(model)}`,
      wanted: "a GRU or SASRec",
      next: NEXT,
    });
  }
  return { model, parameters: parametersFrom(model, tensors as Record<string, Tensor>, path) };
}

/**
 * Checks that tensors are exactly the model's parameters. @throws InputError naming the first that
 * is not.
 */
export function parametersFrom(
  model: NeuralModel,
  tensors: Record<string, { shape: readonly number[]; data: Float32Array | Int32Array }>,
  path: string,
): Parameters {
  try {
    const whole = Object.entries(tensors).find(([, { data }]) => !(data instanceof Float32Array));
    if (whole !== undefined) {
      throw new TypeError(`${path}: ${whole[0]} holds integers, wanted float32`);
    }
    checkParameters(parameterSpecs(model), tensors as Parameters, path);
  } catch (error) {
    throw new InputError({
      doing: `reading the weights ${path}`,
      found: messageOf(error),
      wanted: `the parameters of this ${model.architecture}`,
      next: "check the model's sizes and the catalogue",
    }, { cause: error });
  }
  return Object.fromEntries(
    parameterSpecs(model).map(({ name }) => [name, tensors[name] as Tensor]),
  );
}

function isNeural(model: unknown): model is NeuralModel {
  const sizes: Record<string, readonly string[]> = {
    gru: ["nItems", "embeddingDim", "hiddenDim", "maxLen"] satisfies (keyof GruModel)[],
    sasrec: [
      "nItems",
      "hiddenDim",
      "numHeads",
      "numBlocks",
      "maxLen",
      "feedForwardDim",
    ] satisfies (keyof SasRecModel)[],
  };
  if (typeof model !== "object" || model === null) return false;
  const record = model as Record<string, unknown>;
  const { architecture } = record;
  if (typeof architecture !== "string" || !Object.hasOwn(sizes, architecture)) return false;
  if (
    !sizes[architecture].every((key) =>
      Number.isInteger(record[key]) && record[key] as number > 0 &&
      record[key] as number <= 10_000_000
    )
  ) {
    return false;
  }
  return architecture === "gru" || isSasRec(model as SasRecModel);
}

/**
 * A list of parameters is made for every block before the file is looked at, so their number is
 * bounded.
 */
function isSasRec(
  { numBlocks, numHeads, hiddenDim, dropout, layerNormEps, readout }: SasRecModel,
): boolean {
  return numBlocks <= 1000 && hiddenDim % numHeads === 0 && typeof dropout === "number" &&
    typeof layerNormEps === "number" &&
    dropout >= 0 && dropout < 1 && layerNormEps > 0 && layerNormEps < 1 &&
    (readout === "last_column" || readout === "last_item");
}

function decodePlain(bytes: Uint8Array<ArrayBuffer>, path: string): SavedModel {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    text = "";
  }
  const value = parseJson(text, path) as Record<string, unknown>;
  const fail = (found: string, wanted: string): never => {
    throw new InputError({ doing: `reading the model ${path}`, found, wanted, next: NEXT });
  };
  const count = (key: string, max: number): number =>
    Number.isInteger(value[key]) && value[key] as number >= 0 && value[key] as number <= max
      ? value[key] as number
      : fail(`${key} is ${show(value[key])}`, `a whole number up to ${max}`);
  switch (value?.architecture) {
    case "random":
      return {
        architecture: "random",
        nItems: count("nItems", 10_000_000),
        seed: count("seed", 0xffffffff),
      };
    case "popularity": {
      const { shares } = value;
      if (!Array.isArray(shares) || !shares.every((x) => typeof x === "number" && x >= 0)) {
        return fail("shares is not a list of numbers", "the share of each course");
      }
      return { architecture: "popularity", shares: Float64Array.from(shares) };
    }
    case "sessionknn": {
      const { sessions } = value;
      const nItems = count("nItems", 10_000_000);
      const isSession = (s: unknown) =>
        Array.isArray(s) && s.every((item) => Number.isInteger(item) && item >= 0 && item < nItems);
      if (!Array.isArray(sessions) || !sessions.every(isSession)) {
        return fail("sessions is not a list of lists of course ids", "the training users' courses");
      }
      const offsets = new Int32Array(sessions.length + 1);
      sessions.forEach((session, i) => offsets[i + 1] = offsets[i] + session.length);
      return {
        architecture: "sessionknn",
        nItems,
        k: count("k", 1e9),
        sampleSize: count("sampleSize", 1e9),
        seed: count("seed", Number.MAX_SAFE_INTEGER),
        offsets,
        items: Int32Array.from(sessions.flat()),
      };
    }
    default:
      return fail(`it describes ${show(value?.architecture)}`, "random, popularity or sessionknn");
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError({
      doing: `reading the model ${path}`,
      found: `it is not JSON in UTF-8 (${show(messageOf(error))})`,
      wanted: "a saved model",
      next: NEXT,
    }, { cause: error });
  }
}

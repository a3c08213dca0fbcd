/**
 * What the files of fitted models share. JSON for models of counts and sessions, safetensors with
 * PyTorch's `state_dict` names for the neural ones. The architecture travels in the file, so that a
 * file is enough to build the model. No time or run id inside: the same fit gives the same bytes.
 */
import { InputError, messageOf, show } from "../errors/input_error.ts";
import { decodeJson, isRecord } from "../files/json.ts";

const NEXT = "use a file that this program wrote";

/** The bytes of a model that is plain JSON already. */
export function plainModelBytes(model: object): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(model)}\n`);
}

/** Says what is wrong with a model's file. */
export type RefuseModel = (found: string, wanted: string, cause?: unknown) => never;

/** Refuses the model file `path`. */
export function refuseModel(path: string): RefuseModel {
  return (found, wanted, cause) => {
    throw new InputError({ doing: `reading the model ${path}`, found, wanted, next: NEXT }, {
      cause,
    });
  };
}

/** A model's JSON, looked at field by field. */
export interface ModelFile {
  /** The value of a field, unchecked. */
  field(key: string): unknown;
  /** A whole number from 0 to `max`. @throws InputError for anything else. */
  count(key: string, max: number): number;
  readonly refuse: RefuseModel;
}

/**
 * Opens a JSON model file of `architecture`. @throws InputError when it is damaged or another's.
 */
export function modelFileReader(
  architecture: string,
  bytes: Uint8Array,
  path: string,
): ModelFile {
  const refuse = refuseModel(path);
  const value = parseModelJson(bytes, refuse);
  if (!isRecord(value)) return refuse(`it holds ${show(value)}`, "a saved model");
  if (value.architecture !== architecture) {
    return refuse(`it describes ${show(value.architecture)}`, architecture);
  }
  return {
    refuse,
    field: (key) => value[key],
    count: (key, max) => {
      const number = value[key];
      const counts = typeof number === "number" && Number.isInteger(number) && number >= 0 &&
        number <= max;
      return counts ? number : refuse(`${key} is ${show(number)}`, `a whole number up to ${max}`);
    },
  };
}

/** A model's JSON, unchecked. @throws InputError when it is none. */
export function parseModelJson(bytes: Uint8Array, refuse: RefuseModel): unknown {
  try {
    return decodeJson(bytes);
  } catch (error) {
    const found = `it is not JSON in UTF-8 (${show(messageOf(error))})`;
    return refuse(found, "a saved model", error);
  }
}

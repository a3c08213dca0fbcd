/**
 * What the files of fitted models share. JSON for small models, safetensors for those of many
 * numbers and, with PyTorch's `state_dict` names, for the neural ones. The architecture travels in
 * the file, so that a file is enough to build the model. No time or run id inside: the same fit
 * gives the same bytes.
 */
import { InputError, messageOf, show } from "../errors/input_error.ts";
import { decodeJson, isRecord } from "../files/json.ts";
import { decodeSafeTensors, encodeSafeTensors, type StoredTensor } from "../files/safetensors.ts";
import type { Settings, Values } from "../settings/settings.ts";

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
  return fieldsOf(architecture, parseModelJson(bytes, refuse), refuse);
}

function fieldsOf(architecture: string, value: unknown, refuse: RefuseModel): ModelFile {
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

/** The columns of a model of many numbers, by name. */
export type ModelArrays = Readonly<Record<string, Int32Array | Float64Array>>;

/**
 * The bytes of a model of many numbers: a safetensors file with `fields` as JSON in its metadata
 * and a tensor a column. Columns of doubles come first, where they are aligned.
 */
export function arrayModelBytes(fields: object, arrays: ModelArrays): Uint8Array<ArrayBuffer> {
  const wide = Object.entries(arrays).filter(([, data]) => data instanceof Float64Array);
  const narrow = Object.entries(arrays).filter(([, data]) => data instanceof Int32Array);
  const tensors: Record<string, StoredTensor> = {};
  for (const [name, data] of [...wide, ...narrow]) tensors[name] = { shape: [data.length], data };
  return encodeSafeTensors({ tensors, metadata: { model: JSON.stringify(fields) } });
}

/** A model of many numbers, looked at field by field and column by column. */
export interface ArrayModelFile extends ModelFile {
  /** A column of whole numbers. @throws InputError where there is none. */
  integers(name: string): Int32Array;
  /** A column of doubles. @throws InputError where there is none. */
  reals(name: string): Float64Array;
  /** The values of a table of settings. @throws InputError for one out of its bounds. */
  settings<S extends Settings>(table: S): Values<S>;
}

/**
 * Opens a file that `arrayModelBytes` wrote. @throws InputError when it is damaged or another's.
 */
export function arrayModelReader(
  architecture: string,
  bytes: Uint8Array<ArrayBuffer>,
  path: string,
): ArrayModelFile {
  const { tensors, metadata } = decodeSafeTensors(bytes, path);
  const refuse = refuseModel(path);
  const json = new TextEncoder().encode(metadata.model ?? "null");
  const file = fieldsOf(architecture, parseModelJson(json, refuse), refuse);
  const column = <T>(name: string, type: new (length: number) => T, wanted: string): T => {
    const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
    const data = tensor?.data;
    if (tensor?.shape.length !== 1 || !(data instanceof type)) {
      return refuse(`its column ${name} is ${data?.constructor.name ?? "missing"}`, wanted);
    }
    return data;
  };
  return {
    ...file,
    integers: (name) => column(name, Int32Array, "a list of int32"),
    reals: (name) => column(name, Float64Array, "a list of float64"),
    settings: (table) => settingsFrom(table, file),
  };
}

/** Settings as they stand in a file, read by the table that made them. */
function settingsFrom<S extends Settings>(table: S, { field, refuse }: ModelFile): Values<S> {
  const found = field("settings");
  if (!isRecord(found)) return refuse(`settings is ${show(found)}`, "an object of settings");
  const values = Object.entries(table).map(([key, setting]) => {
    const value = found[key];
    const kept = ["string", "number", "boolean"].includes(typeof value);
    try {
      const read = kept ? setting.parse(String(value), key) : undefined;
      if (read === value && kept) return [key, read];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
    return refuse(`its setting ${key} is ${show(value)}`, setting.range ?? setting.placeholder);
  });
  return Object.fromEntries(values) as Values<S>;
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

/** Reads a `--config` file: a JSON object whose keys are flag names. */
import { InputError, messageOf } from "../errors/input_error.ts";

/** The file's object. @throws InputError when it cannot be read or is not a JSON object of texts, numbers, booleans and lists of those. */
export async function readConfig(path: string): Promise<Record<string, unknown>> {
  const doing = `reading the configuration ${path}`;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
  } catch (error) {
    throw new InputError({ doing, found: messageOf(error), wanted: "a readable JSON file in UTF-8" }, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError({ doing, found: `it is not JSON: ${messageOf(error)}`, wanted: 'an object such as {"epochs": 5}' }, {
      cause: error,
    });
  }
  const isPlain = (v: unknown) => v === null || ["string", "number", "boolean"].includes(typeof v);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError({ doing, found: "it is not a JSON object", wanted: 'an object such as {"epochs": 5}' });
  }
  for (const [key, entry] of Object.entries(value)) {
    if (!isPlain(entry) && !(Array.isArray(entry) && entry.every(isPlain))) {
      throw new InputError({
        doing,
        found: `the value of ${JSON.stringify(key.slice(0, 80))} is nested`,
        wanted: "a text, number, boolean or a list of those",
      });
    }
  }
  return value as Record<string, unknown>;
}

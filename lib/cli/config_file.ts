/** Reads a `--config` file: a JSON object whose keys are settings, or a run's own config.json. */
import { InputError, messageOf, show } from "../errors/input_error.ts";
import type { Command, Parsed } from "../settings/command.ts";
import type { Settings } from "../settings/settings.ts";
import { type Configuration, isObject } from "./configuration.ts";
import { parseFlags } from "./flags.ts";

/** Settings of a run that say where it went and how it was called: not those of a new one. */
const OF_THE_CALL: readonly string[] = ["resume", "out", "config"];

/**
 * The values in a `--config` file; those that a run had, where the file is its config.json.
 * @throws InputError when it cannot be read or is not a JSON object.
 */
export async function readConfig(path: string): Promise<Configuration> {
  const document = await readJson(path);
  const isRun = isObject(document) && "notebook" in document && isObject(document.flags);
  return isRun ? flagsOf(document, path) : objectIn(document, path);
}

/**
 * The values that a run had, from its config.json, without those of the call (`resume`, `out`,
 * `config`). @throws InputError naming `path`.
 */
export async function readRunFlags(path: string): Promise<Configuration> {
  return flagsOf(await readJson(path), path);
}

/** A JSON file in UTF-8. @throws InputError naming it. */
export async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
  } catch (error) {
    throw new InputError({
      doing: reading(path),
      found: messageOf(error),
      wanted: "a readable JSON file in UTF-8",
    }, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError({
      doing: reading(path),
      found: `it is not JSON: ${show(messageOf(error))}`,
      wanted: SUCH_AS,
    }, { cause: error });
  }
}

/**
 * Flags over the values `config` of the file `path`. @throws InputError naming the file: the flags
 * alone have passed before.
 */
export function parseConfigured<F extends Settings>(
  command: Command<F>,
  args: readonly string[],
  config: Configuration,
  path: string,
): Parsed<F> {
  try {
    return parseFlags(command, args, config);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError({ ...error.fault, doing: `${error.fault.doing} in ${path}` }, {
      cause: error,
    });
  }
}

const SUCH_AS = 'an object such as {"epochs": 5}';

function flagsOf(document: unknown, path: string): Configuration {
  const flags = objectIn(isObject(document) ? document.flags : undefined, path);
  return Object.fromEntries(Object.entries(flags).filter(([key]) => !OF_THE_CALL.includes(key)));
}

function reading(path: string): string {
  return `reading the configuration ${path}`;
}

function objectIn(value: unknown, path: string): Configuration {
  if (isObject(value)) return value;
  throw new InputError({ doing: reading(path), found: `it holds ${show(value)}`, wanted: SUCH_AS });
}

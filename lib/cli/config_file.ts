/** Reads a `--config` file: a JSON object whose keys are settings, or a run's own config.json. */
import { type Expectation, InputError, show } from "../errors/input_error.ts";
import { readJson } from "../files/input_file.ts";
import { isRecord } from "../files/json.ts";
import type { Command, Parsed } from "../settings/command.ts";
import type { Settings } from "../settings/settings.ts";
import type { Configuration } from "./configuration.ts";
import { parseFlags } from "./flags.ts";

/** Settings of a run that say where it went and how it was called: not those of a new one. */
const OF_THE_CALL: readonly string[] = ["resume", "out", "config"];

/**
 * The values in a `--config` file; those that a run had, where the file is its config.json.
 * @throws InputError when it cannot be read or is not a JSON object.
 */
export async function readConfig(path: string): Promise<Configuration> {
  const document = await readJson(path, expected(path));
  const isRun = isRecord(document) && "notebook" in document && isRecord(document.flags);
  return isRun ? flagsOf(document, path) : objectIn(document, path);
}

/**
 * The values that a run had, from its config.json, without those of the call (`resume`, `out`,
 * `config`). @throws InputError naming `path`.
 */
export async function readRunFlags(path: string): Promise<Configuration> {
  return flagsOf(await readJson(path, expected(path)), path);
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

function expected(path: string): Expectation {
  return {
    doing: `reading the configuration ${path}`,
    wanted: 'a JSON file with an object such as {"epochs": 5}',
  };
}

function flagsOf(document: unknown, path: string): Configuration {
  const flags = objectIn(isRecord(document) ? document.flags : undefined, path);
  return Object.fromEntries(Object.entries(flags).filter(([key]) => !OF_THE_CALL.includes(key)));
}

function objectIn(value: unknown, path: string): Configuration {
  if (isRecord(value)) return value;
  throw new InputError({ ...expected(path), found: `it holds ${show(value)}` });
}

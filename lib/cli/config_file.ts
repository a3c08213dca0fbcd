/** Reads a `--config` file: a JSON object whose keys are settings, or a run's own config.json. */
import { type Expectation, InputError, show } from "../errors/input_error.ts";
import { readBytes } from "../files/input_file.ts";
import { decodeText, isRecord, parseJson, repeatedKey } from "../files/json.ts";
import type { Command, Parsed } from "../settings/command.ts";
import type { Settings } from "../settings/settings.ts";
import { type Configuration, putOver } from "./configuration.ts";
import { parseFlags } from "./flags.ts";

/** Settings of a run that say where it went and how it was called: not those of a new one. */
const OF_THE_CALL: readonly string[] = ["resume", "out", "config", "json"];

/**
 * The values in a `--config` file; those that a run had, where the file is its config.json.
 * @throws InputError when it cannot be read or is not a JSON object whose keys are each there once.
 */
export async function readConfig(path: string): Promise<Configuration> {
  const document = await readDocument(path);
  const isRun = isRecord(document) && "notebook" in document && isRecord(document.flags);
  if (isRun) return givenIn(flagsOf(document, path));
  return objectIn(document, path);
}

/**
 * @throws InputError for what a file gives and nobody can mean: a list of nothing, which is not as
 * by default, and a further file.
 */
export function checkConfig(config: Configuration, path: string): void {
  const refuse = (found: string, wanted: string): never => {
    throw new InputError({ ...expected(path), found, wanted });
  };
  if (Object.hasOwn(config, "config")) {
    refuse(`its key "config" is ${show(config.config)}`, "all values in one file");
  }
  const given = Object.values(config).flatMap((value) =>
    isRecord(value) ? Object.entries(value) : []
  );
  const empty = [...Object.entries(config), ...given].find(([, value]) => isEmpty(value));
  if (empty === undefined) return;
  const wanted = "a list of something; without the key it is as by default";
  refuse(`${show(empty[0])} is an empty list`, wanted);
}

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** A run's values without its empty lists, which nobody gave. */
function givenIn(flags: Configuration): Configuration {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => !isEmpty(value)));
}

/**
 * The values that a run had, from its config.json, without those of the call (`resume`, `out`,
 * `config`, `json`). @throws InputError naming `path`.
 */
export async function readRunFlags(path: string): Promise<Configuration> {
  return flagsOf(await readDocument(path), path);
}

/**
 * The flags of a run that is taken up again, whose config.json is `path`: its own, with those of a
 * `--config` file put over them, and the line's over both. What contradicts the run is left for the
 * run to refuse. @throws InputError naming the file.
 */
export async function parseResumed<F extends Settings>(
  command: Command<F>,
  args: readonly string[],
  path: string,
): Promise<Parsed<F>> {
  const own = await readRunFlags(path);
  const file = (parseFlags(command, args).values as Record<string, unknown>).config;
  const config = typeof file === "string" ? putOver(own, await readConfig(file)) : own;
  return parseConfigured(command, args, config, path);
}

/** A JSON file's value. @throws InputError also for a key that an object has twice. */
async function readDocument(path: string): Promise<unknown> {
  const bytes = await readBytes(path, expected(path));
  const document = parseJson(bytes, expected(path));
  const twice = repeatedKey(decodeText(bytes));
  if (twice === undefined) return document;
  throw new InputError({
    ...expected(path),
    found: `an object has the key ${show(twice)} twice`,
    wanted: "each key once",
  });
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

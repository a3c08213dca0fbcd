/** Reads a `--config` file: a JSON object whose keys are flag names. */
import { InputError, messageOf, show } from "../errors/input_error.ts";
import type { Command, Parsed } from "../settings/command.ts";
import type { Settings } from "../settings/settings.ts";
import { parseFlags } from "./flags.ts";

/**
 * The file's object. @throws InputError when it cannot be read or is not a JSON object of texts,
 * numbers, booleans and lists of those.
 */
export async function readConfig(path: string): Promise<Record<string, unknown>> {
  return plainRecord(await readJson(path), path);
}

/** The flags in a run's config.json. */
export async function readRunFlags(path: string): Promise<Record<string, unknown>> {
  const document = await readJson(path) as { flags?: unknown } | null;
  const { resume: _, out: _out, config: _config, ...flags } = document?.flags as Record<
    string,
    unknown
  >;
  return plainRecord(
    Object.fromEntries(
      Object.entries(flags).filter(([, v]) => typeof v !== "object" || Array.isArray(v)),
    ),
    path,
  );
}

/** A JSON file in UTF-8. @throws InputError naming it. */
export async function readJson(path: string): Promise<unknown> {
  const doing = `reading the configuration ${path}`;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
  } catch (error) {
    throw new InputError({
      doing,
      found: messageOf(error),
      wanted: "a readable JSON file in UTF-8",
    }, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError({
      doing,
      found: `it is not JSON: ${show(messageOf(error))}`,
      wanted: 'an object such as {"epochs": 5}',
    }, {
      cause: error,
    });
  }
}

/**
 * Checks that a value is an object of flags: texts, numbers, booleans and lists of those. @throws
 * InputError naming `path`.
 */
export function plainRecord(value: unknown, path: string): Record<string, unknown> {
  const doing = `reading the configuration ${path}`;
  const isPlain = (v: unknown) => v === null || ["string", "number", "boolean"].includes(typeof v);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError({
      doing,
      found: `it holds ${show(value)}`,
      wanted: 'an object such as {"epochs": 5}',
    });
  }
  for (const [key, entry] of Object.entries(value)) {
    if (!isPlain(entry) && !(Array.isArray(entry) && entry.every(isPlain))) {
      throw new InputError({
        doing,
        found: `the value of ${show(key)} is nested`,
        wanted: "a text, number, boolean or a list of those",
      });
    }
  }
  return value as Record<string, unknown>;
}

/**
 * Flags over the values `config` of the file `path`. @throws InputError naming the file: the flags
 * alone have passed before.
 */
export function parseConfigured<F extends Settings>(
  command: Command<F>,
  args: readonly string[],
  config: Readonly<Record<string, unknown>>,
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

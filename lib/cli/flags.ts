/**
 * One table of flags a script: it parses, validates, documents and suggests. A flag is a record;
 * its key in camelCase is the flag's name in kebab-case and the same name in a `--config` file, so
 * a value means the same wherever it comes from.
 */
import { parseArgs } from "@std/cli";
import { InputError, show } from "../errors/input_error.ts";
import { nearest } from "../errors/nearest.ts";

/** One flag. `T` is what its text becomes. */
export interface Flag<T> {
  /** What stands behind the flag in the help; empty for a switch. */
  readonly placeholder: string;
  readonly description: string;
  /** The value when the flag is not given; undefined means none. */
  readonly fallback: T;
  /** The text as a value. @throws InputError naming the flag, the text and what was wanted. */
  readonly parse: (text: string, name: string) => T;
  /** A switch takes no text: `--json`, `--no-json`. */
  readonly isSwitch?: boolean;
  /** The value of a flag given without one; flags without this need a value. */
  readonly bare?: string;
  /** May be given several times; the texts are joined with commas. */
  readonly repeats?: boolean;
}

// deno-lint-ignore no-explicit-any -- the table's flags have values of any type; `Values` gives each its own
export type FlagTable = Readonly<Record<string, Flag<any>>>;
/** The values of a table's flags. */
export type Values<F extends FlagTable> = {
  -readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never;
};

/** A script's name, one-line summary, flags and examples. */
export interface Command<F extends FlagTable> {
  readonly name: string;
  readonly summary: string;
  readonly flags: F;
  /** Lines for the end of the help: a command and what it does. */
  readonly examples?: readonly string[];
}

/** Values, and which of them were given rather than fallen back to. */
export interface Parsed<F extends FlagTable> {
  readonly values: Values<F>;
  readonly given: ReadonlySet<keyof F>;
  readonly help: boolean;
  readonly version: boolean;
}

function refuse(name: string, text: string, wanted: string): never {
  throw new InputError({ doing: `reading --${name}`, found: `its value is ${show(text)}`, wanted });
}

/** A flag whose value is any non-empty text. */
export function text(placeholder: string, description: string): Flag<string | undefined>;
export function text(placeholder: string, description: string, fallback: string): Flag<string>;
export function text(
  placeholder: string,
  description: string,
  fallback?: string,
): Flag<string | undefined> {
  return {
    placeholder,
    description,
    fallback,
    parse: (value, name) => value === "" ? refuse(name, value, `a ${placeholder}`) : value,
  };
}

/** A flag whose value is a number in [min, max]. */
export function number(
  description: string,
  fallback: number,
  min: number,
  max: number,
  integer = false,
): Flag<number> {
  const wanted = `${integer ? "a whole number" : "a number"} from ${min} to ${max}`;
  return {
    placeholder: integer ? "n" : "x",
    description,
    fallback,
    parse: (value, name) => {
      const n = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : NaN;
      return n >= min && n <= max && (!integer || Number.isInteger(n))
        ? n
        : refuse(name, value, wanted);
    },
  };
}

/** A flag whose value is a whole number in [min, max]. */
export function integer(
  description: string,
  fallback: number,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): Flag<number> {
  return number(description, fallback, min, max, true);
}

/** A flag whose value is one of a few. */
export function choice<T extends string>(
  choices: readonly T[],
  description: string,
  fallback: T,
): Flag<T> {
  return {
    placeholder: choices.join("|"),
    description,
    fallback,
    parse: (value, name) =>
      choices.includes(value as T) ? value as T : refuse(name, value, oneOf(choices, value)),
  };
}

/** A flag whose value is a comma-separated list, each of a few or any text. */
export function list<T extends string>(
  placeholder: string,
  description: string,
  fallback: readonly T[],
  choices?: readonly T[],
): Flag<readonly T[]> {
  return {
    placeholder,
    description,
    fallback,
    repeats: true,
    parse: (value, name) => {
      const parts = value.split(",").map((part) => part.trim()).filter((part) =>
        part !== ""
      ) as T[];
      if (parts.length === 0) refuse(name, value, `a list: ${placeholder}`);
      for (const part of parts) {
        if (choices !== undefined && !choices.includes(part)) {
          refuse(name, part, oneOf(choices, part));
        }
      }
      return [...new Set(parts)];
    },
  };
}

/** A flag that is on or off. */
export function toggle(description: string, fallback = false): Flag<boolean> {
  return {
    placeholder: "",
    description,
    fallback,
    isSwitch: true,
    parse: (value, name) =>
      value === "true" ? true : value === "false" ? false : refuse(name, value, "true or false"),
  };
}

function oneOf(choices: readonly string[], value: string): string {
  const guess = nearest(value, choices);
  return `one of ${choices.join(", ")}${guess === undefined ? "" : `; did you mean ${guess}?`}`;
}

/** camelCase to kebab-case. */
export function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * Parses arguments by the command's table. `config` gives values between the fallbacks and the
 * flags: the contents of a `--config` file.
 * @throws InputError for an unknown flag (naming the nearest right one), a stray argument or a bad
 * value.
 */
export function parseFlags<F extends FlagTable>(
  command: Command<F>,
  args: readonly string[],
  config: Record<string, unknown> = {},
): Parsed<F> {
  const doing = `reading the arguments of ${command.name}`;
  const next = `${command.name} --help lists the flags`;
  const keys = Object.keys(command.flags);
  const byName = new Map(keys.map((key) => [flagName(key), key]));
  const names = [...byName.keys()];
  const switches = names.filter((name) => command.flags[byName.get(name)!].isSwitch);
  const texts = names.filter((name) => !switches.includes(name));
  const unknownFlag = (argument: string): never => {
    if (!argument.startsWith("-")) {
      throw new InputError({
        doing,
        found: `the stray argument ${show(argument)}`,
        wanted: "flags only",
        next,
      });
    }
    const name = argument.replace(/^-+/, "").replace(/=.*$/, "");
    const guess = nearest(name, names);
    throw new InputError({
      doing,
      found: `the unknown flag ${show(argument)}`,
      wanted: guess === undefined ? undefined : `perhaps --${guess}`,
      next,
    });
  };
  const seen = new Set<string>();
  for (const argument of args) { // node:util reads "--a --b" as a = "--b"; a missing value is refused here instead
    if (argument === "--") break;
    const name = /^--([^=]+)/.exec(argument)?.[1];
    if (name === undefined) continue;
    if (seen.has(name) && texts.includes(name) && !command.flags[byName.get(name)!].repeats) {
      throw new InputError({ doing, found: `--${name} twice`, wanted: "it once", next });
    }
    seen.add(name);
  }
  const line = args.map((argument, i) => {
    const name = argument.startsWith("--") ? argument.slice(2) : "";
    const follower = args[i + 1];
    if (!texts.includes(name) || (follower !== undefined && !/^--[a-z]/.test(follower))) {
      return argument;
    }
    const { bare, placeholder } = command.flags[byName.get(name)!];
    if (bare !== undefined) return `${argument}=${bare}`;
    throw new InputError({
      doing,
      found: `--${name} without its value`,
      wanted: `--${name} <${placeholder}>`,
      next,
    });
  });
  const parsed = parseArgs(line, {
    string: texts,
    boolean: [...switches, "help", "version"],
    collect: texts.filter((name) => command.flags[byName.get(name)!].repeats),
    alias: { h: "help", V: "version" },
    unknown: unknownFlag,
  });
  const values: Record<string, unknown> = {};
  const given = new Set<keyof F>();
  for (const key of Object.keys(config)) {
    const name = flagName(key);
    if (!byName.has(name)) {
      const guess = nearest(name, names);
      throw new InputError({
        doing: "reading the configuration file",
        found: `the unknown key ${show(key)}`,
        wanted: guess && `perhaps ${guess}`,
        next,
      });
    }
  }
  for (const [name, key] of byName) {
    const flag = command.flags[key];
    const configured = valueIn(config[name] ?? config[key], flag.fallback);
    const onLine = flag.isSwitch
      ? (seen.has(name) || seen.has(`no-${name}`) ? String(parsed[name]) : undefined)
      : lineValue(parsed[name]);
    const source = onLine ??
      (configured === undefined || configured === null
        ? undefined
        : Array.isArray(configured)
        ? configured.join(",")
        : String(configured));
    values[key] = source === undefined ? flag.fallback : flag.parse(source, name);
    if (source !== undefined) given.add(key);
  }
  return {
    values: values as Values<F>,
    given,
    help: parsed.help === true,
    version: parsed.version === true,
  };
}

/**
 * A configured value; an empty list is none where none is what the flag falls back to, as a run's
 * config.json has it.
 */
function valueIn(configured: unknown, fallback: unknown): unknown {
  const isEmpty = (list: unknown) => Array.isArray(list) && list.length === 0;
  return isEmpty(configured) && isEmpty(fallback) ? undefined : configured;
}

function lineValue(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.join(",");
  return value === undefined ? undefined : String(value);
}

/** The help text of a command, from its table. */
export function helpOf<F extends FlagTable>(command: Command<F>): string {
  const rows = Object.entries(command.flags).map(([key, flag]) => {
    const left = `  --${flagName(key)}${flag.placeholder ? ` <${flag.placeholder}>` : ""}`;
    const fallback = flag.fallback === undefined || flag.fallback === false ||
        (Array.isArray(flag.fallback) && flag.fallback.length === 0)
      ? ""
      : ` (default: ${Array.isArray(flag.fallback) ? flag.fallback.join(",") : flag.fallback})`;
    return [left, `${flag.description}${fallback}`];
  });
  rows.push(["  -h, --help", "show this help"], ["  -V, --version", "show the version"]);
  const width = Math.min(38, Math.max(...rows.map(([left]) => left.length)) + 2);
  const lines = rows.map(([left, right]) =>
    left.length + 2 > width ? `${left}\n${" ".repeat(width)}${right}` : left.padEnd(width) + right
  );
  const examples = command.examples === undefined
    ? ""
    : `\n\nExamples:\n${command.examples.map((line) => `  ${line}`).join("\n")}`;
  return `${command.name}: ${command.summary}\n\nUsage: ${command.name} [flags]\n\nFlags:\n${
    lines.join("\n")
  }${examples}\n`;
}

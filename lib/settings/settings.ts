/**
 * Settings: what may be set, between which bounds, with one line of help each. A table of them
 * gives a script its flags, a `--config` file its keys and a run's config.json its fields: the key
 * in camelCase is the flag's name in kebab-case, so a value means the same wherever it comes from.
 */
import { InputError, show } from "../errors/input_error.ts";
import { nearest } from "../errors/nearest.ts";

/** One setting. `T` is what its text becomes. */
export interface Setting<T> {
  /** What stands behind the flag in the help; empty for a switch. */
  readonly placeholder: string;
  readonly description: string;
  /** The value when the flag is not given; undefined means none. */
  readonly fallback: T;
  /** The text as a value. @throws InputError naming the flag, the text and what was wanted. */
  readonly parse: (text: string, name: string) => T;
  /** What its value is in a JSON file. */
  readonly json: "text" | "number" | "switch" | "texts" | "numbers";
  /** Where a JSON file may say it in a form of its own: the text of such a value, if it is one. */
  readonly fromJson?: (value: unknown) => string | undefined;
  /** That form, as a message about a value that is not one says it. An empty list is none, then. */
  readonly jsonForm?: string;
  /** A switch takes no text: `--json`, `--no-json`. */
  readonly isSwitch?: boolean;
  /** The value of a flag given without one; flags without this need a value. */
  readonly bare?: string;
  /** Its text is another program's options, which begin with dashes. */
  readonly takesOptions?: boolean;
  /** May be given several times; the texts are joined with commas. */
  readonly repeats?: boolean;
  /** The items may stand one after the other: `--compare A B` as `--compare A,B`. */
  readonly spreads?: boolean;
  /** Takes the words of a line that stand behind no flag: `show 20260130_075435`. */
  readonly takesWords?: boolean;
  /** The values, or a list's items, that it may have, where they are few. */
  readonly choices?: readonly string[];
  /** What a number may be, for the help: "1 to 1000". */
  readonly range?: string;
  /** Whether a number is a whole one. */
  readonly isWhole?: boolean;
  /** The key of the job's own setting that counts where this one is not given. */
  readonly inherits?: string;
  /** What other settings of its table have to be for this one to do anything: one of these. */
  readonly onlyWith?: readonly Condition[];
}

/** What a setting is: one of some values, or a number above one. */
export interface Condition {
  readonly key: string;
  readonly values?: readonly unknown[];
  readonly above?: number;
}

/** A table of settings by their keys. */
// deno-lint-ignore no-explicit-any -- settings have values of any type; `Values` gives each its own
export type Settings = Readonly<Record<string, Setting<any>>>;
/** The values of a table. */
export type Values<F extends Settings> = {
  -readonly [K in keyof F]: F[K]["fallback"];
};

/** The values of a table in which nothing is set. */
export function defaultsOf<S extends Settings>(settings: S): Values<S> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, { fallback }]) => [key, fallback]),
  ) as Values<S>;
}

function refuse(name: string, text: string, wanted: string): never {
  throw new InputError({ doing: `reading --${name}`, found: `its value is ${show(text)}`, wanted });
}

/** A setting whose value is any non-empty text. */
export function text(placeholder: string, description: string): Setting<string | undefined>;
export function text(placeholder: string, description: string, fallback: string): Setting<string>;
export function text(
  placeholder: string,
  description: string,
  fallback?: string,
): Setting<string | undefined> {
  const wanted = `${/^[aeiou]/.test(placeholder) ? "an" : "a"} ${placeholder}`;
  return {
    placeholder,
    description,
    fallback,
    json: "text",
    parse: (value, name) => value === "" ? refuse(name, value, wanted) : value,
  };
}

/** A setting whose value is a number in [min, max]. */
export function number(
  description: string,
  fallback: number,
  min: number,
  max: number,
  integer = false,
): Setting<number> {
  const wanted = `${integer ? "a whole number" : "a number"} from ${min} to ${max}`;
  return {
    placeholder: integer ? "n" : "x",
    description,
    fallback,
    json: "number",
    isWhole: integer,
    range: max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`,
    parse: (value, name) => {
      const n = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : NaN;
      return n >= min && n <= max && (!integer || Number.isInteger(n))
        ? n
        : refuse(name, value, wanted);
    },
  };
}

/** A setting whose value is a whole number in [min, max]. */
export function integer(
  description: string,
  fallback: number,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): Setting<number> {
  return number(description, fallback, min, max, true);
}

/**
 * A setting like `setting`, but without a fallback of its own: where it is not given its value is
 * undefined, which stands for the job's own setting `key`.
 */
export function inherited<T>(setting: Setting<T>, key: string): Setting<T | undefined> {
  return { ...setting, fallback: undefined, inherits: key };
}

/** A setting whose value is one of a few; without a fallback, undefined where it is not given. */
export function choice<T extends string>(
  choices: readonly T[],
  description: string,
): Setting<T | undefined>;
export function choice<T extends string>(
  choices: readonly T[],
  description: string,
  fallback: T,
): Setting<T>;
export function choice<T extends string>(
  choices: readonly T[],
  description: string,
  fallback?: T,
): Setting<T | undefined> {
  return {
    placeholder: choices.join("|"),
    description,
    fallback,
    choices,
    json: "text",
    parse: (value, name) =>
      choices.includes(value as T) ? value as T : refuse(name, value, oneOf(choices, value)),
  };
}

/** A setting whose value is a comma-separated list, each of a few or any text. */
export function list<T extends string>(
  placeholder: string,
  description: string,
  fallback: readonly T[],
  choices?: readonly T[],
): Setting<readonly T[]> {
  return {
    placeholder,
    description,
    fallback,
    json: "texts",
    repeats: true,
    choices,
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

/** A list of names, some of which stand for several: `sets`. */
export function listOfSets(
  placeholder: string,
  description: string,
  fallback: readonly string[],
  names: readonly string[],
  sets: Readonly<Record<string, readonly string[]>>,
): Setting<readonly string[]> {
  const setting = list(placeholder, description, fallback, [...Object.keys(sets), ...names]);
  const expand = (name: string) => Object.hasOwn(sets, name) ? sets[name] : [name];
  return {
    ...setting,
    parse: (value, flag) => [...new Set(setting.parse(value, flag).flatMap(expand))],
  };
}

/** A setting that is on or off. */
export function toggle(description: string, fallback = false): Setting<boolean> {
  return {
    placeholder: "",
    description,
    fallback,
    json: "switch",
    isSwitch: true,
    parse: (value, name) => {
      if (value === "true") return true;
      return value === "false" ? false : refuse(name, value, "true or false");
    },
  };
}

function oneOf(choices: readonly string[], value: string): string {
  const guess = nearest(value, choices);
  return `one of ${choices.join(", ")}${guess === undefined ? "" : `; perhaps ${guess}`}`;
}

/** camelCase to kebab-case. */
export function settingName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

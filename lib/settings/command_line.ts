/** Values of a command's settings → the line for a shell that gives them again. */
import { quoted } from "../errors/shell_words.ts";
import type { Command } from "./command.ts";
import { type Setting, settingName, type Settings } from "./settings.ts";

/** What a line is made of. */
export interface LineParts {
  readonly values: Readonly<Record<string, unknown>>;
  /** The values of groups by their names; of those that are not named none is given. */
  readonly groups?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Keys that are given even where they are as by default, which another version may change. */
  readonly always?: readonly string[];
  /** Keys that are not given. */
  readonly never?: readonly string[];
}

/**
 * The flags that give a command these values, in the order of its tables; those that are as by
 * default are left out.
 */
export function flagsOf(
  { flags, groups: tables = {} }: Command<Settings>,
  { values, groups = {}, always = [], never = [] }: LineParts,
): string {
  const own = Object.entries(flags).filter(([key]) => !never.includes(key)).flatMap((
    [key, setting],
  ) => given(settingName(key), setting, values[key], always.includes(key)));
  const grouped = Object.entries(groups).flatMap(([group, ofGroup]) =>
    Object.entries(tables[group]?.settings ?? {}).flatMap(([key, setting]) =>
      given(`${group}.${settingName(key)}`, setting, ofGroup[key])
    )
  );
  return [...own, ...grouped].join(" ");
}

function given(
  name: string,
  { fallback, isSwitch }: Setting<unknown>,
  value: unknown,
  always = false,
): string[] {
  const isNone = value === undefined || value === null || (Array.isArray(value) && !value.length);
  if (isNone || (!always && JSON.stringify(value) === JSON.stringify(fallback))) return [];
  if (isSwitch) return [value === true ? `--${name}` : `--no-${name}`];
  const text = Array.isArray(value) ? value.join(",") : String(value);
  return [text.startsWith("-") ? `--${name}=${quoted(text)}` : `--${name} ${quoted(text)}`];
}

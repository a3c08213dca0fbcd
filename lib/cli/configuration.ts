/**
 * A configuration, such as a `--config` file holds → the text that each setting was given. One way
 * to write each value: the key in camelCase, a group's keys in an object under its name, numbers as
 * numbers, switches as true or false, lists as lists.
 */
import { InputError, show } from "../errors/input_error.ts";
import { nearest } from "../errors/nearest.ts";
import { isRecord } from "../files/json.ts";
import type { Setting } from "../settings/settings.ts";
import { type Flag, flagName, type FlagTable, suggestions } from "./flag_table.ts";

/** Values by key, in camelCase; a group's in an object under its name. */
export type Configuration = Readonly<Record<string, unknown>>;

/**
 * The texts by the flags' names. A null is no value, where a setting may have none: a run's
 * config.json holds it there.
 * @throws InputError for an unknown key (naming the nearest right one) and a value of another kind
 * than the setting's.
 */
export function configTexts(config: Configuration, table: FlagTable): Map<string, string> {
  const byPath = new Map([...table.flags.values()].map((flag) => [flag.path, flag]));
  const texts = new Map<string, string>();
  for (const [path, group, value] of entriesOf(config, table)) {
    const flag = byPath.get(path);
    if (flag === undefined || flag.group !== group) return refuseKey(path, value, table);
    if (value === null && flag.setting.fallback === undefined) continue;
    if (isEmpty(value) && isEmpty(flag.setting.fallback) && flag.setting.jsonForm === undefined) {
      continue;
    }
    texts.set(flag.name, textOf(value, flag, table));
  }
  return texts;
}

/** The configuration with the values of `above` put over those of `below`, groups key by key. */
export function putOver(below: Configuration, above: Configuration): Configuration {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = merged[key];
    merged[key] = isRecord(under) && isRecord(value) ? { ...under, ...value } : value;
  }
  return merged;
}

/** A value with its key, dotted where it stands in a group's object, and that group. */
type Entry = readonly [path: string, group: string | undefined, value: unknown];

function entriesOf(config: Configuration, table: FlagTable): Entry[] {
  return Object.entries(config).flatMap(([key, value]): Entry[] => {
    if (!table.groups.includes(key)) return [[key, undefined, value]];
    if (!isRecord(value)) {
      return refuse(table, `${show(key)} is ${show(value)}`, "an object with its settings");
    }
    return Object.entries(value).map(([own, entry]): Entry => [`${key}.${own}`, key, entry]);
  });
}

/** What a value is in JSON, by the kind of its setting: how it is told, and what is it. */
const KINDS: Readonly<
  Record<Setting<unknown>["json"], { wanted: string; is: (value: unknown) => boolean }>
> = {
  text: { wanted: 'a text, such as "abc"', is: (value) => typeof value === "string" },
  number: { wanted: "a number, without quotes", is: (value) => typeof value === "number" },
  switch: { wanted: "true or false, without quotes", is: (value) => typeof value === "boolean" },
  texts: {
    wanted: 'a list of texts without commas, such as ["a", "b"]',
    is: (value) =>
      Array.isArray(value) &&
      value.every((item) => typeof item === "string" && !item.includes(",")),
  },
  numbers: {
    wanted: "a list of numbers, such as [5, 10]",
    is: (value) => Array.isArray(value) && value.every((item) => typeof item === "number"),
  },
};

function textOf(value: unknown, { path, setting }: Flag, table: FlagTable): string {
  const own = setting.fromJson?.(value);
  if (own !== undefined) return own;
  const { wanted, is } = KINDS[setting.json];
  if (setting.jsonForm !== undefined) {
    refuse(table, `${show(path)} is ${show(value)}`, setting.jsonForm);
  }
  if (!is(value)) refuse(table, `${show(path)} is ${show(value)}`, wanted);
  return Array.isArray(value) ? value.join(",") : String(value);
}

/** A list of nothing, which a run's config.json holds where none is what a list falls back to. */
function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}

function refuseKey(path: string, value: unknown, table: FlagTable): never {
  const group = isRecord(value) ? nearest(path, table.groups) : undefined;
  const near = group === undefined
    ? suggestions(flagName(path), table).map((name) => keyOf(table.flags.get(name)!))
    : [group];
  const wanted = near.length === 0 ? undefined : `perhaps ${near.join(" or ")}`;
  refuse(table, `the unknown key ${show(path)}`, wanted);
}

/** Where a setting stands in a file. */
function keyOf({ group, key }: Flag): string {
  return group === undefined ? key : `{"${group}": {"${key}": …}}`;
}

function refuse({ command }: FlagTable, found: string, wanted: string | undefined): never {
  throw new InputError({
    doing: "reading the configuration file",
    found,
    wanted,
    next: `${command} --help lists the flags; a key is a flag's name in camelCase`,
  });
}

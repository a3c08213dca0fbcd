/** A configuration, such as a `--config` file holds → the text that each setting was given. */
import { InputError, show } from "../errors/input_error.ts";
import { nearest } from "../errors/nearest.ts";
import { isRecord } from "../files/json.ts";
import { flagName, type FlagTable, suggestions } from "./flag_table.ts";

/** Values by key, in camelCase or as the flag's name; a group's as an object or by dotted keys. */
export type Configuration = Readonly<Record<string, unknown>>;

/**
 * The texts by the flags' names. A null is no value.
 * @throws InputError for an unknown key (naming the nearest right one), a key given twice, and a
 * value that is not a text, number, boolean or a list of those.
 */
export function configTexts(config: Configuration, table: FlagTable): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [path, value] of entriesOf(config, table)) {
    const flag = table.flags.get(flagName(path));
    if (flag === undefined) {
      const group = isRecord(value) ? nearest(path, table.groups) : undefined;
      const near = group === undefined ? suggestions(flagName(path), table) : [group];
      const wanted = near.length === 0 ? undefined : `perhaps ${near.join(" or ")}`;
      refuse(table, `the unknown key ${show(path)}`, wanted);
    }
    if (value === null || value === undefined) continue;
    if (!isValue(value)) {
      refuse(
        table,
        `the value of ${show(path)} is nested`,
        "a text, number, boolean or a list of those",
      );
    }
    if (isEmpty(value) && isEmpty(flag.setting.fallback)) continue;
    if (texts.has(flag.name)) refuse(table, `${show(path)} twice, in two spellings`, "it once");
    texts.set(flag.name, Array.isArray(value) ? value.join(",") : String(value));
  }
  return texts;
}

/** Every value with its key, those in the objects of groups with dotted keys. */
function entriesOf(config: Configuration, table: FlagTable): [string, unknown][] {
  return Object.entries(config).flatMap(([key, value]): [string, unknown][] => {
    if (!table.groups.includes(key)) return [[key, value]];
    if (value === null) return [];
    if (!isRecord(value)) {
      refuse(table, `the value of ${show(key)} is ${show(value)}`, "an object with its settings");
    }
    return Object.entries(value).map(([own, entry]) => [`${key}.${own}`, entry]);
  });
}

function isValue(value: unknown): boolean {
  const isPlain = (entry: unknown) =>
    entry === null || ["string", "number", "boolean"].includes(typeof entry);
  return isPlain(value) || Array.isArray(value) && value.every(isPlain);
}

/** A list of nothing, which a run's config.json holds where none is what a list falls back to. */
function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}

function refuse({ command }: FlagTable, found: string, wanted: string | undefined): never {
  throw new InputError({
    doing: "reading the configuration file",
    found,
    wanted,
    next: `${command} --help lists the flags`,
  });
}

/**
 * Command-line arguments and configurations → the values of a command's settings. One table parses,
 * validates, documents and suggests.
 */
import { InputError, show } from "../errors/input_error.ts";
import { nearest } from "../errors/nearest.ts";
import type { Command, Parsed } from "../settings/command.ts";
import type { Settings, Values } from "../settings/settings.ts";
import { readLine } from "./arguments.ts";
import { configTexts, type Configuration } from "./configuration.ts";
import { flagTable } from "./flag_table.ts";

/**
 * Parses arguments by the command's tables. `config` gives values between the fallbacks and the
 * flags: the contents of a `--config` file.
 * @throws InputError for an unknown flag or key (naming the nearest right one), a stray argument or
 * a bad value.
 */
export function parseFlags<F extends Settings>(
  command: Command<F>,
  args: readonly string[],
  config: Configuration = {},
): Parsed<F> {
  const table = flagTable(command);
  const { texts: onLine, help, helpGroup, version } = readLine(args, table);
  if (helpGroup !== undefined) checkGroup(helpGroup, table.groups, command.name);
  const texts = new Map([...configTexts(config, table), ...onLine]);
  const values: Record<string, unknown> = {};
  const groups = Object.fromEntries(
    table.groups.map((group): [string, Record<string, unknown>] => [group, {}]),
  );
  const given = new Set<string>();
  for (const { name, group, key, path, setting } of table.flags.values()) {
    const text = texts.get(name);
    const value = text === undefined ? setting.fallback : setting.parse(text, name);
    if (text !== undefined) given.add(path);
    if (group === undefined) values[key] = value;
    else groups[group][key] = value;
  }
  return { values: values as Values<F>, groups, given, help, helpGroup, version };
}

function checkGroup(name: string, groups: readonly string[], command: string): void {
  if (groups.includes(name)) return;
  const near = nearest(name, groups);
  throw new InputError({
    doing: `reading the arguments of ${command}`,
    found: `no group of flags ${show(name)}`,
    wanted: near === undefined ? `one of ${groups.join(", ")}` : `perhaps ${near}`,
    next: `${command} --help lists the flags`,
  });
}

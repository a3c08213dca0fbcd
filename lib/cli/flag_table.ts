/** The flags of a command: its own settings and those of its groups in one table, by flag name. */
import { nearest } from "../errors/nearest.ts";
import type { Command } from "../settings/command.ts";
import { type Setting, settingName, type Settings } from "../settings/settings.ts";

/** One flag: a setting, how the line names it, and where its value goes. */
export interface Flag {
  /** Behind the two dashes: `hidden-dim`, or `gru_global.hidden-dim`. */
  readonly name: string;
  /** The group whose value it is; none for the command's own. */
  readonly group?: string;
  /** The key in its table: `hiddenDim`. */
  readonly key: string;
  /** The key with its group: `gru_global.hiddenDim`. */
  readonly path: string;
  readonly setting: Setting<unknown>;
}

/** A command's flags by name. */
export interface FlagTable {
  /** The command's name, for errors. */
  readonly command: string;
  readonly flags: ReadonlyMap<string, Flag>;
  readonly groups: readonly string[];
}

/** Names that the frame of every script takes. */
const RESERVED: readonly string[] = ["help", "version", "completion"];

/**
 * The flags of a command, in the order of its tables.
 * @throws Error for tables whose flags cannot be told apart: a defect of theirs, not of a user.
 */
export function flagTable(command: Command<Settings>): FlagTable {
  const groups = Object.entries(command.groups ?? {});
  const own = flagsOf(command.flags);
  const flags = [...own, ...groups.flatMap(([group, { settings }]) => flagsOf(settings, group))];
  const taken = [...RESERVED, ...own.flatMap(({ name, key }) => [name, key])];
  for (const [group] of groups) {
    if (!/^[a-z][a-z0-9_-]*$/i.test(group) || taken.includes(group)) {
      throw new Error(`${command.name}: ${group} cannot be the name of a group of flags`);
    }
  }
  for (const { name, setting: { inherits } } of flags) {
    if (name.startsWith("no-") || RESERVED.includes(name)) { // --no-x turns the switch x off
      throw new Error(`${command.name}: --${name} cannot be the name of a flag`);
    }
    if (inherits !== undefined && !Object.hasOwn(command.flags, inherits)) {
      throw new Error(`${command.name}: --${name} inherits ${inherits}, which is no setting`);
    }
  }
  return {
    command: command.name,
    flags: new Map(flags.map((flag) => [flag.name, flag])),
    groups: groups.map(([group]) => group),
  };
}

/** The flag's name of a key: `hiddenDim` → `hidden-dim`, with its group's name left as it is. */
export function flagName(path: string): string {
  const own = path.indexOf(".") + 1;
  return path.slice(0, own) + settingName(path.slice(own));
}

function flagsOf(settings: Settings, group?: string): Flag[] {
  const prefix = group === undefined ? "" : `${group}.`;
  return Object.entries(settings).map(([key, setting]) => ({
    name: flagName(prefix + key),
    group,
    key,
    path: prefix + key,
    setting,
  }));
}

/**
 * The flags that a mistyped name may have meant: the nearest one, or where its own part fits
 * several groups (`hidden-dim`) up to three of them; none when no flag is near.
 */
export function suggestions(name: string, { flags }: FlagTable): string[] {
  const all = [...flags.values()];
  const grouped = all.filter((flag) => flag.group !== undefined && ownName(flag) === name);
  if (grouped.length > 0 && !flags.has(name)) return grouped.slice(0, 3).map((flag) => flag.name);
  const near = nearest(name, [...flags.keys()]);
  if (near !== undefined) return [near];
  const elsewhere = nearest(name.slice(name.indexOf(".") + 1), all.map(ownName));
  return all.filter((flag) => ownName(flag) === elsewhere).slice(0, 3).map((flag) => flag.name);
}

function ownName({ key }: Flag): string {
  return settingName(key);
}

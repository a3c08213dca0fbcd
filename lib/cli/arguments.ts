/** The argument line of a script → the text that each flag was given. */
import { parseArgs } from "@std/cli";
import { InputError, show } from "../errors/input_error.ts";
import { choice, type Setting, text, toggle } from "../settings/settings.ts";
import { isRecord } from "../files/json.ts";
import { type Shell, SHELLS } from "./completion/places.ts";
import { type FlagTable, suggestions } from "./flag_table.ts";

/** What stands on a line. */
export interface Line {
  /** The given flags' texts by the flags' names; of a flag that repeats, joined with commas. */
  readonly texts: ReadonlyMap<string, string>;
  readonly help: boolean;
  /** The word behind `--help`, where the command has groups. */
  readonly helpGroup?: string;
  readonly version: boolean;
  /** Whether progress and explanations are to be left out. */
  readonly quiet: boolean;
  /** The shell for which a completion is asked. */
  readonly completion?: Shell;
}

const SHORT: Readonly<Record<string, string>> = { "-h": "--help", "-V": "--version" };
const HELP = toggle("show the help");
const HELP_OF_GROUP = { ...text("group", "show the help, or a group's"), bare: "true" };
const VERSION = toggle("show the version");
const QUIET = toggle("leave out progress and explanations");
const COMPLETION = choice(SHELLS, "show a script that completes the flags");

/**
 * Reads a line. `parseArgs` sees every flag tied to its text as `--name=text`, so that nothing
 * depends on how it tells flags from their values.
 * @throws InputError for an unknown flag (naming the nearest right one), a stray argument, a flag
 * without its value, and one given twice.
 */
export function readLine(args: readonly string[], table: FlagTable): Line {
  const settings = new Map<string, Setting<unknown>>([
    ["help", table.groups.length === 0 ? HELP : HELP_OF_GROUP],
    ["version", VERSION],
    ["completion", COMPLETION],
    ["quiet", QUIET], // a command's own comes after it
    ...[...table.flags.values()].map(({ name, setting }) => [name, setting] as const),
  ]);
  const names = [...settings.keys()];
  const parsed: Record<string, unknown> = parseArgs(tied(args, settings, table), {
    string: names,
    collect: names,
    unknown: (argument) => refuseArgument(argument, table),
  });
  const texts = new Map<string, string>();
  for (const { name, setting: { isSwitch, repeats } } of table.flags.values()) {
    const given = textsAt(parsed, name);
    if (given.length === 0) continue;
    if (given.length > 1 && !isSwitch && !repeats) refuse(table, `--${name} twice`, "it once");
    texts.set(name, repeats ? given.join(",") : given[given.length - 1]);
  }
  const help = textsAt(parsed, "help").at(-1) ?? "false";
  const version = textsAt(parsed, "version").at(-1) ?? "false";
  const completion = textsAt(parsed, "completion").at(-1);
  return {
    texts,
    quiet: !table.flags.has("quiet") && textsAt(parsed, "quiet").at(-1) === "true",
    completion: completion === undefined ? undefined : COMPLETION.parse(completion, "completion"),
    help: help !== "false",
    helpGroup: ["true", "false"].includes(help) ? undefined : help,
    version: version !== "false",
  };
}

/** The line with every known flag tied to its text, and short flags in their long form. */
function tied(
  args: readonly string[],
  settings: ReadonlyMap<string, Setting<unknown>>,
  table: FlagTable,
): string[] {
  const line: string[] = [];
  const rest = [...args];
  const { name: taker, setting: taking } =
    [...table.flags.values()].find(({ setting }) => setting.takesWords) ?? {};
  const take = (word: string) => {
    const isFull = !taking?.repeats && line.some((tied) => tied.startsWith(`--${taker}=`));
    if (isFull) refuseStray(word, table, `one ${taking?.placeholder}, and flags`);
    line.push(`--${taker}=${word}`);
  };
  while (rest.length > 0) {
    const first = rest.shift()!;
    if (first === "--") {
      if (taker !== undefined) rest.forEach(take);
      else if (rest.length > 0) refuseStray(rest[0], table);
      break;
    }
    if (taker !== undefined && !first.startsWith("-")) {
      take(first);
      continue;
    }
    const argument = SHORT[first] ?? first;
    const name = argument.startsWith("--") ? argument.slice(2) : "";
    const setting = settings.get(name);
    if (name.startsWith("no-")) {
      const negated = name.slice("no-".length);
      if (settings.get(negated)?.isSwitch !== true) refuseArgument(argument, table);
      line.push(`--${negated}=false`);
    } else if (setting === undefined) {
      line.push(argument); // tied already, or parseArgs refuses it
    } else {
      const taken = takeText(setting, rest, settings);
      if (taken === undefined) {
        refuse(table, `--${name} without its value`, `--${name} <${setting.placeholder}>`);
      }
      line.push(`--${name}=${taken}`);
    }
  }
  return line;
}

/** Takes the text of a flag from the arguments behind it; none if it is missing. */
function takeText(
  setting: Setting<unknown>,
  rest: string[],
  settings: ReadonlyMap<string, Setting<unknown>>,
): string | undefined {
  if (setting.isSwitch) return "true";
  if (setting.spreads) {
    const end = rest.findIndex((argument) => argument.startsWith("-"));
    const items = rest.splice(0, end === -1 ? rest.length : end);
    return items.length === 0 ? setting.bare : items.join(",");
  }
  if (rest.length === 0) return setting.bare;
  if (setting.takesOptions && !isOurs(rest[0], settings)) return rest.shift();
  // a value may be a negative number, or a file whose name begins with a dash
  const nextFlag = setting.bare === undefined ? /^--[a-z]/ : /^-/;
  return nextFlag.test(rest[0]) ? setting.bare : rest.shift();
}

/** Whether a word is a flag of this program, and not an option of another that is a value here. */
function isOurs(word: string, settings: ReadonlyMap<string, Setting<unknown>>): boolean {
  if (word in SHORT) return true;
  const name = /^--(?:no-)?([a-z][\w.-]*)(?:=\S*)?$/.exec(word)?.[1];
  return name !== undefined && settings.has(name);
}

/** What `parseArgs` collected for a flag: it nests names at their dots. */
function textsAt(parsed: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  let value: unknown = parsed;
  for (const part of name.split(".")) value = isRecord(value) ? value[part] : undefined;
  return Array.isArray(value) ? value.map(String) : [];
}

function refuseArgument(argument: string, table: FlagTable): never {
  if (!argument.startsWith("-")) refuseStray(argument, table);
  const near = suggestions(argument.replace(/^-+(no-)?/, "").replace(/=.*$/s, ""), table);
  const wanted = `perhaps ${near.map((name) => `--${name}`).join(" or ")}`;
  const found = `the unknown flag ${show(argument)}`;
  refuse(table, found, near.length === 0 ? undefined : wanted);
}

function refuseStray(argument: string, table: FlagTable, wanted = "flags only"): never {
  refuse(table, `the stray argument ${show(argument)}`, wanted);
}

function refuse({ command }: FlagTable, found: string, wanted: string | undefined): never {
  throw new InputError({
    doing: `reading the arguments of ${command}`,
    found,
    wanted,
    next: `${command} --help lists the flags`,
  });
}

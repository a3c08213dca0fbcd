/**
 * Command-line arguments and `--config` files → the values of a command's settings; and its help. One
 * table parses, validates, documents and suggests.
 */
import { parseArgs } from "@std/cli";
import { InputError, show } from "../errors/input_error.ts";
import { nearest } from "../errors/nearest.ts";
import type { Command, Parsed } from "../settings/command.ts";
import { settingName, type Settings, type Values } from "../settings/settings.ts";

/**
 * Parses arguments by the command's table. `config` gives values between the fallbacks and the
 * flags: the contents of a `--config` file.
 * @throws InputError for an unknown flag (naming the nearest right one), a stray argument or a bad
 * value.
 */
export function parseFlags<F extends Settings>(
  command: Command<F>,
  args: readonly string[],
  config: Record<string, unknown> = {},
): Parsed<F> {
  const doing = `reading the arguments of ${command.name}`;
  const next = `${command.name} --help lists the flags`;
  const keys = Object.keys(command.flags);
  const byName = new Map(keys.map((key) => [settingName(key), key]));
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
    const name = settingName(key);
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
    groups: Object.fromEntries(
      Object.entries(command.groups ?? {}).map(([name, { settings }]) => [
        name,
        Object.fromEntries(Object.entries(settings).map(([key, { fallback }]) => [key, fallback])),
      ]),
    ),
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
export function helpOf<F extends Settings>(command: Command<F>): string {
  const rows = Object.entries(command.flags).map(([key, flag]) => {
    const left = `  --${settingName(key)}${flag.placeholder ? ` <${flag.placeholder}>` : ""}`;
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

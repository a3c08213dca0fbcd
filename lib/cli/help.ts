/** The help of a command, made from its tables of settings. */
import { counted } from "../errors/counted.ts";
import type { Command, SettingsGroup } from "../settings/command.ts";
import { defaultsOf, type Setting, settingName, type Settings } from "../settings/settings.ts";

/** Columns that a line of help may take. */
const COLUMNS = 100;
/** Columns of the flags, before what they mean; a longer flag has a line of its own. */
const LEAST_LEFT = 12;
const MOST_LEFT = 44;

/** A space at which no line ends. */
const TIE = "\u00a0";

/** A flag or name, and what stands beside it; a heading has nothing beside it. */
type Row = readonly [left: string, right: string];

/** The help of a command: its own flags, its groups by name, its examples. */
export function helpOf(command: Command<Settings>): string {
  const { name, summary, flags, groups = {}, examples = [], headings = {} } = command;
  const rows = Object.entries(flags).flatMap(([key, setting]): Row[] => {
    const row = rowOf(key, setting, "", false);
    return headings[key] === undefined ? [row] : [[headings[key], ""], row];
  });
  const listed = Object.entries(groups).filter(([, { settings }]) => countOf(settings) > 0);
  const parts = [
    `${name}: ${summary}`,
    `Usage: ${name} ${wordsOf(flags)}[flags]`,
    titled(Object.keys(headings).length > 0 ? "" : "Flags:", [
      ...rows,
      ["  -h, --help", "show this help; --completion <shell>: a script for bash, zsh or fish"],
      [
        "  -V, --version",
        `show the version${flags.quiet === undefined ? "; --quiet: no progress, no remarks" : ""}`,
      ],
    ]),
  ];
  if (listed.length > 0) {
    const [group, { settings }] = listed[0];
    const [flag] = rowsOf(settings, `${group}.`)[0][0].trim().split(" ");
    const title = `Flags in groups, such as ${flag} (${name} --help ${group} lists a group's):`;
    parts.push(titled(title, listed.map(groupRow)));
  }
  if (examples.length > 0) {
    parts.push(`Examples:\n${examples.map((line) => `  ${line}`).join("\n")}`);
  }
  return `${parts.join("\n\n")}\n`;
}

/** The help of one of a command's groups: its flags, and their place in a `--config` file. */
export function groupHelpOf(command: Command<Settings>, group: string): string {
  const { title, settings } = command.groups![group];
  const head = `${command.name} --help ${group}: ${title}`;
  if (countOf(settings) === 0) return `${head}\n\nIt has no flags of its own.\n`;
  const fallbacks = Object.entries(defaultsOf(settings)).filter(([, value]) =>
    shown(value) !== undefined
  );
  const parts = [head, titled("Flags:", rowsOf(settings, `${group}.`, true))];
  if (fallbacks.length > 0) {
    const example = { [group]: Object.fromEntries(fallbacks) };
    parts.push(`The defaults as a --config file: ${JSON.stringify(example)}`);
  }
  return `${parts.join("\n\n")}\n`;
}

/** What a line takes behind no flag, for its usage. */
function wordsOf(flags: Settings): string {
  const taker = Object.values(flags).find(({ takesWords }) => takesWords);
  return taker === undefined ? "" : `[${taker.placeholder}] `;
}

function groupRow([group, { title, settings }]: [string, SettingsGroup]): Row {
  const count = countOf(settings);
  return [`  ${group}`, `${title} (${counted(count, "flag")})`];
}

function countOf(settings: Settings): number {
  return Object.keys(settings).length;
}

/** A row a setting; with `ranges`, what a number may be stands there too. */
function rowsOf(settings: Settings, prefix: string, ranges = false): Row[] {
  return Object.entries(settings).map(([key, setting]) => rowOf(key, setting, prefix, ranges));
}

function rowOf(key: string, setting: Setting<unknown>, prefix: string, ranges: boolean): Row {
  const { placeholder, description, range } = setting;
  const left = `  --${prefix}${settingName(key)}${placeholder && ` <${placeholder}>`}`;
  const notes = [ranges ? range : undefined, fallbackNote(setting)].filter((note) =>
    note !== undefined
  );
  return [left, notes.length === 0 ? description : `${description} (${notes.join("; ")})`];
}

function fallbackNote({ fallback, inherits }: Setting<unknown>): string | undefined {
  if (inherits !== undefined) return `default:${TIE}as${TIE}--${settingName(inherits)}`;
  const text = shown(fallback);
  return text === undefined ? undefined : `default:${TIE}${text}`;
}

/** A fallback as a line would give it; nothing where it is none, off or an empty list. */
function shown(fallback: unknown): string | undefined {
  if (fallback === undefined || fallback === false) return undefined;
  if (!Array.isArray(fallback)) return String(fallback);
  return fallback.length === 0 ? undefined : fallback.join(",");
}

function titled(title: string, rows: readonly Row[]): string {
  const widths = rows.map(([left, right]) => right === "" ? 0 : left.length + 2);
  const width = Math.max(LEAST_LEFT, ...widths.filter((columns) => columns <= MOST_LEFT));
  const indent = " ".repeat(width);
  const lines = rows.map(([left, right]) => {
    if (right === "") return left;
    const text = wrapped(right, COLUMNS - width).join(`\n${indent}`);
    return left.length + 2 > width ? `${left}\n${indent}${text}` : left.padEnd(width) + text;
  });
  return [...title === "" ? [] : [title], ...lines].join("\n").replaceAll(TIE, " ");
}

/** The text in lines of at most `columns`, ended at spaces or behind the commas of a list. */
function wrapped(text: string, columns: number): string[] {
  const lines = [""];
  for (const part of text.split(/(?<= )|(?<=,)(?! )/)) {
    const longer = lines[lines.length - 1] + part;
    if (longer.trimEnd().length <= columns) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines.map((line) => line.trimEnd()).filter((line) => line !== "");
}

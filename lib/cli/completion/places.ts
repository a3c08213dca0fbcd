/** What a shell completes behind a program's name, or behind one of its verbs. */
import type { Command } from "../../settings/command.ts";
import type { Setting, Settings } from "../../settings/settings.ts";
import { type FlagTable, flagTable } from "../flag_table.ts";

/** Shells that read a script of ours. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
/** A shell that completes. */
export type Shell = typeof SHELLS[number];

/** A flag as shells complete it. */
export interface Completed {
  readonly name: string;
  readonly description: string;
  /** Its value: none, one, several with commas between, or several words. */
  readonly takes: "nothing" | "one" | "list" | "spread";
  /** The values, or a list's items, that it may have, where they are few. */
  readonly values: readonly string[];
  /** Whether they are files or folders. */
  readonly isFile: boolean;
}

/** Where a line stands. */
export interface Place {
  readonly program: string;
  /** The word behind the program's name; none of the program itself. */
  readonly verb?: string;
  readonly summary: string;
  readonly flags: readonly Completed[];
}

/** Flags of every program. */
const FRAME = [
  flag("help", "show the help"),
  flag("version", "show the version"),
  flag("quiet", "leave out progress and explanations"),
  flag("completion", "show a script that completes the flags", { takes: "one", values: SHELLS }),
] as const;

/** Those of the file of all programs, before any program's name. */
export const FILE_FLAGS: readonly Completed[] = FRAME.filter(({ name }) => name !== "quiet");

/** The places of a program: its own, then those of its verbs. */
export function placesOf(command: Command<Settings>): [Place, ...Place[]] {
  const [program] = command.name.split(" ");
  const verbs = Object.entries(command.verbs ?? {}).map(([verb, own]) => ({
    ...{ program, verb, summary: own.summary },
    flags: allOf(flagTable(own)),
  }));
  return [{ program, summary: command.summary, flags: allOf(flagTable(command)) }, ...verbs];
}

/** A table's flags, and those of every program. */
function allOf({ flags }: FlagTable): Completed[] {
  return [
    ...[...flags.values()].map(({ name, setting }) => completedOf(name, setting)),
    ...FRAME.filter(({ name }) => !flags.has(name)),
  ];
}

function completedOf(name: string, setting: Setting<unknown>): Completed {
  const { placeholder, isSwitch, fallback, choices = [], repeats, spreads } = setting;
  const description = setting.description.replace(/[;(:].*$/s, "").trim();
  if (isSwitch) return flag(fallback === true ? `no-${name}` : name, description);
  const many = spreads ? "spread" : "list";
  return flag(name, description, {
    takes: repeats ? many : "one",
    values: choices,
    isFile: /\b(folder|file|path)/.test(placeholder),
  });
}

function flag(
  name: string,
  description: string,
  rest: Partial<Pick<Completed, "takes" | "values" | "isFile">> = {},
): Completed {
  return { name, description, takes: "nothing", values: [], isFile: false, ...rest };
}

/** A program of several commands: the first word of the line says which. */
import type { Command, Parsed } from "../settings/command.ts";
import type { Settings } from "../settings/settings.ts";
import { complain, say } from "../terminal/say.ts";
import { VERSION } from "../terminal/terminal.ts";
import { type ExitCode, runCommand } from "./command.ts";
import { unknownCommand } from "./unknown_command.ts";

/** One of the commands, and what it does with the rest of the line. */
export interface Subcommand {
  readonly name: string;
  readonly command: Command<Settings>;
  readonly run: (args: readonly string[]) => Promise<ExitCode>;
}

/** A program: its name, its one-line summary, its commands. */
export interface Program {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly Subcommand[];
  /** The command of a line that begins with none. */
  readonly fallback: string;
}

/** A command of a program; its own name is the last word of `command.name`. */
export function subcommand<F extends Settings>(
  command: Command<F>,
  main: (parsed: Parsed<F>) => Promise<ExitCode | void>,
): Subcommand {
  return {
    name: command.name.slice(command.name.lastIndexOf(" ") + 1),
    command: command as Command<Settings>,
    run: (args) => runCommand(command, args, main),
  };
}

/** Runs the command that the line names, and returns its exit code. */
export async function runSubcommand(
  program: Program,
  args: readonly string[],
): Promise<ExitCode> {
  const { name, commands, fallback } = program;
  const [first = "", ...rest] = args;
  if (["-h", "--help"].includes(first)) {
    say(overviewOf(program));
    return 0;
  }
  if (["-V", "--version"].includes(first)) {
    say(`${name} ${VERSION} (deno ${Deno.version.deno})`);
    return 0;
  }
  if (first.startsWith("--completion")) return await runCommand(wholeOf(program), args, DONE);
  const isNamed = first !== "" && !first.startsWith("-");
  const found = commands.find((each) => each.name === (isNamed ? first : fallback));
  if (found !== undefined) return await found.run(isNamed ? rest : args);
  const names = commands.map((each) => each.name);
  complain(unknownCommand(name, first, names).message);
  return 2;
}

/** The program as one command, whose completion a shell reads: without a word, the fallback. */
function wholeOf({ name, summary, commands, fallback }: Program): Command<Settings> {
  const verbs = Object.fromEntries(commands.map((each) => [each.name, each.command]));
  return { name, summary, flags: verbs[fallback].flags, verbs };
}

const DONE = () => Promise.resolve();

const OF_EVERY = [
  "  --json         print JSON instead of text, for programs",
  "  --quiet        leave out progress and explanations",
  "  -h, --help     show the help; --completion <shell>: a script for bash, zsh or fish",
  "  -V, --version  show the version",
];

/** The commands with a line each. */
function overviewOf({ name, summary, commands, fallback }: Program): string {
  const width = Math.max(...commands.map((each) => each.name.length));
  const rows = commands.map((each) => `  ${each.name.padEnd(width)}  ${each.command.summary}`);
  return [
    `${name}: ${summary}`,
    `Usage: ${name} [command] [flags] (without a command: ${fallback})`,
    `Commands (${name} <command> --help lists its flags):\n${rows.join("\n")}`,
    `Of every command:\n${OF_EVERY.join("\n")}`,
  ].join("\n\n") + "\n";
}

/** Every program in one: `coldstart serve --port 80` is `deno task serve --port 80`. */
import { InputError, show } from "../lib/errors/input_error.ts";
import { nearest } from "../lib/errors/nearest.ts";
import { readLine } from "../lib/cli/arguments.ts";
import { fileCompletionOf } from "../lib/cli/completion/completion.ts";
import { flagTable } from "../lib/cli/flag_table.ts";
import type { Command } from "../lib/settings/command.ts";
import type { Settings } from "../lib/settings/settings.ts";
import { complain, say } from "../lib/terminal/say.ts";
import { VERSION } from "../lib/terminal/terminal.ts";
import manifest from "../deno.json" with { type: "json" };
import { startedFrom } from "./compile/started_from.ts";
import { surplus, unionOf } from "./compile/task.ts";
import { isProgram, PROGRAM_FLAGS, type ProgramName, PROGRAMS } from "./programs.ts";

const [name = "--help", ...rest] = Deno.args;
if (asksCompletion(name)) complete(Deno.args, await commandsOf());
else if (isProgram(name) && asksCompletion(rest[0])) complete(rest, await commandsOf(name));
else if (isProgram(name)) {
  if (Deno.build.standalone) await giveBack(name);
  // the programs read their line as if they were alone
  Object.defineProperty(Deno, "args", { value: rest });
  await PROGRAMS[name]();
} else if (["-h", "--help"].includes(name)) say(overview());
else if (["-V", "--version"].includes(name)) {
  say(`coldstart ${VERSION} (deno ${Deno.version.deno})`);
} else {
  complain(unknownProgram(name).message);
  Deno.exit(2);
}

function asksCompletion(word = ""): boolean {
  return /^--completion(=|$)/.test(word);
}

/** What all programs are asked to do, or one. */
async function commandsOf(name?: ProgramName): Promise<Command<Settings>[]> {
  const { COMMANDS } = await import("./commands.ts");
  return name === undefined ? Object.values(COMMANDS) : [COMMANDS[name]];
}

/** Says the script that completes this file's lines with these programs. */
function complete(args: readonly string[], commands: readonly Command<Settings>[]): void {
  try {
    const none = flagTable({ name: "coldstart", summary: "", flags: {} });
    const { completion = "bash" } = readLine(args, none);
    say(fileCompletionOf(commands, completion, fileName()).trimEnd());
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    complain(error.message);
    Deno.exit(2);
  }
}

/** What this file is called, wherever it lies. */
function fileName(): string | undefined {
  return startedFrom()?.replace(/^.*[/\\]/, "");
}

/** A compiled file may do what any program may: this one goes on with what its own task names. */
async function giveBack(name: ProgramName): Promise<void> {
  const all = unionOf(Object.values(PROGRAM_FLAGS));
  for (const permission of surplus(all, PROGRAM_FLAGS[name])) {
    await Deno.permissions.revoke(permission);
  }
}

function overview(): string {
  const { tasks } = manifest as { tasks: Record<string, { description: string }> };
  const lines = Object.keys(PROGRAMS).map((name) =>
    `  ${name.padEnd(12)}${tasks[name].description}`
  );
  return [
    "coldstart: baselines of next-course recommendation to cold-start learners",
    "Usage: coldstart <program> [flags]",
    `Programs:\n${lines.join("\n")}`,
    "coldstart <program> --help lists a program's flags; coldstart --completion bash|zsh|fish\n" +
    "is a script that completes them in that shell.\n",
  ].join("\n\n");
}

function unknownProgram(name: string): InputError {
  const near = nearest(name, Object.keys(PROGRAMS));
  return new InputError({
    doing: "reading the arguments of coldstart",
    found: `no program ${show(name)}`,
    wanted: near === undefined ? `one of ${Object.keys(PROGRAMS).join(", ")}` : `perhaps ${near}`,
    next: "coldstart --help lists the programs",
  });
}

/**
 * Completion of programs' commands and flags in a shell, as a script that the shell reads: for
 * programs as tasks (`deno task baselines`) and in one file (`coldstart baselines`). Behind `deno`
 * all that is no task of ours is left to what completed it before.
 */
import type { Command } from "../../settings/command.ts";
import type { Settings } from "../../settings/settings.ts";
import { bashScript } from "./bash.ts";
import { fishFileScript, fishScript } from "./fish.ts";
import { dataOf } from "./offer.ts";
import { FILE_FLAGS, placesOf, type Shell, SHELLS } from "./places.ts";
import { zshScript } from "./zsh.ts";

/** The usual name of the file of all programs. */
const FILE = "coldstart";

/**
 * The script that completes the flags of `command`, its verbs and the flags of each, as a task and
 * in the file; several programs' may be read together.
 */
export function completionOf(command: Command<Settings>, shell: Shell): string {
  const places = placesOf(command);
  if (shell === "fish") return fishScript([places], [FILE], true);
  return SCRIPTS[shell](dataOf(places), [FILE], true);
}

/** The script that completes the file `file`, whose programs are `commands`: their names, too. */
export function fileCompletionOf(
  commands: readonly Command<Settings>[],
  shell: Shell,
  file = FILE,
): string {
  const programs = commands.map(placesOf);
  if (shell === "fish") {
    return fishScript(programs, [file], false) + fishFileScript(programs, file, FILE_FLAGS);
  }
  const names = programs.map(([{ program }]) => program);
  const flags = FILE_FLAGS.map(({ name }) => `--${name}`);
  const own = `_coldstart_programs='${[...names, ...flags].join(" ")}'\n` +
    `_coldstart_shells='${SHELLS.join(" ")}'\n`;
  return SCRIPTS[shell](own + programs.map(dataOf).join(""), [file], false);
}

const SCRIPTS = { bash: bashScript, zsh: zshScript };

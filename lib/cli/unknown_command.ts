/** What is said of a first word that is none of a program's commands. */
import { InputError, show } from "../errors/input_error.ts";
import { nearest } from "../errors/nearest.ts";
import { host } from "../files/host.ts";
import type { Command } from "../settings/command.ts";
import type { Settings } from "../settings/settings.ts";

/** The error for `word` where the program `name` has the commands `names`. */
export function unknownCommand(name: string, word: string, names: readonly string[]): InputError {
  const near = nearest(word, names);
  return new InputError({
    doing: `reading the arguments of ${name}`,
    found: `the unknown command ${show(word)}`,
    wanted: near === undefined ? `one of ${names.join(", ")}` : `perhaps ${near}`,
    next: `${name} --help lists the commands`,
  });
}

/**
 * @throws InputError where the line's first word, which stands for a file, is none and is near one
 * of the command's verbs: `sweep stat`.
 */
export async function checkFirstWord(
  { name, verbs = {} }: Command<Settings>,
  [word = ""]: readonly string[],
): Promise<void> {
  const names = Object.keys(verbs);
  if (word.startsWith("-") || word.endsWith(".json") || nearest(word, names) === undefined) return;
  const isMissing = await host.stat(word).then(
    () => false,
    (error) => error instanceof host.errors.NotFound,
  );
  if (isMissing) throw unknownCommand(name, word, names);
}

/** How a program is started: by a user, by this machine's pool, by Slurm or by anybody else. */
import { lineOf } from "../../errors/shell_words.ts";

/**
 * The words of a program as it is called here: its task, with flags of Deno's own, or the file
 * `file` of all programs that this one is started from.
 */
export function programWords(
  program: string,
  file: string | undefined,
  flags: readonly string[] = [],
): readonly string[] {
  return file === undefined ? ["deno", "task", ...flags, program] : [file, program];
}

/** How a run's command, as the run keeps it, begins where it was made. */
const CALL = /^(?:deno task|sh coldstart\.sh|coldstart) (\w+)/;

/** A run's command, as it keeps it, for here: the run may have been made by the other form. */
export function commandHere(command: string, file: string | undefined): string {
  return command.replace(
    CALL,
    (_, program) => lineOf(programWords(program, file)),
  );
}

/** Which part of a sweep's pieces a worker takes: every `parts`-th, from number `part` on. */
export interface Share {
  readonly part: number | string;
  readonly parts: number;
}

/** The words that follow: the worker's verb, the sweep, and its share. */
export function workWords(tag: string, out: string, share?: Share): string[] {
  return [
    "work",
    tag,
    ...share === undefined ? ["--tied"] : [`--part=${share.part}`, `--parts=${share.parts}`],
    ...out === "." ? [] : [`--out=${out}`],
  ];
}

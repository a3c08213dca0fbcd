/** Lines that go on with a sweep, as messages give them: to be copied. */
import type { SweepHome } from "../../runs/sweep_folder.ts";
import { outFlag, quoted } from "../../errors/shell_words.ts";

/**
 * The line that does what is missing, where it was done before: of a sweep that was submitted to
 * Slurm it submits that, in so many `tasks` where they are given.
 */
export function resumeLine(home: SweepHome, tasks = 0): string {
  const { slurm } = home;
  const options = slurm === "" ? "--slurm" : `--slurm=${quoted(slurm ?? "")}`;
  return [
    line("--resume", home),
    ...slurm === undefined ? [] : [options],
    ...tasks === 0 ? [] : [`--tasks ${tasks}`],
  ].join(" ");
}

/** The line of a further command: `status`, `gather`. */
export function verbLine(verb: string, home: SweepHome): string {
  return line(verb, home);
}

function line(words: string, { root, tag }: SweepHome): string {
  return `deno task sweep ${words} ${tag}${outFlag(root)}`;
}

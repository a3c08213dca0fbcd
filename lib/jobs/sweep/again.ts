/** Lines that go on with a sweep, as messages give them: to be copied. */
import type { SweepHome } from "../../runs/sweep_folder.ts";
import { outFlag } from "../../errors/shell_words.ts";

/** The line that does what is missing. */
export function resumeLine(home: SweepHome): string {
  return line("--resume", home);
}

/** The line of a further command: `status`, `gather`. */
export function verbLine(verb: string, home: SweepHome): string {
  return line(verb, home);
}

function line(words: string, { root, tag }: SweepHome): string {
  return `deno task sweep ${words} ${tag}${outFlag(root)}`;
}

/** The script for fish. */
import type { Completed, Place } from "./places.ts";

/** What completes the programs behind the names of `files` and, where `isTask`, `deno task`. */
export function fishScript(
  programs: readonly (readonly Place[])[],
  files: readonly string[],
  isTask: boolean,
): string {
  const names = [...files, ...isTask ? ["deno"] : []];
  const complete: Complete = (when, rest, of = names) =>
    of.map((name) => `complete -c ${quoted(name)} -n ${quoted(when)} ${rest}\n`).join("");
  const lines = programs.map((places) => programText(complete, places));
  return (isTask ? DENO : "") + FUNCTIONS + lines.join("");
}

/** The lines of what stands behind the file's name: programs and flags. */
export function fishFileScript(
  programs: readonly (readonly Place[])[],
  file: string,
  flags: readonly Completed[],
): string {
  const complete: Complete = (when, rest) =>
    `complete -c ${quoted(file)} -n ${quoted(when)} ${rest}\n`;
  const names = programs.map(([{ program, summary }]) =>
    wordText(complete, FIRST, program, summary)
  );
  return names.join("") + flags.map((flag) => flagText(complete, FIRST, flag)).join("");
}

/** Lines that complete, where the condition holds, for each name of a command. */
type Complete = (when: string, rest: string, names?: readonly string[]) => string;

const FIRST = "__coldstart_at";

function programText(complete: Complete, [own, ...verbs]: readonly Place[]): string {
  const { program } = own;
  const names = verbs.map(({ verb }) => verb).join(" ");
  const notVerb = verbs.length === 0 ? "" : ` not ${names}`;
  return [
    ...own.flags.map((flag) => flagText(complete, `${FIRST} ${program}${notVerb}`, flag)),
    ...verbs.map(({ verb = "", summary }) =>
      wordText(complete, `${FIRST} ${program} alone`, verb, summary)
    ),
    ...verbs.flatMap(({ verb, flags }) =>
      flags.map((flag) => flagText(complete, `${FIRST} ${program} is ${verb}`, flag))
    ),
  ].join("");
}

function wordText(complete: Complete, when: string, word: string, description: string): string {
  return complete(when, `-f -a ${word} -d ${quoted(description)}`);
}

function flagText(complete: Complete, when: string, flag: Completed): string {
  return complete(when, `-l ${flag.name}${valueText(flag)} -d ${quoted(flag.description)}`);
}

function valueText({ takes, values, isFile }: Completed): string {
  if (takes === "nothing") return " -f";
  if (isFile) return takes === "list" ? " -xa '(__coldstart_files)'" : " -rF";
  if (values.length === 0) return " -x";
  const items = values.join(" ");
  return ` -xa ${quoted(takes === "one" ? items : `(__coldstart_list ${items})`)}`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}

/** Deno's own completion begins by forgetting all others; fish loads it when it is first asked. */
const DENO = `complete -C 'deno ' >/dev/null
`;

const FUNCTIONS = `function __coldstart_words # those behind the file's name, or behind deno task
  set -l line (commandline -opc)
  set -l name (string replace -r '.*/' '' -- $line[1])
  set -e line[1]
  if test "$name" = deno
    test "$line[1]" = task; or return 1
    set -e line[1]
    while string match -q -- '-*' "$line[1]"
      contains -- $line[1] -c --config --cwd; and test (count $line) -gt 1; and set -e line[1]
      set -e line[1]
    end
    set -q line[1]; or return 1
  end
  printf '%s\\n' $line
end
function __coldstart_at # whether the line is at a program: alone, at the verb, or at none of some
  set -l line (__coldstart_words); or return 1
  if not set -q argv[1]
    contains -- "$line" '' --completion
    return
  end
  test "$line[1]" = $argv[1]; or return 1
  switch "$argv[2]"
    case alone
      test (count $line) -eq 1
    case is
      test "$line[2]" = $argv[3]
    case not
      not contains -- "$line[2]" $argv[3..-1]
  end
end
function __coldstart_files # those behind the last comma of the word
  set -l word (string replace -r '^--[^=]*=' '' -- (commandline -ct))
  set -l head (string match -r '^.*,' -- $word)
  for file in (__fish_complete_path (string replace -r '^.*,' '' -- $word))
    echo "$head$file"
  end
end
function __coldstart_list # items behind those that the word has already
  set -l word (string replace -r '^--[^=]*=' '' -- (commandline -ct))
  set -l head (string match -r '^.*,' -- $word)
  for item in $argv
    string match -q "*,$item,*" -- ",$head"; or echo "$head$item"
  end
end
`;

/**
 * Completion of a program's flags in a shell, as a script that the shell reads: for the program as
 * a task (`deno task baselines`) and in the one file (`coldstart baselines`).
 */
import type { Setting } from "../settings/settings.ts";
import type { FlagTable } from "./flag_table.ts";

/** Shells that read such a script. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
/** A shell that completes. */
export type Shell = typeof SHELLS[number];

/** A flag as shells complete it. */
interface Completed {
  readonly name: string;
  readonly description: string;
  /** The values that it may have, where they are few. */
  readonly values: readonly string[];
  readonly takes: "nothing" | "value" | "file";
}

/** Flags of every program. */
const FRAME = [
  ["help", "show the help"],
  ["version", "show the version"],
  ["quiet", "say nothing but warnings and JSON"],
] as const;

/**
 * The script that completes the flags of `table`, and `verbs`, the commands of a program that has
 * several; several programs' may be read together.
 */
export function completionOf(
  { command, flags }: FlagTable,
  shell: Shell,
  verbs: readonly string[] = [],
): string {
  const [program] = command.split(" ");
  const completed = [
    ...[...flags.values()].flatMap(({ name, setting }) => completedOf(name, setting)),
    ...FRAME.filter(([name]) => !flags.has(name)).map(([name, description]): Completed => ({
      name,
      description,
      values: [],
      takes: "nothing",
    })),
  ];
  if (shell === "fish") return fishOf(program, completed, verbs);
  const head = shell === "zsh"
    ? "autoload -Uz compinit bashcompinit\ncompinit\nbashcompinit\n"
    : "";
  return head + bashOf(program, completed, verbs);
}

function completedOf(name: string, setting: Setting<unknown>): Completed[] {
  const { placeholder, description, isSwitch, fallback, choices } = setting;
  const flag = (own: string, takes: Completed["takes"]) => ({
    name: own,
    description: description.replace(/[;(:].*$/s, "").trim(),
    values: choices ?? [],
    takes,
  });
  if (isSwitch) return [flag(fallback === true ? `no-${name}` : name, "nothing")];
  const isFile = /\b(folder|file|path)/.test(placeholder);
  return [flag(name, isFile ? "file" : "value")];
}

function fishOf(
  program: string,
  flags: readonly Completed[],
  verbs: readonly string[],
): string {
  const quoted = (text: string) => `'${text.replace(/['\\]/g, "\\$&")}'`;
  const lines = ["coldstart", "deno"].flatMap((command) =>
    flags.map(({ name, description, values, takes }) => {
      const when = `__fish_seen_subcommand_from ${program}`;
      const value = values.length > 0 ? ` -xa ${quoted(values.join(" "))}` : TAKES[takes];
      return `complete -c ${command} -n ${quoted(when)} -l ${name}${value} -d ${
        quoted(description)
      }`;
    })
  );
  const commands = verbs.length === 0
    ? []
    : ["coldstart", "deno"].map((command) =>
      `complete -c ${command} -n '__fish_seen_subcommand_from ${program}' -f -a ` +
      quoted(verbs.join(" "))
    );
  return `${[...lines, ...commands].join("\n")}\n`;
}

const TAKES = { nothing: " -f", value: " -x", file: " -rF" };

/** Bash; zsh reads it by its `bashcompinit`. */
function bashOf(
  program: string,
  flags: readonly Completed[],
  verbs: readonly string[],
): string {
  const name = program.replace(/\W/g, "_");
  const cases = flags.filter(({ takes }) => takes !== "nothing").map(({ name, values, takes }) =>
    `    --${name}) echo '${takes === "file" ? "/" : values.join(" ")}' ;;\n`
  );
  return `_coldstart_flags_${name}='${
    [...verbs, ...flags.map(({ name }) => `--${name}`)].join(" ")
  }'
_coldstart_values_${name}() { # what may stand behind a flag; / is a file
  case $1 in
${cases.join("")}    *) return 1 ;;
  esac
}
${DISPATCH}`;
}

/** Finds the program on the line; what is none of ours is left to what completed it before. */
const DISPATCH = `_coldstart() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} at=1 name flags values
  if [ "\${COMP_WORDS[0]##*/}" = deno ]; then
    [ "\${COMP_WORDS[1]}" = task ] && at=2 || at=$COMP_CWORD
  fi
  while [ "$at" -lt "$COMP_CWORD" ]; do
    case \${COMP_WORDS[at]} in -*) at=$((at + 1)) ;; *) break ;; esac
  done
  name=\${COMP_WORDS[at]}
  case $name in '' | *[!a-z_]*) name=none ;; esac
  eval "flags=\\\${_coldstart_flags_$name-}"
  COMPREPLY=()
  if [ "$at" -ge "$COMP_CWORD" ] || [ -z "$flags" ]; then
    [ -z "\${_coldstart_before-}" ] || "$_coldstart_before" "$@"
    return
  fi
  if [ "$cur" = "=" ]; then cur=
  elif [ "$prev" = "=" ]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  if values=$("_coldstart_values_$name" "$prev"); then
    if [ "$values" = / ]; then COMPREPLY=($(compgen -f -- "$cur"))
    else COMPREPLY=($(compgen -W "$values" -- "$cur"))
    fi
  else COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  fi
}
case $(complete -p deno 2>/dev/null) in
  *_coldstart*) ;;
  *' -F '*) _coldstart_before=$(complete -p deno | sed 's/.* -F \\([^ ]*\\).*/\\1/') ;;
esac
complete -o default -F _coldstart deno coldstart
`;

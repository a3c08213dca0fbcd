/**
 * Completion of a program's commands and flags in a shell, as a script that the shell reads: for
 * the program as a task (`deno task baselines`) and in the one file (`coldstart baselines`).
 */
import type { Command } from "../settings/command.ts";
import type { Setting, Settings } from "../settings/settings.ts";
import { type FlagTable, flagTable } from "./flag_table.ts";

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
  ["quiet", "leave out progress and explanations"],
] as const;

/** What a shell completes behind a program's name, or behind one of its verbs. */
interface Place {
  readonly program: string;
  /** The word behind the program's name; none of the program itself. */
  readonly verb?: string;
  readonly flags: readonly Completed[];
}

/**
 * The script that completes the flags of `command`, its verbs and the flags of each; several
 * programs' may be read together.
 */
export function completionOf(command: Command<Settings>, shell: Shell): string {
  const [program] = command.name.split(" ");
  const verbs = Object.entries(command.verbs ?? {});
  const places: Place[] = [
    { program, flags: allOf(flagTable(command)) },
    ...verbs.map(([verb, own]) => ({ program, verb, flags: allOf(flagTable(own)) })),
  ];
  const names = verbs.map(([verb]) => verb);
  if (shell === "fish") return fishOf(places, names);
  const head = shell === "zsh"
    ? "autoload -Uz compinit bashcompinit\ncompinit\nbashcompinit\n"
    : "";
  return head + bashOf(places, names);
}

/** A table's flags, and those of every program. */
function allOf({ flags }: FlagTable): Completed[] {
  return [
    ...[...flags.values()].flatMap(({ name, setting }) => completedOf(name, setting)),
    ...FRAME.filter(([name]) => !flags.has(name)).map(([name, description]): Completed => ({
      name,
      description,
      values: [],
      takes: "nothing",
    })),
  ];
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

function fishOf(places: readonly Place[], verbs: readonly string[]): string {
  const quoted = (text: string) => `'${text.replace(/['\\]/g, "\\$&")}'`;
  const seen = (...words: readonly string[]) => `__fish_seen_subcommand_from ${words.join(" ")}`;
  const noVerb = verbs.length === 0 ? "" : `; and not ${seen(...verbs)}`;
  const complete = (when: string, rest: string) =>
    ["coldstart", "deno"].map((name) => `complete -c ${name} -n ${quoted(when)} ${rest}`);
  const lines = places.flatMap(({ program, verb, flags }) => {
    const when = seen(program) + (verb === undefined ? noVerb : `; and ${seen(verb)}`);
    return flags.flatMap(({ name, description, values, takes }) => {
      const value = values.length > 0 ? ` -xa ${quoted(values.join(" "))}` : TAKES[takes];
      return complete(when, `-l ${name}${value} -d ${quoted(description)}`);
    });
  });
  const [{ program }] = places;
  const commands = verbs.length === 0
    ? []
    : complete(seen(program) + noVerb, `-f -a ${quoted(verbs.join(" "))}`);
  return `${[...lines, ...commands].join("\n")}\n`;
}

const TAKES = { nothing: " -f", value: " -x", file: " -rF" };

/** Bash; zsh reads it by its `bashcompinit`. */
function bashOf(places: readonly Place[], verbs: readonly string[]): string {
  return places.map((place) => placeInBash(place, verbs)).join("") + DISPATCH;
}

function placeInBash({ program, verb, flags }: Place, verbs: readonly string[]): string {
  const name = [program, ...verb === undefined ? [] : [verb]].join("__").replace(/\W/g, "_");
  const words = [...verb === undefined ? verbs : [], ...flags.map(({ name }) => `--${name}`)];
  const cases = flags.filter(({ takes }) => takes !== "nothing").map(({ name, values, takes }) =>
    `    --${name}) echo '${takes === "file" ? "/" : values.join(" ")}' ;;\n`
  );
  return `_coldstart_flags_${name}='${words.join(" ")}'
_coldstart_values_${name}() { # what may stand behind a flag; / is a file
  case $1 in
${cases.join("")}    *) return 1 ;;
  esac
}
`;
}

/** Finds the program on the line; what is none of ours is left to what completed it before. */
const DISPATCH = `_coldstart() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} at=1 name verb flags values
  if [ "\${COMP_WORDS[0]##*/}" = deno ]; then
    [ "\${COMP_WORDS[1]}" = task ] && at=2 || at=$COMP_CWORD
  fi
  while [ "$at" -lt "$COMP_CWORD" ]; do
    case \${COMP_WORDS[at]} in -*) at=$((at + 1)) ;; *) break ;; esac
  done
  name=\${COMP_WORDS[at]}
  case $name in '' | *[!a-z_]*) name=none ;; esac
  verb=\${COMP_WORDS[at+1]-}
  case $verb in
    '' | *[!a-z_]*) ;;
    *) eval "verb=\\\${_coldstart_flags_\${name}__$verb:+\${name}__$verb}"
      [ "$((at + 1))" -ge "$COMP_CWORD" ] || name=\${verb:-$name} ;;
  esac
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

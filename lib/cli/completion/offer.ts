/** What bash and zsh share: the flags and values of each place, and what may stand on a line. */
import type { Place } from "./places.ts";

/** The places of one program. */
export function dataOf([own, ...verbs]: readonly Place[]): string {
  const words = verbs.map(({ verb }) => verb).join(" ");
  return `_coldstart_verbs_${own.program}='${words}'\n` + [own, ...verbs].map(placeText).join("");
}

function placeText({ program, verb, flags }: Place): string {
  const name = verb === undefined ? program : `${program}__${verb}`;
  const cases = flags.filter(({ takes }) => takes !== "nothing").map((flag) =>
    `    --${flag.name}) echo '${
      [flag.takes, ...flag.isFile ? ["/"] : flag.values].join(" ")
    }' ;;\n`
  );
  return `_coldstart_flags_${name}='${flags.map((flag) => `--${flag.name}`).join(" ")}'
_coldstart_values_${name}() { # how many values a flag takes, and which; / is a file
  case $1 in
${cases.join("")}    *) return 1 ;;
  esac
}
`;
}

/** Reads a line of words. Behind `deno`, tasks alone are ours. */
export const OFFER = `_coldstart_offer() { # what may stand behind the words from $2 on; $1 is typed
  [ -z "\${ZSH_VERSION-}" ] || emulate -L sh
  local typed=$1 program place verbs= flag= found word given=,
  shift
  if [ "\${1##*/}" = deno ]; then
    [ "\${2-}" = task ] || return 1
    shift 2
    while [ $# -gt 0 ]; do
      case $1 in
        -c | --config | --cwd) shift; [ $# -eq 0 ] || shift ;;
        -*) shift ;;
        *) break ;;
      esac
    done
    [ $# -gt 0 ] || return 1
  else
    shift
    [ $# -gt 0 ] || { echo "one \${_coldstart_programs-}"; return; }
    [ "$*" != --completion ] || { echo "one \${_coldstart_shells-}"; return; }
  fi
  program=$1
  shift
  case $program in '' | *[!a-z_]*) return 1 ;; esac
  eval "found=\\\${_coldstart_flags_$program-}"
  [ -n "$found" ] || return 1
  place=$program
  case \${1-} in
    '' | *[!a-z_]*) ;;
    *) eval "found=\\\${_coldstart_flags_\${program}__$1-}"
      [ -z "$found" ] || { place=\${program}__$1; shift; } ;;
  esac
  [ $# -gt 0 ] || [ "$place" != "$program" ] || eval "verbs=\\\${_coldstart_verbs_$program-}"
  for word in "$@"; do
    case $word in
      =) ;;
      --*=*) flag= ;;
      --*) flag=$word ;;
      *) case $("_coldstart_values_$place" "$flag") in spread*) ;; *) flag= ;; esac ;;
    esac
  done
  case $typed in --*) flag= ;; *,*) given=,\${typed%,*}, ;; esac
  if found=$("_coldstart_values_$place" "$flag"); then
    set -- $found
    found=$1
    shift
    for word in "$@"; do
      case $given in *",$word,"*) ;; *) found="$found $word" ;; esac
    done
  else
    eval "found=\\"one $verbs \\\${_coldstart_flags_$place}\\""
  fi
  echo "$found"
}
`;

/** The script for bash. */
import { OFFER } from "./offer.ts";

/** `data` of programs, completed behind the names of `files` and, where `isTask`, `deno task`. */
export function bashScript(data: string, files: readonly string[], isTask: boolean): string {
  const names = files.map((name) => ` '${name.replaceAll("'", "'\\''")}'`).join("");
  const own = `complete -o bashdefault -o default -F _coldstart --${names}\n`;
  return data + OFFER + REPLY + own + (isTask ? DENO : "");
}

const REPLY = `_coldstart() {
  local cur=\${COMP_WORDS[COMP_CWORD]} head= offer kind i
  local -a line
  line=("\${COMP_WORDS[@]:0:COMP_CWORD}")
  case $cur in
    =) cur= ;;
    --*=*) head=\${cur%%=*}=; line+=("\${cur%%=*}"); cur=\${cur#*=} ;;
  esac
  COMPREPLY=()
  if ! offer=$(_coldstart_offer "$cur" "\${line[@]}"); then
    [ -n "\${_coldstart_before-}" ] && [ "\${line[0]##*/}" = deno ] || return 0
    "$_coldstart_before" "$@"
    return
  fi
  compopt +o nospace 2>/dev/null # a completion before this one may have asked for it
  set -- $offer
  kind=$1
  shift
  if [ "$kind" != one ]; then
    head=$head\${cur%"\${cur##*,}"} cur=\${cur##*,}
    [ "$kind" != list ] || compopt -o nospace 2>/dev/null
  fi
  if [ "\${1-}" = / ]; then
    local IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$cur"))
  else COMPREPLY=($(compgen -W "$*" -- "$cur"))
  fi
  for i in "\${!COMPREPLY[@]}"; do COMPREPLY[i]=$head\${COMPREPLY[i]}; done
}
`;

/** Whatever completes `deno` goes on; bash-completion loads it when it is first asked. */
const DENO = `_coldstart_deno() {
  local before
  before=$(complete -p deno 2>/dev/null)
  if [ -z "$before" ]; then
    if declare -F _comp_load >/dev/null; then _comp_load deno >/dev/null 2>&1
    elif declare -F _completion_loader >/dev/null; then _completion_loader deno >/dev/null 2>&1
    fi
    before=$(complete -p deno 2>/dev/null)
  fi
  case $before in
    *' -F _coldstart '*) ;;
    *' -F '*)
      _coldstart_before=\${before##* -F }
      _coldstart_before=\${_coldstart_before%% *}
      eval "\${before/ -F $_coldstart_before / -F _coldstart }" ;;
    *) complete -o bashdefault -o default -F _coldstart deno ;;
  esac
}
_coldstart_deno
`;

/** The script for zsh. */
import { OFFER } from "./offer.ts";

/** `data` of programs, completed behind the names of `files` and, where `isTask`, `deno task`. */
export function zshScript(data: string, files: readonly string[], isTask: boolean): string {
  const names = files.map((name) => ` '${name.replaceAll("'", "'\\''")}'`).join("");
  const own = `compdef _coldstart${names}\n`;
  return START + data + OFFER + REPLY + own + (isTask ? DENO : "");
}

/** Again, it would forget what was defined since. */
const START = `(( $+functions[compdef] )) || { autoload -Uz compinit; compinit; }
`;

const REPLY = `_coldstart() {
  local cur=$words[CURRENT] offer kind
  local -a line items
  line=("\${(@)words[1,CURRENT-1]}")
  if [[ $cur == --*=* ]]; then
    line+=("\${cur%%=*}")
    cur=\${cur#*=}
  fi
  if ! offer=$(_coldstart_offer "$cur" "\${line[@]}"); then
    if [[ -n \${_coldstart_before-} && \${line[1]:t} == deno ]]; then eval "$_coldstart_before"
    else _default
    fi
    return
  fi
  [[ $words[CURRENT] != --*=* ]] || compset -P 1 '*='
  items=(\${=offer})
  kind=$items[1]
  shift items
  [[ $kind == one ]] || compset -P '*,'
  if [[ \${items[1]-} == / ]]; then _files
  elif [[ $kind == list ]]; then compadd -qS , -- $items
  else compadd -- $items
  fi
}
`;

/** Whatever completes `deno` goes on. */
const DENO = `if [[ \${_comps[deno]-} != _coldstart ]]; then
  _coldstart_before=\${_comps[deno]-}
  compdef _coldstart deno
fi
`;

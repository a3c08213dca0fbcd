#!/bin/sh
trap 'echo "$0: this file is cut; copy it again" >&2; exit 1' EXIT
# Holds a program and the Deno executable that runs it, compressed, after this script. Both are
# unpacked once, into a folder of the user: COLDSTART_CACHE, else XDG_CACHE_HOME, ~/.cache, TMPDIR
# or /tmp, the first that nobody else may write to. Before anything runs, its owner, size and
# SHA-256 are compared with what is said here.
# VALUES
{ # read to its end before any of it runs
unset CDPATH ENV BASH_ENV
self=$0
had_path=${PATH+yes} path=${PATH-} mask=$(umask)
PATH=/usr/bin:/bin:/usr/local/bin${PATH:+:$PATH}
umask 077
part=
trap '[ -z "$part" ] || rm -rf "$part"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

fail() { printf '%s: %s\n' "$name" "$1" >&2; exit 1; }
# Tools see nothing of the environment: TAR_OPTIONS, GZIP and their like change what they do.
tool() { env -i PATH="$PATH" LC_ALL=C "$@"; }
uid=$(tool id -u) || fail "there is no id"

size_of() { echo $(($(tool wc -c < "$1"))); }
if command -v sha256sum > /dev/null; then
  sums() { tool sha256sum "$@"; }
elif command -v shasum > /dev/null; then
  sums() { tool shasum -a 256 "$@"; }
else
  fail "neither sha256sum nor shasum is there to check what is unpacked"
fi

# Whether $1 is a folder of ours that nobody else may write to.
is_ours() {
  [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] && [ -w "$1" ] || return 1
  case $(tool ls -ld "$1") in d????-??-*) ;; *) return 1 ;; esac
}
# Whether nobody else may put another folder in the place of $1: a folder above that all may write
# to is sticky.
is_safe_above() {
  above=$1
  while [ "$above" != / ]; do
    above=${above%/*}
    above=${above:-/}
    case $(tool ls -ld "$above/.") in d???????-* | d????????[tT]*) ;; *) return 1 ;; esac
  done
}
# Whether $1 is a plain file of ours with $2 bytes and the SHA-256 $3.
is_file() {
  [ -f "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] && [ "$(size_of "$1")" = "$2" ] || return 1
  sum=$(sums < "$1") && [ "${sum%% *}" = "$3" ]
}
# Whether $1 holds the files of the program, as they are listed in it, and nothing else.
is_program() {
  is_ours "$1" && is_file "$1/$list" "$list_bytes" "$list_hash" || return 1
  [ -z "$(tool find "$1" \( ! -user "$uid" -o -type l -o -perm -020 -o -perm -002 \))" ] || return 1
  [ $(($(tool find "$1" ! -type d | wc -l))) -eq "$files" ] || return 1
  (cd "$1" && sums -c "$list") > /dev/null 2>&1
}
# Whether $1, made where it is not there, can be the cache. A folder that is there keeps its mode.
is_usable() {
  case $1 in *,*) return 1 ;; esac # Deno parts the folders that may be read at commas
  [ -e "$1" ] || [ -L "$1" ] || tool mkdir -p "$1" 2> /dev/null
  is_ours "$1" && is_safe_above "$1" || return 1
  [ ! -e "$1/deno-$deno_hash" ] || return 0
  printf '#!/bin/sh\n' > "$1/.try.$$" && chmod 700 "$1/.try.$$" && "$1/.try.$$" 2> /dev/null
  tried=$?
  rm -f "$1/.try.$$"
  return $tried
}
flush() { tool sync -f "$1" 2> /dev/null || tool sync; }
bytes() { tool tail -c "+$(($1 + 1))" "$self" | tool head -c "$2"; }
told=
tell() {
  [ -n "$told" ] || [ ! -t 2 ] || printf '%s: unpacking once into %s\n' "$name" "$cache" >&2
  told=yes
}

[ -f "$self" ] || self=$(command -v -- "$0") || fail "this file cannot be found by its name, $0"
[ "$(size_of "$self")" -ge "$total_bytes" ] ||
  fail "this file is cut: it has $(size_of "$self") of $total_bytes bytes; copy it again"

home=${HOME-}
if [ -z "$home" ]; then
  user=$(tool id -un 2> /dev/null)
  case $user in '' | *[!A-Za-z0-9._-]*) ;; *) eval "home=~$user" ;; esac
fi
cache=
for base in "${COLDSTART_CACHE-}" "${XDG_CACHE_HOME:+$XDG_CACHE_HOME/coldstart}" \
  "${home:+$home/.cache/coldstart}" "${TMPDIR:+$TMPDIR/coldstart-$uid}" "/tmp/coldstart-$uid"; do
  case $base in /?*) if is_usable "${base%/}"; then cache=${base%/}; break; fi ;; esac
  [ -z "$base" ] || [ "$base" != "${COLDSTART_CACHE-}" ] ||
    printf '%s: COLDSTART_CACHE=%s is not used. %s %s\n' "$name" "$base" \
      "Expected the full path, without commas, of a folder" \
      "that only you may write to and whose files may run." >&2
done
[ -n "$cache" ] ||
  fail "no folder to unpack into; name one in COLDSTART_CACHE that only you may write to"
deno=$cache/deno-$deno_hash folder=$cache/$name-$list_hash

# What a killed unpacking left; the process's number is in the name.
for left in "$cache"/*.part "$cache"/.try.*; do
  [ -e "$left" ] || continue
  pid=${left%.part}
  kill -0 "${pid##*.}" 2> /dev/null || rm -rf "$left"
done

if ! is_file "$deno" "$deno_bytes" "$deno_hash" || [ ! -x "$deno" ]; then
  tell
  part=$deno.$$.part
  bytes $((script_bytes + program_packed)) "$deno_packed" | tool gzip -dc > "$part"
  is_file "$part" "$deno_bytes" "$deno_hash" ||
    fail "unpacking into $part failed; is the disk full, or this file damaged?"
  chmod 700 "$part" && flush "$part" && mv -f "$part" "$deno" && flush "$cache" ||
    fail "$deno cannot be made"
  part=
fi
DENO_DIR=$cache/deno_dir DENO_NO_UPDATE_CHECK=1
export DENO_DIR DENO_NO_UPDATE_CHECK
[ -d "$DENO_DIR" ] || mkdir "$DENO_DIR" 2> /dev/null

tries=0
until is_program "$folder"; do
  [ "$tries" -lt 5 ] || fail "$folder cannot be made"
  tries=$((tries + 1))
  tell
  part=$folder.$$.part
  mkdir "$part" &&
    bytes "$script_bytes" "$program_packed" | tool gzip -dc | tool tar -xof - -C "$part"
  is_program "$part" ||
    fail "unpacking into $part failed; is the disk full, or this file damaged?"
  flush "$part"
  # A damaged one goes; another process's is whole. Between these two words a third process may
  # take away what the second put there: hence the tries.
  [ ! -e "$folder" ] || is_program "$folder" || rm -rf "$folder"
  # mv would put it into a folder that another process made meanwhile
  "$deno" eval --no-config --no-lock 'Deno.renameSync(...Deno.args)' "$part" "$folder" 2> /dev/null
  rm -rf "$part"
  part=
  flush "$cache"
done

case $self in /*) ;; *) self=$PWD/$self ;; esac
COLDSTART_SELF=$self
export COLDSTART_SELF
umask "$mask"
if [ -n "$had_path" ]; then PATH=$path; else unset PATH; fi
start "$@"
exit 126
}

/**
 * One file that needs nothing but a POSIX shell with tail, head, gzip and tar: a shell script, the
 * program as tar.gz, and the Deno executable as gzip. Both are unpacked once, into a cache folder
 * of the user, under the hash of their contents; programs share Deno.
 */
import { sha256 } from "../../lib/files/fingerprint.ts";
import { CONFIG, ENTRY } from "./stage.ts";
import { tarOf } from "./tar.ts";

/** Compressed contents and the hash of them. */
export interface Part {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly hash: string;
}

/** The Deno executable that runs this, compressed. */
export async function denoPart(): Promise<Part> {
  return await partOf(await Deno.readFile(Deno.execPath()));
}

/** The bytes of the file for the program in `folder`, run with `flags`. */
export async function selfExtracting(
  name: string,
  version: string,
  flags: readonly string[],
  folder: string,
  deno: Part,
): Promise<Blob> {
  const program = await partOf(await tarOf(folder));
  const header = (length: number) => shellHeader(name, version, flags, program, deno, length);
  let length = header(0).length;
  // the header names its own length
  while (header(length).length !== length) length = header(length).length;
  return new Blob([header(length), program.bytes, deno.bytes]);
}

async function partOf(contents: Uint8Array<ArrayBuffer>): Promise<Part> {
  const stream = new Blob([contents]).stream().pipeThrough(new CompressionStream("gzip"));
  return {
    bytes: new Uint8Array(await new Response(stream).arrayBuffer()),
    hash: (await sha256(contents)).slice(0, 32),
  };
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * A flag in the script; named folders to read include the program's own, where its workers and
 * kernels lie.
 */
const flagText = (flag: string) =>
  flag.startsWith("--allow-read=") ? `${quoted(flag)}",$folder"` : quoted(flag);

function shellHeader(
  name: string,
  version: string,
  flags: readonly string[],
  program: Part,
  deno: Part,
  length: number,
): string {
  return `#!/bin/sh
# ${name} ${version}: holds the program and the Deno executable that runs it, after this script.
# Both are unpacked once, into a folder of the user: COLDSTART_CACHE, else XDG_CACHE_HOME, ~/.cache,
# TMPDIR or /tmp, the first that can be used.
self=$0
had_path=\${PATH+yes} path=\${PATH-}
PATH=/usr/bin:/bin:/usr/local/bin\${PATH:+:$PATH}
fail() { echo "${name}: $1" >&2; exit 1; }
part=
trap '[ -z "$part" ] || rm -rf "$part"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# A folder of ours alone, whose files may run.
usable() {
  mkdir -p "$1" 2>/dev/null || return 1
  [ ! -L "$1" ] && [ -O "$1" ] && [ -w "$1" ] && chmod 700 "$1" || return 1
  printf '#!/bin/sh\\n' > "$1/.try.$$" && chmod 700 "$1/.try.$$" && "$1/.try.$$" 2>/dev/null
  tried=$?
  rm -f "$1/.try.$$"
  return $tried
}
home=\${HOME-}
[ -n "$home" ] || home=$(eval "echo ~$(id -un 2>/dev/null)" 2>/dev/null)
cache=
for base in "\${COLDSTART_CACHE-}" "\${XDG_CACHE_HOME:+$XDG_CACHE_HOME/coldstart}" \\
  "\${home:+$home/.cache/coldstart}" \\
  "\${TMPDIR:+$TMPDIR/coldstart-$(id -u)}" "/tmp/coldstart-$(id -u)"; do
  case $base in /*) if usable "$base"; then cache=$base; break; fi ;; esac
done
[ -n "$cache" ] || fail "no folder to unpack into; name one in COLDSTART_CACHE"
deno=$cache/deno-${deno.hash} folder=$cache/${name}-${program.hash}

bytes() { tail -c "+$(($1 + 1))" "$self" | head -c "$2"; }
told() {
  [ -z "$cannot" ] || return
  cannot=yes
  [ ! -t 2 ] || echo "${name}: unpacking once into $cache" >&2
}
cannot=
if [ ! -d "$folder" ]; then
  told
  part=$folder.$$.part
  mkdir "$part" && bytes ${length} ${program.bytes.length} | gzip -dc | tar -xf - -C "$part" ||
    fail "unpacking into $part failed; is the disk full?"
  mv "$part" "$folder" 2>/dev/null
  rm -rf "$part" "$folder/\${part##*/}" # another one was first
  part=
fi
if [ ! -f "$deno" ]; then
  told
  part=$deno.$$.part
  bytes ${
    length + program.bytes.length
  } ${deno.bytes.length} | gzip -dc > "$part" && chmod 700 "$part" && mv -f "$part" "$deno" ||
    fail "unpacking into $part failed; is the disk full?"
  part=
fi

if [ -n "$had_path" ]; then PATH=$path; else unset PATH; fi
DENO_DIR=$cache/deno_dir DENO_NO_UPDATE_CHECK=1
export DENO_DIR DENO_NO_UPDATE_CHECK
exec "$deno" run --quiet --cached-only --no-remote --no-lock --config "$folder/${CONFIG}" \\
  ${flags.map(flagText).join(" ")} \${BASELINES_ALLOW-} \\
  "$folder/${ENTRY}" "$@"
exit 126
`;
}

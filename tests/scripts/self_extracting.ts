/**
 * A self-extracting file for tests of its shell script: a program of three files, and a shell
 * script in the place of Deno.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { sha256 } from "../../lib/files/fingerprint.ts";
import { complain } from "../../lib/terminal/say.ts";
import { selfExtracting } from "../../scripts/compile/self_extracting.ts";

/**
 * Says how it was started; its `eval` is the one rename that the script asks Deno for. Where
 * TAKEN_ONCE names a file, that is removed, and so is what was renamed, as another process might.
 */
const FAKE_DENO = `#!/bin/sh
if [ "$1" = eval ]; then
  [ ! -e "$6" ] && mv "$5" "$6" || exit 1
  if [ -e "\${TAKEN_ONCE-}" ]; then rm -r "$TAKEN_ONCE" "$6"; fi
  exit 0
fi
echo "ran: $*"
echo "words: $#"
umask
[ -z "\${DENO_DIR-}" ] || echo "cache: \${DENO_DIR%/*}"
`;

/** Where all of it lies. */
export const place = await Deno.realPath(await Deno.makeTempDir({ prefix: "self_extracting_" }));
await Deno.chmod(place, 0o755);
globalThis.addEventListener("unload", () => Deno.removeSync(place, { recursive: true }));
/** The file. */
export const file = `${place}/tool`;
/** Bytes of its script. */
export const script = await makeFile();

/** Makes the file; returns the length of its script. */
async function makeFile(): Promise<number> {
  const folder = `${place}/staged`;
  await Deno.mkdir(`${folder}/sub`, { recursive: true });
  for (const name of ["deno.json", "program.js", "sub/it's a name.wasm"]) {
    await Deno.writeTextFile(`${folder}/${name}`, name.repeat(100));
  }
  const contents = new TextEncoder().encode(FAKE_DENO + "#".repeat(300_000));
  const zipped = new Blob([contents]).stream().pipeThrough(new CompressionStream("gzip"));
  const deno = {
    packed: new Uint8Array(await new Response(zipped).arrayBuffer()),
    bytes: contents.length,
    hash: await sha256(contents),
  };
  const none = ["--no-prompt", "--allow-read=.,../shared"];
  const programs = { one: ["--allow-read=it's, one"], "two-2": ["--no-prompt", "--allow-ffi"] };
  const tool = { name: "tool", version: "1.2.3", programs, none };
  const blob = await selfExtracting(tool, folder, deno);
  await Deno.writeFile(file, blob.stream(), { mode: 0o755 });
  return Number(/script_bytes='(\d+)'/.exec(await blob.slice(0, 2000).text())![1]);
}

/** How a start ended. */
export interface Started {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Shells to try it with. */
export const SHELLS: string[][] = [];
for (const shell of [["dash"], ["bash"], ["busybox", "sh"]]) {
  const args = ["-c", `command -v ${shell[0]}`];
  const { success } = await new Deno.Command("sh", { args }).output();
  if (success) SHELLS.push(shell);
  else complain(`!! no ${shell.join(" ")}: self-extracting files are not tried with it`);
}
if (SHELLS.length === 0) SHELLS.push(["sh"]);

/** Starts the file with a cache. */
export async function start(
  cache: string,
  { shell = ["sh"], args = [], env = {}, cwd = place, path = file, before = "" }: {
    shell?: readonly string[];
    args?: string[];
    env?: Record<string, string>;
    cwd?: string;
    path?: string;
    /** Shell commands to run first. */
    before?: string;
  } = {},
): Promise<Started> {
  const run = `${before}\nexec ${shell.join(" ")} "$0" "$@"`;
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", run, path, ...args],
    env: { COLDSTART_CACHE: cache, HOME: `${place}/home`, PATH: Deno.env.get("PATH")!, ...env },
    clearEnv: true,
    cwd,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

let caches = 0;
/** A new folder for a cache. */
export async function newCache(mode = 0o700): Promise<string> {
  const path = `${place}/cache ${caches++}`;
  await Deno.mkdir(path);
  await Deno.chmod(path, mode);
  return path;
}

/** That it ran, with its files in the cache. */
export function assertRan({ code, stdout, stderr }: Started, cache: string): void {
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /^ran: run --quiet .*--allow-read=\.,\.\.\/shared,/);
  assertStringIncludes(stdout, `cache: ${cache}\n`);
}

/** A file's mode. */
export const modeOf = async (path: string) => ((await Deno.stat(path)).mode! & 0o7777).toString(8);
/** What lies in a cache, without hashes. */
export const namesIn = (folder: string) =>
  [...Deno.readDirSync(folder)].map(({ name }) => name.replace(/-[0-9a-f]{64}$/, "")).sort();
/** The path of what begins with `start` in a cache. */
export const pathIn = (cache: string, start: string) =>
  `${cache}/${[...Deno.readDirSync(cache)].find(({ name }) => name.startsWith(start))!.name}`;
/** The cache of a user without another. */
export const home = `${place}/home/.cache/coldstart`;

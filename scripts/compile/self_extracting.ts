/**
 * One file that needs nothing but a POSIX shell with the usual small tools: a shell script
 * (self_extracting.sh), the programs as tar.gz, and the Deno executable as gzip. Both are unpacked
 * once, into a cache folder of the user, under the hash of their contents.
 */
import { sha256 } from "../../lib/files/fingerprint.ts";
import { CONFIG, ENTRY } from "./stage.ts";
import { SELF } from "./started_from.ts";
import { filesBelow, tarOf } from "./tar.ts";

/** Compressed contents, and their size and SHA-256 before they were compressed. */
export interface Part {
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly bytes: number;
  readonly hash: string;
}

/** Flags between `deno run` and the script. */
type Flags = readonly string[];

/** Programs as their file names them. */
export interface Programs {
  /** Of the file. */
  readonly name: string;
  readonly version: string;
  /** The flags of each program, by its name: the first word of a line. */
  readonly programs: Readonly<Record<string, Flags>>;
  /** The flags of a line that begins with no program, or asks one for a completion. */
  readonly none: Flags;
}

/** The Deno executable that runs this, compressed. */
export async function denoPart(): Promise<Part> {
  return await partOf(await Deno.readFile(Deno.execPath()));
}

/** The list of the program's files with their SHA-256, in the form of sha256sum. */
const LIST = "SHA256SUMS";
/** The line of the script that the values of one program take. */
const PLACE = "# VALUES\n";

/** The bytes of the file for the programs in `folder`, which gets a list of its files. */
export async function selfExtracting(
  programs: Programs,
  folder: string,
  deno: Part,
): Promise<Blob> {
  const files = (await filesBelow(folder)).filter((path) => path !== LIST);
  const list = new TextEncoder().encode(await listOf(folder, files));
  await Deno.writeFile(`${folder}/${LIST}`, list);
  const contents = await partOf(await tarOf(folder));
  const values = {
    list: LIST,
    list_bytes: list.length,
    list_hash: await sha256(list),
    files: files.length + 1,
    program_packed: contents.packed.length,
    deno_bytes: deno.bytes,
    deno_hash: deno.hash,
    deno_packed: deno.packed.length,
  };
  const text = await Deno.readTextFile(new URL("./self_extracting.sh", import.meta.url));
  const script = (bytes: number) => {
    const total = bytes + contents.packed.length + deno.packed.length;
    const own = { name: programs.name, script_bytes: bytes, total_bytes: total };
    return text.replace(PLACE, () => valuesText(programs, { ...own, ...values }));
  };
  const lengthOf = (bytes: number) => new TextEncoder().encode(script(bytes)).length;
  let length = lengthOf(0);
  // the script names its own length
  while (lengthOf(length) !== length) length = lengthOf(length);
  return new Blob([script(length), contents.packed, deno.packed]);
}

async function partOf(contents: Uint8Array<ArrayBuffer>): Promise<Part> {
  const stream = new Blob([contents]).stream().pipeThrough(new CompressionStream("gzip"));
  return {
    packed: new Uint8Array(await new Response(stream).arrayBuffer()),
    bytes: contents.length,
    hash: await sha256(contents),
  };
}

async function listOf(folder: string, files: readonly string[]): Promise<string> {
  const lines = [];
  for (const path of files) {
    lines.push(`${await sha256(await Deno.readFile(`${folder}/${path}`))}  ${path}\n`);
  }
  return lines.join("");
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * A flag in the script; named folders to read include the program's own, where its workers and
 * kernels lie.
 */
const flagText = (flag: string) =>
  flag.startsWith("--allow-read=") ? `${quoted(flag)}",$folder"` : quoted(flag);

/** What the user may add for once, as in the tasks of deno.json; each of the first two one word. */
export const ADDED = '${BASELINES_READ:+"--allow-read=$BASELINES_READ"} ' +
  '${BASELINES_WRITE:+"--allow-write=$BASELINES_WRITE"} ${BASELINES_ALLOW-}';

/** What the script says of its programs: values, and the function that starts one. */
function valuesText(
  { name, version, programs, none }: Programs,
  values: Readonly<Record<string, string | number>>,
): string {
  const lines = Object.entries(values).map(([key, value]) => `${key}=${quoted(`${value}`)}`);
  const cases = Object.entries(programs).map(([program, flags]) =>
    `    ${quoted(program)}) ${runText(flags)} ;;\n`
  );
  return `# ${name} ${version}
${lines.join("\n")}
run() {
  exec "$deno" run --quiet --cached-only --no-remote --no-lock --config "$folder/${CONFIG}" "$@"
}
start() { # each program with the permissions of its own task
  case \${2-} in --completion*) ${runText(none)} ;; esac
  case \${1-} in
${cases.join("")}    *) ${runText(none)} ;;
  esac
}
`;
}

/** A line of the script that starts Deno with the flags. */
function runText(flags: Flags): string {
  const own = flags.map(flagText).join(" ");
  return `run ${own}${againText(flags, '"$self"')} ${ADDED} "$folder/${ENTRY}" "$@"`;
}

/**
 * What lets a program that starts others start the file `self`, a word of the script, again, and
 * one that reads variables know that it was started from it. A flag with names beside the same one
 * without would narrow it.
 */
export function againText(flags: Flags, self: string): string {
  const allows = (what: string) => flags.some((flag) => flag.startsWith(`--allow-${what}`));
  const again = {
    ...allows("run") && { "--allow-run": self },
    ...(allows("run") || allows("env")) && { "--allow-env": SELF },
  };
  return Object.entries(again).filter(([flag]) => !flags.includes(flag))
    .map(([flag, name]) => ` ${flag}=${name}`).join("");
}

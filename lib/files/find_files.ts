/** Files by a path or a pattern; no folder is listed that the program may not read. */
import { normalize } from "node:path/posix";
import { type Expectation, InputError, messageOf } from "../errors/input_error.ts";
import { type FileInfo, type FolderEntry, host } from "./host.ts";
import { checkKind } from "./input_file.ts";
import { checkReadable } from "./permitted.ts";

/**
 * The files that `pattern` names, in the order of their paths: a path, or a pattern in which `*`,
 * `?` and `[…]` stand for parts of a name and `**` for any folders (links are not followed there).
 * What is hidden is named by parts that begin with a dot. Each file is checked as `readBytes` does.
 * @throws InputError in the words of `expected` for a link out of the allowed folders, a device or
 * a pipe.
 */
export async function findFiles(pattern: string, expected: Expectation): Promise<string[]> {
  const slashes = host.build.os === "windows" ? pattern.replaceAll("\\", "/") : pattern;
  const plain = normalize(slashes); // a link before ".." must not lead elsewhere than it seems to
  const search: Search = { expected, found: new Set() };
  if (await infoOf(plain, expected) !== undefined) await add(search, plain);
  else if (/[*?[]/.test(plain)) {
    const [first, ...parts] = plain.split("/");
    if (first === "") await walk(search, "/", parts);
    else await walk(search, "", [first, ...parts]);
  }
  return [...search.found].sort();
}

interface Search {
  readonly expected: Expectation;
  readonly found: Set<string>;
}

/** Adds what the parts of a pattern name below `folder`, which ends with a slash or is empty. */
async function walk(search: Search, folder: string, parts: readonly string[]): Promise<void> {
  const [part, ...rest] = parts;
  if (!/[*?[]/.test(part)) {
    if (rest.length === 0) await add(search, folder + part);
    else await walk(search, `${folder}${part}/`, rest);
    return;
  }
  if (part === "**") await walk(search, folder, rest.length === 0 ? ["*"] : rest);
  const named = namesOf(part);
  for (const { name, isDirectory } of await list(folder, search.expected)) {
    if (part === "**") {
      if (isDirectory && !name.startsWith(".")) await walk(search, `${folder}${name}/`, parts);
    } else if (named.test(name)) {
      if (rest.length === 0) await add(search, folder + name);
      else await walk(search, `${folder}${name}/`, rest);
    }
  }
}

/** The names that one part of a pattern stands for; a `[` without its `]` is a plain character. */
function namesOf(part: string): RegExp {
  const text = part.replace(/\[(!?)([^\]]+)\]|\*+|./gsu, (token, not, inside) => {
    if (token.startsWith("*")) return "[^]*";
    if (token === "?") return "[^]";
    if (inside === undefined) return token.replace(/[\\^$.|+()[\]{}]/, "\\$&");
    return `[${not === "" ? "" : "^"}${inside.replace(/[\\^[]/g, "\\$&")}]`;
  });
  return new RegExp(`^${part.startsWith(".") ? "" : "(?!\\.)"}${text}$`, "u");
}

/** Adds a path that is there and no folder. */
async function add({ expected, found }: Search, path: string): Promise<void> {
  const about = { ...expected, doing: `${expected.doing}, ${path}` };
  const info = await infoOf(path, about);
  if (info === undefined || info.isDirectory) return;
  checkKind(info, about);
  found.add(path);
}

async function list(folder: string, expected: Expectation): Promise<FolderEntry[]> {
  const path = folder === "" ? "." : folder;
  const about = { ...expected, doing: `${expected.doing}, listing ${path}` };
  try {
    await checkReadable(path, about);
    return await Array.fromAsync(host.readDir(path));
  } catch (error) {
    if (isNone(error) || isLoop(error)) return [];
    if (error instanceof InputError) throw error;
    throw new InputError({ ...about, found: messageOf(error) }, { cause: error });
  }
}

/** What a path leads to, none where nothing is there. Links are followed once they may be. */
async function infoOf(path: string, expected: Expectation): Promise<FileInfo | undefined> {
  try {
    await host.lstat(path);
    await checkReadable(path, expected);
    return await host.stat(path);
  } catch (error) {
    if (isNone(error)) return undefined;
    if (error instanceof InputError) throw error;
    throw new InputError({ ...expected, found: messageOf(error) }, { cause: error });
  }
}

function isNone(error: unknown): boolean {
  return error instanceof host.errors.NotFound || error instanceof host.errors.NotADirectory;
}

/** A link to itself leads nowhere. */
function isLoop(error: unknown): boolean {
  return error instanceof InputError && error.cause instanceof host.errors.FilesystemLoop;
}

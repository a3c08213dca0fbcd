/**
 * Reads files: whole ones with their fingerprint, so that what was parsed is what was
 * fingerprinted, and JSON. A file that cannot be read is told by its path. Links out of the allowed
 * folders, devices and pipes are refused before they are opened: they may not end, or wait for
 * ever.
 */
import { type Expectation, InputError, messageOf } from "../errors/input_error.ts";
import { type Fingerprint, fingerprintOf } from "./fingerprint.ts";
import { type FileInfo, host } from "./host.ts";
import { parseJson } from "./json.ts";
import { checkReadable } from "./permitted.ts";

/** A file's bytes. @throws InputError in the words of `expected` when it cannot be read. */
export async function readBytes(
  path: string,
  expected: Expectation,
): Promise<Uint8Array<ArrayBuffer>> {
  await checkInput(path, expected);
  try {
    return await host.readFile(path);
  } catch (error) {
    throw unreadable(error, expected);
  }
}

/**
 * A file's bytes; undefined where there is none. Others may remove a file at any moment, so that
 * asking before whether it is there would not tell. A link to nothing is there, and an error.
 * @throws InputError in the words of `expected` when it cannot be read.
 */
export async function readBytesIfThere(
  path: string,
  expected: Expectation,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await readBytes(path, expected);
  } catch (error) {
    const isMissing = error instanceof Error && error.cause instanceof host.errors.NotFound;
    if (isMissing && !await isLink(path)) return undefined;
    throw error;
  }
}

async function isLink(path: string): Promise<boolean> {
  return await host.lstat(path).then(({ isSymlink }) => isSymlink, () => false);
}

/**
 * Checks that `path` is a plain file that this program may read, whatever links lead to it. Whoever
 * opens a file in another way than by `readBytes` asks this before.
 * @throws InputError in the words of `expected`.
 */
export async function checkInput(path: string, expected: Expectation): Promise<void> {
  await checkReadable(path, expected);
  let info: FileInfo;
  try {
    info = await host.stat(path);
  } catch (error) {
    throw unreadable(error, expected);
  }
  checkKind(info, expected);
}

/** @throws InputError in the words of `expected` for a folder, a device or a pipe. */
export function checkKind(info: FileInfo, expected: Expectation): void {
  if (!info.isFile) throw new InputError({ ...expected, found: `it is ${kindOf(info)}` });
}

function unreadable(error: unknown, expected: Expectation): InputError {
  const missing = error instanceof host.errors.NotFound;
  return new InputError({
    ...expected,
    found: missing ? "there is no such file" : messageOf(error),
  }, { cause: error });
}

function kindOf(info: FileInfo): string {
  if (info.isDirectory) return "a folder";
  if (info.isFifo) return "a named pipe (FIFO)";
  if (info.isCharDevice || info.isBlockDevice) return "a device";
  return info.isSocket ? "a socket" : "no plain file";
}

/** A JSON file's value. @throws InputError in the words of `expected`. */
export async function readJson(path: string, expected: Expectation): Promise<unknown> {
  return parseJson(await readBytes(path, expected), expected);
}

/**
 * An input's bytes and fingerprint; `next` says what to do where it cannot be read.
 * @throws InputError naming the path when it is missing or unreadable.
 */
export async function readInput(
  path: string,
  next?: string,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; fingerprint: Fingerprint }> {
  const bytes = await readBytes(path, {
    doing: `reading ${path}`,
    wanted: "a readable file",
    next,
  });
  return { bytes, fingerprint: await fingerprintOf(path, bytes) };
}

/**
 * Atomic writes: a temporary file in the same folder, flushed to the disk, then renamed. A reader
 * sees the old file or the new one, never a part; a full disk leaves the old one.
 *
 * A temporary file is locked while it is written, so that what a killed writer left can be told
 * from what a living one is about to rename.
 */
import { dirname } from "node:path";
import { InputError, messageOf } from "../errors/input_error.ts";
import { host, type HostFile } from "./host.ts";
import { jsonText } from "./json.ts";
import { lockOpen } from "./lock.ts";
import { checkWritable } from "./permitted.ts";

/** How a file is written. */
export interface WriteOptions {
  /**
   * The file in between: a name of its own by default, so that two writers of one path never meet.
   */
  readonly temporary?: string;
  /** Only into a folder that is there; by default it is made. */
  readonly keepsFolders?: boolean;
}

/**
 * Writes bytes or text to `path`. @throws InputError when the disk is full, read-only or not
 * permitted, or when a link leads the folder elsewhere.
 */
export async function writeAtomic(
  path: string,
  contents: Uint8Array | string,
  options: WriteOptions = {},
): Promise<void> {
  const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
  const folder = dirname(path);
  await checkWritable(folder);
  let temporary = "";
  try {
    const opened = await openTemporary(path, options);
    temporary = opened.temporary;
    using file = opened.file; // locked until it has its name
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.sync();
    await host.rename(temporary, path);
    await flushFolder(folder);
  } catch (error) {
    if (temporary !== "") await host.remove(temporary).catch(() => {});
    throw writeError(path, error);
  }
}

/**
 * Puts a file that was written into a scratch folder in its place: flushed, then renamed.
 * @throws InputError as `writeAtomic`.
 */
export async function moveFile(from: string, path: string): Promise<void> {
  await checkWritable(dirname(path));
  try {
    using file = await host.open(from, { read: true, write: true });
    await file.sync();
    await host.rename(from, path);
    await flushFolder(dirname(path));
  } catch (error) {
    throw writeError(path, error);
  }
}

/** Makes a folder, and those above it, unless it is there. @throws InputError as `writeAtomic`. */
export async function makeFolder(path: string): Promise<void> {
  await checkWritable(path);
  try {
    await host.mkdir(path, { recursive: true });
  } catch (error) {
    throw writeError(path, error);
  }
}

/** Removes a file that may be gone already. @throws InputError when it stays. */
export async function removeFile(path: string): Promise<void> {
  try {
    await host.remove(path);
  } catch (error) {
    if (error instanceof host.errors.NotFound) return;
    throw new InputError({
      doing: `removing ${path}`,
      found: messageOf(error),
      wanted: "a folder that may be written",
    }, { cause: error });
  }
}

/** How a failed write of a file or folder is told. */
export function writeError(path: string, error: unknown): InputError {
  if (error instanceof InputError) return error;
  return new InputError({
    doing: `writing ${path}`,
    found: messageOf(error),
    wanted: "a folder with room that may be written",
    next: "free some space or choose another folder with --out; what was there before is untouched",
  }, { cause: error });
}

/**
 * A rename is on the disk when its folder is. Best effort: not every system lets a folder be
 * opened, and the file itself is safe.
 */
export async function flushFolder(path: string): Promise<void> {
  try {
    using folder = await host.open(path);
    await folder.sync();
  } catch { /* the system sees to it in its own time */ }
}

/**
 * Removes the temporary files of dead writers from a folder; those of living ones are locked. On a
 * file system without locks nothing is removed, unless `isHeld`: nobody else writes there.
 */
export async function sweepTemporaries(folder: string, isHeld = false): Promise<void> {
  try {
    for await (const { name, isFile } of host.readDir(folder)) {
      if (isFile && TEMPORARY.test(name)) await removeUnlessLocked(`${folder}/${name}`, isHeld);
    }
  } catch (error) {
    if (!(error instanceof host.errors.NotFound)) throw writeError(folder, error);
  }
}

/** The names that `writeAtomic` gives. */
const TEMPORARY = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

async function removeUnlessLocked(path: string, isHeld: boolean): Promise<void> {
  try {
    using file = await host.open(path);
    const isFree = await file.tryLock(true).catch((error) => {
      if (isHeld) return true; // there are no locks
      throw error;
    });
    if (isFree) await host.remove(path);
  } catch (error) {
    if (!(error instanceof host.errors.NotFound)) throw error; // else its writer renamed it
  }
}

/** A new temporary file beside `path`, locked; one that a sweep took first is made again. */
async function openTemporary(path: string, { temporary: fixed, keepsFolders }: WriteOptions) {
  for (;;) {
    const temporary = fixed ?? `${path}.${crypto.randomUUID()}.tmp`;
    const file = await openNew(temporary, keepsFolders !== true);
    // a file system without locks is swept of nothing
    const lock = await lockOpen(file, temporary).catch(() => "none" as const);
    if (lock === "none" || await lock?.isThere()) return { temporary, file };
    file.close();
  }
}

async function openNew(path: string, makesFolder: boolean): Promise<HostFile> {
  const options = { write: true, create: true, truncate: true };
  try {
    return await host.open(path, options);
  } catch (error) {
    if (!makesFolder || !(error instanceof host.errors.NotFound)) throw error;
    await host.mkdir(dirname(path), { recursive: true });
    return await host.open(path, options);
  }
}

/** Writes a value as `jsonText`, in UTF-8. */
export async function writeJson(
  path: string,
  value: unknown,
  options?: WriteOptions,
): Promise<void> {
  await writeAtomic(path, jsonText(value), options);
}

/**
 * Atomic writes: a temporary file in the same folder, flushed to the disk, then renamed. A reader
 * sees the old file or the new one, never a part; a full disk leaves the old one.
 */
import { InputError, messageOf } from "../errors/input_error.ts";
import { jsonText } from "./json.ts";

/**
 * Writes bytes or text to `path`, making its folder. `temporary` names the file in between: its own
 * name by default, so that two writers of one path never meet. @throws InputError when the disk is
 * full, read-only or not permitted.
 */
export async function writeAtomic(
  path: string,
  contents: Uint8Array | string,
  temporary = `${path}.${crypto.randomUUID()}.tmp`,
): Promise<void> {
  const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
  try {
    const file = await openMakingFolder(temporary);
    try {
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      await file.sync();
    } finally {
      file.close();
    }
    await Deno.rename(temporary, path);
    await flushFolder(parentOf(path));
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw writeError(path, error);
  }
}

/** How a failed write of a file or folder is told. */
export function writeError(path: string, error: unknown): InputError {
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
    using folder = await Deno.open(path);
    await folder.sync();
  } catch { /* the system sees to it in its own time */ }
}

/** Removes what a killed writer left in a folder: temporary files older than `age` milliseconds. */
export async function sweepTemporaries(folder: string, age: number): Promise<void> {
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile || !TEMPORARY.test(name)) continue;
      const { mtime } = await Deno.stat(`${folder}/${name}`);
      if (mtime !== null && Date.now() - mtime.getTime() >= age) {
        await Deno.remove(`${folder}/${name}`);
      }
    }
  } catch (error) {
    // another one swept, or there is nothing yet
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The names that `writeAtomic` gives. */
const TEMPORARY = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

async function openMakingFolder(path: string): Promise<Deno.FsFile> {
  const options = { write: true, create: true, truncate: true };
  try {
    return await Deno.open(path, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await Deno.mkdir(parentOf(path), { recursive: true });
    return await Deno.open(path, options);
  }
}

/** Writes a value as `jsonText`, in UTF-8. */
export async function writeJson(path: string, value: unknown, temporary?: string): Promise<void> {
  await writeAtomic(path, jsonText(value), temporary);
}

/** The folder of a path; "." for a bare name. */
export function parentOf(path: string): string {
  const cut = path.lastIndexOf("/");
  if (cut < 0) return ".";
  return cut === 0 ? "/" : path.slice(0, cut);
}

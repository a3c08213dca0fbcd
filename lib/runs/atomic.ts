/**
 * Atomic writes: a temporary file in the same folder, flushed to the disk, then renamed. A reader sees the old file or the new one,
 * never a part; a full disk leaves the old one.
 */
import { InputError, messageOf } from "../errors/input_error.ts";

/**
 * Writes bytes or text to `path`, making its folder. `temporary` names the file in between: its own name by default, so that two
 * writers of one path never meet. @throws InputError when the disk is full, read-only or not permitted.
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
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw new InputError({
      doing: `writing ${path}`,
      found: messageOf(error),
      wanted: "a folder with room that may be written",
      next: "free some space or choose another folder with --out; what was there before is untouched",
    }, { cause: error });
  }
}

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

/** Writes a value as JSON: UTF-8, two-space indent, a newline at the end. */
export async function writeJson(path: string, value: unknown, temporary?: string): Promise<void> {
  await writeAtomic(path, `${JSON.stringify(value, null, 2)}\n`, temporary);
}

/** The folder of a path; "." for a bare name. */
export function parentOf(path: string): string {
  const cut = path.lastIndexOf("/");
  return cut < 0 ? "." : cut === 0 ? "/" : path.slice(0, cut);
}

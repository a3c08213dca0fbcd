/**
 * Locks between processes. The operating system drops one with its owner, however that ends; the
 * empty file stays and means nothing.
 */
import { InputError, messageOf } from "../errors/input_error.ts";

/** A lock that is held until it is released or the process ends. */
export interface Lock {
  release(): void;
}

/** Waits for the lock file `path`. @throws InputError when it cannot be made. */
export async function lock(path: string): Promise<Lock> {
  return await lockOf(path, async (file) => {
    await file.lock(true);
    return true;
  }) as Lock;
}

/**
 * Takes the lock file `path`, or gives none when another holds it. @throws InputError when it
 * cannot be made.
 */
export async function tryLock(path: string): Promise<Lock | undefined> {
  return await lockOf(path, (file) => file.tryLock(true));
}

async function lockOf(
  path: string,
  take: (file: Deno.FsFile) => Promise<boolean>,
): Promise<Lock | undefined> {
  let file: Deno.FsFile | undefined;
  try {
    const link = await Deno.lstat(path).then(({ isSymlink }) => isSymlink, () => false);
    if (link) throw new Error("it is a symbolic link");
    file = await Deno.open(path, { write: true, create: true });
    if (await take(file)) return { release: () => file!.close() };
    file.close();
    return undefined;
  } catch (error) {
    try {
      file?.close();
    } catch { /* closed already */ }
    throw new InputError({
      doing: `locking ${path}`,
      found: messageOf(error),
      wanted: "a folder that may be written",
    }, { cause: error });
  }
}

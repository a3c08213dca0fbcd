/**
 * Writes a whole folder or none of it: into a folder beside the target, flushed to the disk, then
 * renamed into its place. A full disk, an error or an interrupt leaves the target as it was.
 */
import { InputError, show } from "../errors/input_error.ts";
import { flushFolder, parentOf, writeAtomic, writeError } from "./atomic.ts";

/** What is done with a folder that is in the target's place. */
export type Existing =
  /** The new one replaces it, unless it holds names that are not `owned`: then it is refused. */
  | { readonly owned: readonly string[] }
  /** It stays: another program made it meanwhile, and the new one is dropped. */
  | "keep";

/** A file of a folder that is being written; `path` is relative to the folder. */
export interface FolderFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Calls `write` with a new folder beside `target`, and puts that folder in the target's place when
 * it returns. An abort of `signal` before that leaves the target as it was; whoever passes it
 * passes it to `write` too.
 * @throws InputError when the target cannot be replaced or written, the signal's reason, or
 * whatever `write` throws.
 */
export async function writeFolder<T>(
  target: string,
  existing: Existing,
  write: (folder: string) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const path = target.replace(/\/+$/, "");
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name === "" || name === "." || name === "..") {
    throw new InputError({
      doing: `writing ${show(target)}`,
      found: "it is no folder that can be replaced",
      wanted: "a folder of its own",
    });
  }
  if (existing !== "keep") await checkTarget(path, existing.owned);
  const staging = `${parentOf(path)}/.${name}.${crypto.randomUUID()}.partial`;
  try {
    await told(path, () => Deno.mkdir(staging, { recursive: true }));
    const result = await write(staging);
    await told(path, () => flushAll(staging));
    signal?.throwIfAborted();
    if (existing !== "keep") await checkTarget(path, existing.owned);
    await told(
      path,
      () => existing === "keep" ? moveUnlessThere(staging, path) : replace(staging, path),
    );
    return result;
  } finally {
    await Deno.remove(staging, { recursive: true }).catch(() => {});
  }
}

/**
 * Writes files into a folder, one after the other: each is asked for when the one before is
 * written. @throws InputError when one cannot be written, or the signal's reason.
 */
export async function writeFiles(
  folder: string,
  files: Iterable<FolderFile>,
  signal?: AbortSignal,
): Promise<void> {
  for (const { path, bytes } of files) {
    signal?.throwIfAborted();
    await writeAtomic(`${folder}/${path}`, bytes);
  }
}

async function checkTarget(path: string, owned: readonly string[]): Promise<void> {
  const info = await Deno.lstat(path).catch(() => undefined);
  if (info === undefined) return;
  const doing = `writing ${path}`;
  const next = "choose another folder with --out, or move what is there away";
  if (!info.isDirectory) {
    throw new InputError({ doing, found: "it is not a folder", wanted: "a folder", next });
  }
  for await (const entry of Deno.readDir(path)) {
    if (!owned.includes(entry.name)) {
      throw new InputError({
        doing,
        found: `the folder holds ${show(entry.name)}, which would be lost`,
        wanted: `a new folder, or one with ${owned.join(", ")} only`,
        next,
      });
    }
  }
}

/** One rename; a folder that is there by now stays. */
async function moveUnlessThere(staging: string, path: string): Promise<void> {
  try {
    await Deno.rename(staging, path);
  } catch (error) {
    const made = await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false);
    if (!made) throw error;
  }
  await flushFolder(parentOf(path));
}

/**
 * Two renames: no folder can be renamed over one that is not empty. They are synchronous, so that
 * no signal comes between.
 */
async function replace(staging: string, path: string): Promise<void> {
  const old = `${staging}.old`;
  let moved = false;
  try {
    Deno.renameSync(path, old);
    moved = true;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  try {
    Deno.renameSync(staging, path);
  } catch (error) {
    if (moved) Deno.renameSync(old, path);
    throw error;
  }
  await flushFolder(parentOf(path));
  // the new folder is in its place; what cannot be removed of the old one takes room only
  if (moved) await Deno.remove(old, { recursive: true }).catch(() => {});
}

/** Flushes every file below a folder, so that a power cut after the rename finds them whole. */
async function flushAll(folder: string): Promise<void> {
  await flushFolder(folder);
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) await flushAll(path);
    else {
      using file = await Deno.open(path, { read: true, write: true });
      await file.sync();
    }
  }
}

async function told(path: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    throw writeError(path, error);
  }
}

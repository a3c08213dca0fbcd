/**
 * Writes a whole folder or none of it: into a folder beside the target, flushed to the disk, then
 * renamed into its place. A full disk, an error or an interrupt leaves the target as it was; a kill
 * between the two renames of a replacement leaves both, and the next writer finishes it.
 */
import { dirname } from "node:path";
import { InputError, show } from "../errors/input_error.ts";
import { flushFolder, writeAtomic, writeError } from "./atomic.ts";
import { host } from "./host.ts";
import { inScratch, type Scratch } from "./scratch.ts";

/** What is done with a folder that is in the target's place. */
export type Existing =
  /** The new one replaces it, unless it holds names that are not `owned`: then it is refused. */
  | { readonly owned: readonly string[] | ((name: string) => boolean) }
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
  return await inScratch(dirname(path), name, async (scratch) => {
    const result = await write(scratch.fresh);
    await told(path, () => flushAll(scratch.fresh));
    signal?.throwIfAborted();
    if (existing !== "keep") await checkTarget(path, existing.owned);
    await told(
      path,
      () => existing === "keep" ? moveUnlessThere(scratch.fresh, path) : replace(scratch, path),
    );
    return result;
  });
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

/** @throws InputError when `path` is no folder, or one that holds what is not ours to replace. */
export async function checkTarget(
  path: string,
  owned: readonly string[] | ((name: string) => boolean),
): Promise<void> {
  const info = await host.lstat(path).catch(() => undefined);
  if (info === undefined) return;
  const doing = `writing ${path}`;
  const next = "choose another folder with --out, or move what is there away";
  if (!info.isDirectory) {
    throw new InputError({ doing, found: "it is not a folder", wanted: "a folder", next });
  }
  const isOwned = typeof owned === "function" ? owned : (name: string) => owned.includes(name);
  const wanted = typeof owned === "function"
    ? "a new folder, or one that holds nothing else than this program's files"
    : `a new folder, or one with ${owned.join(", ")} only`;
  for (const name of await namesIn(path)) {
    if (isOwned(name)) continue;
    const found = `the folder holds ${show(name)}, which would be lost`;
    throw new InputError({ doing, found, wanted, next });
  }
}

/** What a folder holds; nothing where another writer has just moved it away. */
async function namesIn(path: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(host.readDir(path))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof host.errors.NotFound) return [];
    throw error;
  }
}

/** One rename; a folder that is there by now stays. */
async function moveUnlessThere(staging: string, path: string): Promise<void> {
  try {
    await host.rename(staging, path);
  } catch (error) {
    const made = await host.stat(path).then(({ isDirectory }) => isDirectory, () => false);
    if (!made) throw error;
  }
  await flushFolder(dirname(path));
}

/** Renames of other writers of the same folder that one writer gives way to. */
const MOST_TRIES = 100;

/**
 * Two renames: no folder can be renamed over one that is not empty. They are synchronous, so that
 * no signal comes between; where another writer's came between, it is replaced in turn.
 */
async function replace({ fresh, old }: Scratch, path: string): Promise<void> {
  for (let tries = 1;; tries++) {
    const moved = moveAway(path, tries === 1 ? old : `${old}.${tries}`);
    try {
      host.renameSync(fresh, path);
      break;
    } catch (error) {
      if (moved !== undefined) moveBack(moved, path);
      if (tries === MOST_TRIES || !isTaken(error)) throw error;
    }
  }
  await flushFolder(dirname(path));
}

/** Where the folder was moved to; none where there was none. */
function moveAway(path: string, to: string): string | undefined {
  try {
    host.renameSync(path, to);
    return to;
  } catch (error) {
    if (error instanceof host.errors.NotFound) return undefined;
    throw error;
  }
}

function moveBack(from: string, path: string): void {
  try {
    host.renameSync(from, path);
  } catch { /* another writer's is in its place */ }
}

/** Whether a folder could not be renamed because another one is in the place. */
function isTaken(error: unknown): boolean {
  return error instanceof host.errors.AlreadyExists ||
    (error as { readonly code?: string }).code === "ENOTEMPTY";
}

/** Flushes every file below a folder, so that a power cut after the rename finds them whole. */
async function flushAll(folder: string): Promise<void> {
  for await (const entry of host.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) await flushAll(path);
    else {
      using file = await host.open(path, { read: true, write: true });
      await file.sync();
    }
  }
  await flushFolder(folder);
}

async function told(path: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    throw writeError(path, error);
  }
}

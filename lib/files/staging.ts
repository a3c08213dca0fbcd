/**
 * Writes a whole folder or none of it: into a folder beside the target, flushed to the disk, then
 * renamed over it. A full disk, an error or an interrupt leaves the target as it was.
 */
import { InputError, messageOf, show } from "../errors/input_error.ts";
import { parentOf } from "./atomic.ts";

/**
 * An interrupt that was asked for with a signal; a program ends with `exitCode` (128 + the signal's
 * number).
 */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode: number;

  constructor(signal: "SIGINT" | "SIGTERM") {
    super(`interrupted by ${signal}`);
    this.exitCode = signal === "SIGINT" ? 130 : 143;
  }
}

/**
 * Calls `write` with a new folder beside `target`, and puts that folder in the target's place when
 * it returns. `owned` are the names that this program writes into such a folder: a target that
 * holds anything else is refused before and not replaced. While it runs, SIGINT and SIGTERM abort
 * the signal that `write` is given; a second one ends the process at once.
 * @throws InputError when the target cannot be replaced or written, Interrupted after a signal, or
 * whatever `write` throws.
 */
export async function writeFolder<T>(
  target: string,
  owned: readonly string[],
  write: (folder: string, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const path = target.replace(/\/+$/, "");
  const parent = parentOf(path);
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name === "" || name === "." || name === "..") {
    throw new InputError({
      doing: `writing ${show(target)}`,
      found: "it is no folder that can be replaced",
      wanted: "a folder of its own",
    });
  }
  await checkTarget(path, owned);
  const staging = `${parent}/.${name}.${crypto.randomUUID()}.partial`;
  const controller = new AbortController();
  const release = onSignals((signal) => controller.abort(new Interrupted(signal)));
  try {
    await told(path, () => Deno.mkdir(staging, { recursive: true }));
    const result = await write(staging, controller.signal);
    await told(path, () => flush(staging));
    controller.signal.throwIfAborted();
    await checkTarget(path, owned);
    await told(path, () => Promise.resolve(replace(staging, path)));
    return result;
  } finally {
    await Deno.remove(staging, { recursive: true }).catch(() => {});
    release();
  }
}

async function checkTarget(path: string, owned: readonly string[]): Promise<void> {
  const info = await Deno.lstat(path).catch(() => undefined);
  if (info === undefined) return;
  const next = "choose another folder with --out, or move what is there away";
  if (!info.isDirectory) {
    throw new InputError({
      doing: `writing ${path}`,
      found: "it is not a folder",
      wanted: "a folder",
      next,
    });
  }
  for await (const entry of Deno.readDir(path)) {
    if (!owned.includes(entry.name)) {
      const found = `the folder holds ${show(entry.name)}, which would be lost`;
      throw new InputError({
        doing: `writing ${path}`,
        found,
        wanted: `a new folder, or one with ${owned.join(", ")} only`,
        next,
      });
    }
  }
}

/**
 * Two renames: no folder can be renamed over one that is not empty. They are synchronous, so that
 * no signal comes between.
 */
function replace(staging: string, path: string): void {
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
  syncFolder(parentOf(path));
  try {
    if (moved) Deno.removeSync(old, { recursive: true });
  } catch { /* the new folder is in its place; what is left of the old one takes room only */ }
}

/** Makes renames in a folder last over a power cut, where the system can flush a folder. */
function syncFolder(folder: string): void {
  try {
    using handle = Deno.openSync(folder);
    handle.syncSync();
  } catch { /* Windows opens no folders */ }
}

/** Flushes every file below a folder, so that a power cut after the rename finds them whole. */
async function flush(folder: string): Promise<void> {
  syncFolder(folder);
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) await flush(path);
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
    throw new InputError({
      doing: `writing ${path}`,
      found: messageOf(error),
      wanted: "a folder with room that may be written",
      next:
        "free some space or choose another folder with --out; what was there before is untouched",
    }, { cause: error });
  }
}

function onSignals(act: (signal: "SIGINT" | "SIGTERM") => void): () => void {
  const handlers = (["SIGINT", "SIGTERM"] as const).filter((signal) =>
    signal === "SIGINT" || Deno.build.os !== "windows"
  )
    .map((signal) => ({
      signal,
      handle: () => {
        release(); // a second signal finds no handler and ends the process
        act(signal);
      },
    }));
  const release = () => {
    for (const { signal, handle } of handlers) Deno.removeSignalListener(signal, handle);
  };
  for (const { signal, handle } of handlers) Deno.addSignalListener(signal, handle);
  return release;
}

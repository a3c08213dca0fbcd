/**
 * Locks between processes. The operating system drops one with its owner, however that ends; the
 * empty file stays and means nothing.
 */
import { dirname } from "node:path";
import { InputError, messageOf } from "../errors/input_error.ts";
import { host, type HostFile } from "./host.ts";
import { checkWritable } from "./permitted.ts";

/** A lock that is held until it is released or the process ends. */
export interface Lock {
  /** Whether its file is still in its place: a folder that was removed or moved is not held. */
  isThere(): Promise<boolean>;
  release(): void;
}

/** How a program waits for a lock that another one holds. */
export interface Patience {
  /** Called once, when the wait has lasted a second. */
  readonly waits: (path: string) => void;
  /** Called while it waits; what it throws ends the wait. */
  readonly goOn: () => void;
}

/** Milliseconds between two tries: short for the next in turn, long for who waits long. */
const FIRST_PAUSE_MS = 4;
const LONGEST_PAUSE_MS = 100;
const SAID_AFTER_MS = 1000;

/**
 * Waits for the lock file `path`. @throws InputError when it cannot be made, or what `patience`
 * throws.
 */
export async function lock(path: string, patience?: Patience): Promise<Lock> {
  const begin = performance.now();
  let said = false;
  for (let pause = FIRST_PAUSE_MS;; pause = Math.min(1.5 * pause, LONGEST_PAUSE_MS)) {
    const taken = await tryLock(path);
    if (taken !== undefined) return taken;
    patience?.goOn();
    if (!said && performance.now() - begin > SAID_AFTER_MS) {
      said = true;
      patience?.waits(path);
    }
    // by chance a little longer or shorter, so that a crowd does not ask in step
    await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
  }
}

/**
 * Takes the lock file `path`, or gives none when another holds it. @throws InputError when it
 * cannot be made.
 */
export async function tryLock(path: string): Promise<Lock | undefined> {
  let file: HostFile | undefined;
  try {
    await checkWritable(dirname(path));
    await checkPlain(path);
    file = await host.open(path, { write: true, create: true });
    const lock = await lockOpen(file, path);
    if (lock === undefined) file.close();
    return lock;
  } catch (error) {
    try {
      file?.close();
    } catch { /* closed already */ }
    if (error instanceof InputError) throw error;
    throw new InputError({
      doing: `locking ${path}`,
      found: messageOf(error),
      wanted: "a folder that may be written",
    }, { cause: error });
  }
}

/** Locks the open file `file` of the path `path`; none when another process holds it. */
export async function lockOpen(file: HostFile, path: string): Promise<Lock | undefined> {
  if (!await file.tryLock(true)) return undefined;
  return {
    async isThere() {
      const held = await file.stat();
      try {
        const there = await host.lstat(path);
        return held.ino === there.ino && held.dev === there.dev;
      } catch (error) {
        return !(error instanceof host.errors.NotFound);
      }
    },
    release: () => file.close(),
  };
}

async function checkPlain(path: string): Promise<void> {
  const info = await host.lstat(path).catch(() => undefined);
  if (info?.isSymlink) throw new Error("it is a symbolic link");
  if (info !== undefined && !info.isFile) throw new Error("it is no plain file");
}

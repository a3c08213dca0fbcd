/**
 * Folders that exist while something is made: `.<name>.<UUID>.partial` beside what will be there,
 * with a lock inside that tells a living owner's from a dead one's. What a dead one left is
 * removed, after a replacement that was cut short has been finished.
 */
import { basename, dirname } from "node:path";
import { host } from "./host.ts";
import { tryLock } from "./lock.ts";
import { checkWritable } from "./permitted.ts";
import { flushFolder, writeError } from "./atomic.ts";

/** A folder to make something in, and the place to move what it replaces to. */
export interface Scratch {
  /** Empty. */
  readonly fresh: string;
  /** Not there. Once it is, `fresh` must be whole: recovery puts it in its place. */
  readonly old: string;
}

const FRESH = "new";
const OLD = "old";
const LOCK = "lock";

/** The names of scratch folders; versions up to 0.1.0 put the replaced folder beside them. */
const NAME = /^\.(?<target>.+)\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.partial(?<old>\.old)?$/;
/** No writer of a version without locks takes so long. */
const ABANDONED_MS = 86_400_000;

/**
 * Calls `use` with a scratch folder in `parent` for something named `name`, and removes it
 * afterwards; recovers what dead processes left in `parent` first.
 * @throws InputError when none can be made there, or what `use` throws.
 */
export async function inScratch<T>(
  parent: string,
  name: string,
  use: (scratch: Scratch) => Promise<T>,
): Promise<T> {
  await checkWritable(parent);
  await recover(parent);
  const { folder, release } = await makeScratch(parent, name);
  try {
    return await use({ fresh: `${folder}/${FRESH}`, old: `${folder}/${OLD}` });
  } finally {
    await host.remove(folder, { recursive: true }).catch(() => {});
    release();
  }
}

async function makeScratch(parent: string, name: string) {
  try {
    await host.mkdir(parent, { recursive: true });
    for (;;) {
      const folder = `${parent}/.${name}.${crypto.randomUUID()}.partial`;
      await host.mkdir(folder);
      const held = await tryLock(`${folder}/${LOCK}`).catch(() => "none" as const);
      const release = () => held !== "none" && held?.release();
      const isOurs = held === "none" ? await isThere(folder) : await held?.isThere();
      if (isOurs) {
        await makeFresh(folder).catch((error) => {
          release();
          throw error;
        });
        return { folder, release };
      }
      release(); // a sweep took the folder before it was locked
    }
  } catch (error) {
    throw writeError(`${parent}/${name}`, error);
  }
}

async function makeFresh(folder: string): Promise<void> {
  try {
    await host.mkdir(`${folder}/${FRESH}`);
  } catch (error) {
    await host.remove(folder, { recursive: true }).catch(() => {});
    throw error;
  }
}

/**
 * Finishes the replacements in the folder `parent` that were cut short between their two renames,
 * and removes the scratch folders of dead processes. Best effort: what cannot be removed takes room
 * only.
 */
export async function recover(parent: string): Promise<void> {
  const isAllowed = await checkWritable(parent).then(() => true, () => false);
  if (!isAllowed) return;
  for (const name of await namesIn(parent)) {
    const { target, old } = NAME.exec(name)?.groups ?? {};
    if (target === undefined) continue;
    try {
      if (old === undefined) await recoverScratch(`${parent}/${name}`, `${parent}/${target}`);
      else await recoverOlder(`${parent}/${name.slice(0, -OLD.length - 1)}`, `${parent}/${target}`);
    } catch { /* another one recovers it, or it stays */ }
  }
}

/** The scratch folder of a replacement of `target` that was cut short and waits to be finished. */
export async function cutShort(target: string): Promise<string | undefined> {
  const parent = dirname(target);
  for (const name of await namesIn(parent)) {
    const found = NAME.exec(name)?.groups;
    if (found?.target !== basename(target)) continue;
    const folder = `${parent}/${name}`;
    if (await isThere(`${folder}/${OLD}`) && await isThere(`${folder}/${FRESH}`)) return folder;
  }
  return undefined;
}

async function recoverScratch(folder: string, target: string): Promise<void> {
  const names = await namesIn(folder);
  if (!names.includes(LOCK)) return await recoverUnlocked(folder, names, target);
  const held = await tryLock(`${folder}/${LOCK}`);
  if (held === undefined) return;
  try {
    await finish(`${folder}/${FRESH}`, `${folder}/${OLD}`, target);
    await host.remove(folder, { recursive: true });
  } finally {
    held.release();
  }
}

/** A folder of an owner that was ended before it had a lock, or while it was removed. */
async function recoverUnlocked(
  folder: string,
  names: readonly string[],
  target: string,
): Promise<void> {
  if (names.length === 0) return await host.remove(folder); // not if its owner is just locking it
  const isOurs = names.every((name) => name === FRESH || name.startsWith(OLD));
  if (isOurs) await finish(`${folder}/${FRESH}`, `${folder}/${OLD}`, target);
  if (isOurs || await isAbandoned(folder)) await host.remove(folder, { recursive: true });
}

/** The two folders of a version without locks: `folder` was whole before `folder.old` was there. */
async function recoverOlder(folder: string, target: string): Promise<void> {
  const old = `${folder}.${OLD}`;
  await finish(folder, old, target);
  if (await isThere(target) || await isAbandoned(old)) await host.remove(old, { recursive: true });
}

/** The second rename of a replacement whose first one is done. */
async function finish(fresh: string, old: string, target: string): Promise<void> {
  if (await isThere(target) || !await isThere(old) || !await isThere(fresh)) return;
  await host.rename(fresh, target);
  await flushFolder(dirname(target));
}

async function isAbandoned(folder: string): Promise<boolean> {
  const { mtime } = await host.stat(folder);
  return mtime !== null && Date.now() - mtime.getTime() > ABANDONED_MS;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(host.readDir(folder))).map(({ name }) => name);
  } catch {
    return [];
  }
}

async function isThere(path: string): Promise<boolean> {
  return await host.lstat(path).then(() => true, () => false);
}

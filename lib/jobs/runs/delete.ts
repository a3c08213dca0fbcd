/**
 * Deletes a run's folder: moved away under its lock first, so that whatever reads runs sees it
 * whole or not at all; what a kill leaves of it is no run, and the next deletion takes it away.
 */
import { dirname } from "node:path/posix";
import { InputError, messageOf } from "../../errors/input_error.ts";
import { flushFolder } from "../../files/atomic.ts";
import { folderWithin } from "../../files/confine.ts";
import { tryLock } from "../../files/lock.ts";
import type { FoundRun } from "./find.ts";

/** How the folder of a run that is being deleted begins; no tag does. */
const MARK = ".deleted-";

/**
 * Deletes the run. @throws InputError when a process works on it, when its folder is a link or a
 * link leads it out of its project, and when it cannot be removed: then it is as it was.
 */
export async function deleteRun({ root, folder, tag }: FoundRun): Promise<void> {
  const doing = `deleting the run ${folder}`;
  const outDir = folder.slice(root === "." ? 0 : root.length + 1);
  await folderWithin(root, outDir);
  if ((await Deno.lstat(folder)).isSymlink) {
    throw new InputError({ doing, found: "it is a link", wanted: "the run's own folder" });
  }
  const held = await tryLock(`${folder}/.lock`);
  if (held === undefined) {
    throw new InputError({
      doing,
      found: "a process works on it",
      wanted: "a run that nobody works on",
      next: "stop that process, or wait for its end",
    });
  }
  const away = `${dirname(folder)}/${MARK}${tag}-${crypto.randomUUID().slice(0, 8)}`;
  try {
    await Deno.rename(folder, away); // with its lock: who waits for it finds the folder gone
    await flushFolder(dirname(folder));
  } catch (error) {
    throw new InputError({ doing, found: messageOf(error), wanted: "a folder that may be moved" }, {
      cause: error,
    });
  } finally {
    held.release();
  }
  await clear(away, doing);
}

/** Takes away what killed deletions left beside these runs. */
export async function clearDeleted(runs: readonly FoundRun[]): Promise<void> {
  for (const place of new Set(runs.map(({ folder }) => dirname(folder)))) {
    for await (const { name, isDirectory } of Deno.readDir(place)) {
      if (isDirectory && name.startsWith(MARK)) {
        await clear(`${place}/${name}`, `clearing ${place}/${name}`);
      }
    }
  }
}

/** Removes a folder; links in it are removed, never what they lead to. */
async function clear(folder: string, doing: string): Promise<void> {
  try {
    await Deno.remove(folder, { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return; // another deletion was faster
    throw new InputError({ doing, found: messageOf(error), next: `remove ${folder} by hand` }, {
      cause: error,
    });
  }
}

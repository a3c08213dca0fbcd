/**
 * The folders in a run's folder: what a start makes of them, and what an end leaves. A finished
 * run's folder holds the same files whether its run was killed on the way or not.
 */
import { sweepTemporaries, writeError } from "../files/atomic.ts";
import { folderWithin } from "../files/confine.ts";
import { host } from "../files/host.ts";

/** A run's folder `outDir`, relative to the project's. */
interface RunFolder {
  readonly root: string;
  readonly outDir: string;
}

const CHECKPOINTS = "checkpoints";
/** What a start makes. Whatever is written into a run's folder later makes no folder in it. */
const MADE = ["models", CHECKPOINTS];
/** Where what writes may leave a temporary file when it is killed. */
const WRITTEN = ["", ...MADE, "evaluations"];

/**
 * Makes the folders in the folder of a run that this process holds, after removing what its dead
 * owners left. Later on nothing makes them: a run whose folder was removed must not make a part of
 * it again.
 */
export async function makeSubfolders(run: RunFolder): Promise<void> {
  await sweepRunFolder(run, true);
  for (const name of MADE) {
    const path = `${run.outDir}/${name}`;
    await folderWithin(run.root, path); // it may be a link by now
    try {
      await host.mkdir(`${run.root}/${path}`); // not recursive: the run's folder must be there
    } catch (error) {
      if (error instanceof host.errors.AlreadyExists) continue;
      throw writeError(`${run.root}/${path}`, error);
    }
  }
}

/**
 * Removes the temporary files that dead writers left in a run's folder. `isHeld`: this process
 * alone writes there. Best effort: what cannot be removed takes room only.
 */
export async function sweepRunFolder({ root, outDir }: RunFolder, isHeld = false): Promise<void> {
  for (const name of WRITTEN) {
    await sweepFolder(root, name === "" ? outDir : `${outDir}/${name}`, isHeld);
  }
}

/** As `sweepRunFolder`, for any folder of a project. */
export async function sweepFolder(root: string, folder: string, isHeld = false): Promise<void> {
  try {
    await folderWithin(root, folder); // nothing is removed behind a link
    await sweepTemporaries(`${root}/${folder}`, isHeld);
  } catch { /* whoever writes there says what is wrong */ }
}

/** Removes the checkpoints of a run that is about to be finished: it needs none any more. */
export async function removeCheckpointFolder({ root, outDir }: RunFolder): Promise<void> {
  const path = `${outDir}/${CHECKPOINTS}`;
  try {
    await folderWithin(root, path);
    await host.remove(`${root}/${path}`, { recursive: true });
  } catch { /* it takes room only */ }
}

/**
 * Takes up a run that was interrupted. Its progress is read once, when nobody else can change it.
 */
import { sweepTemporaries } from "../../files/atomic.ts";
import type { Lock } from "../../files/lock.ts";
import { InputError } from "../../errors/input_error.ts";
import { hasProgress, type Progress, readProgress } from "../../runs/progress.ts";
import { holdRun, NOTEBOOK, outDirOf, type RunIdentity, runTags } from "../../runs/run_folder.ts";

/** What a bare `--resume` stands for. */
const LATEST = "latest";

/** An interrupted run, and the lock that keeps others out of its folder. */
export interface Unfinished {
  readonly identity: RunIdentity;
  readonly progress: Progress;
  readonly held: Lock;
}

/**
 * The run that `--resume` names: a tag, or the newest unfinished one.
 * @throws InputError when there is none, when it is finished, damaged or somebody works on it.
 */
export async function takeUp(root: string, tag: string): Promise<Unfinished> {
  const unfinished = tag === LATEST ? await holdLatest(root) : await hold(root, tag);
  const { identity, progress, held } = unfinished;
  try {
    if (progress.status === "finished") {
      throw new InputError({
        doing: `resuming the run ${identity.runTag}`,
        found: "it is finished",
        wanted: "an interrupted run",
        next: "start a new run without --resume",
      });
    }
    for (const folder of ["", "/models", "/checkpoints"]) {
      await sweepTemporaries(`${root}/${identity.outDir}${folder}`, 0);
    }
    return unfinished;
  } catch (error) {
    held.release();
    throw error;
  }
}

/** The configuration file of a run's folder, whose flags it is resumed with. */
export function configFileOf({ identity: { root, outDir } }: Unfinished): string {
  return `${root}/${outDir}/config.json`;
}

async function hold(root: string, tag: string): Promise<Unfinished> {
  const outDir = outDirOf(tag);
  // Without its progress there is no run: the error says so before a lock is made.
  if (!await hasProgress(root, tag)) await readProgress(root, tag);
  const held = await holdRun({ root, outDir, runTag: tag });
  try {
    const progress = await readProgress(root, tag);
    const { run_id: runId, created_at: createdAt } = progress;
    return { identity: { runId, runTag: tag, createdAt, root, outDir }, progress, held };
  } catch (error) {
    held.release();
    throw error;
  }
}

/**
 * A folder without progress is one whose run was killed before it had begun, and is passed over.
 */
async function holdLatest(root: string): Promise<Unfinished> {
  const tags = await runTags(root);
  for (const tag of tags.toReversed()) {
    if (!await hasProgress(root, tag)) continue;
    const unfinished = await hold(root, tag);
    if (unfinished.progress.status === "running") return unfinished;
    unfinished.held.release();
  }
  throw new InputError({
    doing: "looking for a run to resume",
    found: `no unfinished run among ${tags.length} under ${root}/reports/${NOTEBOOK}`,
    wanted: "an interrupted run",
    next: "start one without --resume",
  });
}

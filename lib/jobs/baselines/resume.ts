/**
 * Takes up a run that was interrupted. Its progress is read once, when nobody else can change it.
 */
import type { Lock } from "../../files/lock.ts";
import { InputError } from "../../errors/input_error.ts";
import { runTags, stateOf } from "../../runs/order.ts";
import { hasProgress, type Progress, readProgress } from "../../runs/progress.ts";
import { checkPlaces, finishPublication, sweepScratch } from "../../runs/publish.ts";
import {
  holdRun,
  NOTEBOOK,
  outDirOf,
  type RunIdentity,
  type RunPlace,
} from "../../runs/run_folder.ts";
import type { Job } from "../job.ts";
import { patienceOf } from "./say.ts";

/** What a bare `--resume` stands for. */
const LATEST = "latest";

/** An interrupted run, and the lock that keeps others out of its folder. */
export interface Unfinished {
  readonly identity: RunIdentity;
  readonly progress: Progress;
  readonly held: Lock;
}

/**
 * What every start does first: ends the publication that a killed run left, and sweeps what dead
 * processes left. Returns the tag of the run that was published, if one was.
 * @throws InputError when the places of the newest run cannot be written.
 */
export async function settle(
  root: string,
  { terminal, signal }: Pick<Job<unknown>, "terminal" | "signal">,
): Promise<string | undefined> {
  await checkPlaces(root);
  await sweepScratch(root);
  const published = await finishPublication(root, patienceOf(terminal, signal));
  if (published !== undefined) {
    terminal.warn(
      `the run ${published} had finished and was ended before its copies were made; they are now`,
    );
  }
  return published;
}

/**
 * The run that `--resume` names: a tag, or the newest unfinished one. None when it is the run whose
 * publication this start has ended (`published`): nothing is left to do.
 * @throws InputError when there is none, when it is finished, damaged or somebody works on it.
 */
export async function takeUp(
  root: string,
  tag: string,
  published?: string,
  place: RunPlace = NOTEBOOK,
): Promise<Unfinished | undefined> {
  if (published !== undefined && published === tag) return undefined;
  const found = tag === LATEST ? await latestUnfinished(root, place) : tag;
  if (found === undefined) {
    if (published !== undefined) return undefined;
    throw new InputError({
      doing: "looking for a run to resume",
      found: `no unfinished run among ${
        (await runTags(root, place)).length
      } under ${root}/reports/${place}`,
      wanted: "an interrupted run",
      next: "start one without --resume",
    });
  }
  const unfinished = await hold(root, found, place);
  if (unfinished.progress.status === "running") return unfinished;
  unfinished.held.release();
  throw new InputError({
    doing: `resuming the run ${found}`,
    found: "it is finished",
    wanted: "an interrupted run",
    next: "start a new run without --resume",
  });
}

/** The configuration file of a run's folder, whose flags it is resumed with. */
export function configFileOf({ identity: { root, outDir } }: Unfinished): string {
  return `${root}/${outDir}/config.json`;
}

async function hold(root: string, tag: string, place: RunPlace): Promise<Unfinished> {
  const outDir = outDirOf(tag, place);
  // Without its progress there is no run: the error says so before a lock is made.
  if (!await hasProgress(root, tag, place)) await readProgress(root, tag, place);
  const held = await holdRun({ root, outDir, runTag: tag });
  try {
    const progress = await readProgress(root, tag, place);
    const { run_id: runId, created_at: createdAt } = progress;
    return { identity: { runId, runTag: tag, createdAt, root, outDir }, progress, held };
  } catch (error) {
    held.release();
    throw error;
  }
}

/**
 * The newest unfinished run's tag. A folder without progress is one whose run was killed before it
 * had begun, and is passed over; so is one that was copied or renamed.
 */
async function latestUnfinished(
  root: string,
  place: RunPlace,
): Promise<string | undefined> {
  for (const tag of (await runTags(root, place)).toReversed()) {
    if (await stateOf(root, tag, place) === "unfinished") return tag;
  }
  return undefined;
}

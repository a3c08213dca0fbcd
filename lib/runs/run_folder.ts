/**
 * A run's own folder: reports/<notebook>/<YYYYMMDD_HHMMSS>/, the time in UTC, made so that no two
 * runs ever share one.
 */
import { within } from "../files/confine.ts";
import { host } from "../files/host.ts";
import { type Lock, tryLock } from "../files/lock.ts";
import { InputError, messageOf, show } from "../errors/input_error.ts";
import { makeSubfolders } from "./subfolders.ts";

/** The notebook whose place in the project a run takes. */
export const NOTEBOOK = "06_base_model_selection_xuetangx";

/** The place of few-shot runs. */
export const FEWSHOT = "fewshot";

/** Whose runs: the folder of `reports/` in which they lie. */
export type RunPlace = typeof NOTEBOOK | typeof FEWSHOT;

/** Who a run is and where it writes. Paths are relative to the project's folder `root`. */
export interface RunIdentity {
  readonly runId: string;
  readonly runTag: string;
  /**
   * When it began: ISO 8601 to seconds, in UTC (versions up to 0.1.0: local time without a zone).
   */
  readonly createdAt: string;
  readonly root: string;
  /** The run's folder, relative to root. */
  readonly outDir: string;
}

/**
 * The folder of the run `tag`, relative to the project's. @throws InputError when that is no tag.
 */
export function outDirOf(tag: string, place: RunPlace = NOTEBOOK): string {
  if (!isTag(tag)) {
    throw new InputError({
      doing: "looking for a run",
      found: `the tag ${show(tag)}`,
      wanted: "one such as 20260130_075435",
      next: `name a folder of reports/${place}`,
    });
  }
  return `reports/${place}/${tag}`;
}

/** Whether a name is one that `createRunFolder` gives. */
export function isTag(name: string): boolean {
  return /^\d{8}_\d{6}(_\d{1,9})?$/.test(name);
}

/**
 * Makes the folder of a new run. A second run in the same second gets the tag with `_2`, and so on.
 */
export async function createRunFolder(
  root: string,
  now = new Date(),
  place: RunPlace = NOTEBOOK,
): Promise<RunIdentity> {
  return await makeRun(root, now, place, async (parent) => {
    const base = tagOf(now);
    for (let n = 1;; n++) {
      const tag = n === 1 ? base : `${base}_${n}`;
      if (await makeNew(`${root}/${parent}/${tag}`)) return tag;
    }
  });
}

/**
 * Makes the folder of a run whose tag is given, or takes the one that was made before its run had
 * begun. Whoever calls sees to it that nobody else does.
 */
export async function claimRunFolder(
  root: string,
  tag: string,
): Promise<RunIdentity> {
  return await makeRun(root, new Date(), NOTEBOOK, async () => {
    await makeNew(`${root}/${outDirOf(tag)}`);
    return tag;
  });
}

/** Makes a run's folder below its place's, by `make`, and what lies in it. */
async function makeRun(
  root: string,
  now: Date,
  place: RunPlace,
  make: (parent: string) => Promise<string>,
): Promise<RunIdentity> {
  const parent = `reports/${place}`;
  await within(root, `${parent}/${tagOf(now)}`);
  try {
    await host.mkdir(`${root}/${parent}`, { recursive: true });
    const runTag = await make(parent);
    const outDir = `${parent}/${runTag}`;
    await makeSubfolders({ root, outDir });
    const runId = crypto.randomUUID().replaceAll("-", "");
    return { runId, runTag, createdAt: isoUtc(now), root, outDir };
  } catch (error) {
    throw new InputError({
      doing: `making the run's folder under ${root}/${parent}`,
      found: messageOf(error),
      wanted: "a folder that may be written",
      next: "choose another with --out",
    }, { cause: error });
  }
}

/** Makes a folder; false where there is one, another run's. */
async function makeNew(path: string): Promise<boolean> {
  try {
    await host.mkdir(path); // not recursive: fails when another run has it
    return true;
  } catch (error) {
    if (error instanceof host.errors.AlreadyExists) return false;
    throw error;
  }
}

/** Keeps a run's folder for this process. @throws InputError when another one works in it. */
export async function holdRun(
  { root, outDir, runTag }: Pick<RunIdentity, "root" | "outDir" | "runTag">,
): Promise<Lock> {
  const held = await tryLock(await within(root, `${outDir}/.lock`));
  if (held !== undefined) return held;
  throw new InputError({
    doing: `resuming the run ${runTag}`,
    found: "another process is working on it",
    wanted: "a run that nobody works on",
    next: "wait for its end, or name another run's tag",
  });
}

/** 20260130_075435, in UTC. */
export function tagOf(time: Date): string {
  return isoUtc(time).replace(/[-:Z]/g, "").replace("T", "_");
}

/** 2026-01-30T07:54:35Z. */
export function isoUtc(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

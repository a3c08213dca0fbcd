/**
 * The run log meta.json: one entry a run, in the order in which runs began, whoever writes at the
 * same time. Writers take turns by a lock that the operating system drops when its owner dies; a
 * damaged log is set aside, never overwritten, and one of a newer version is left alone.
 */
import { InputError } from "../errors/input_error.ts";
import { writeError, writeJson } from "../files/atomic.ts";
import { within } from "../files/confine.ts";
import { host } from "../files/host.ts";
import { readBytes, readBytesIfThere } from "../files/input_file.ts";
import { decodeJson, isRecord } from "../files/json.ts";
import { lock, type Patience } from "../files/lock.ts";
import { isoUtc, NOTEBOOK, type RunIdentity, type RunPlace } from "./run_folder.ts";

/** One run in the log. */
export interface RunLogEntry {
  readonly run_id: string;
  readonly notebook: string;
  readonly run_tag: string;
  readonly out_dir: string;
  readonly created_at: string;
  /** Whether its data are synthetic; older versions did not say. */
  readonly data?: object;
}

/** The file. */
export interface RunLog {
  readonly schema_version: 1;
  readonly runs: readonly RunLogEntry[];
}

/**
 * Adds a run; `data` says whether its data are synthetic. Returns where a damaged log was put, if
 * there was one. @throws InputError when it cannot be read or written, or is of a newer version;
 * what `patience` throws while it waits.
 */
export async function logRun(
  identity: RunIdentity,
  data: object,
  patience?: Patience,
  place: RunPlace = NOTEBOOK,
): Promise<string | undefined> {
  const { root } = identity;
  const path = `${root}/meta.json`;
  const turn = await lock(`${path}.lock`, patience);
  try {
    const { log, setAside } = await readOrSetAside(root, path);
    const entry = entryOf(identity, data, place);
    const temporary = `${path}.tmp`; // of no random name: the program may write this one only
    await writeJson(path, { ...log, runs: [...log.runs, entry] }, { temporary });
    return setAside;
  } finally {
    turn.release();
  }
}

/** The entry of a run. */
export function entryOf(
  { runId, runTag, outDir, createdAt }: RunIdentity,
  data: object,
  place: RunPlace = NOTEBOOK,
): RunLogEntry {
  return {
    run_id: runId,
    notebook: place,
    run_tag: runTag,
    out_dir: outDir,
    created_at: createdAt,
    data,
  };
}

/**
 * Adds the runs that the log does not have, all at once and without a lock: for one process alone,
 * whose file system may have none. Returns where a damaged log was put, if there was one.
 * @throws InputError when it cannot be read or written, or is of a newer version.
 */
export async function logAlone(
  root: string,
  entries: readonly RunLogEntry[],
): Promise<string | undefined> {
  const path = `${root}/meta.json`;
  const { log, setAside } = await readOrSetAside(root, path);
  const known = new Set(log.runs.map(({ run_id }) => run_id));
  const missing = entries.filter(({ run_id }) => !known.has(run_id));
  if (missing.length > 0) await writeJson(path, { ...log, runs: [...log.runs, ...missing] });
  return setAside;
}

/**
 * The run log of a project folder; empty when there is none yet. @throws InputError when it is
 * damaged or cannot be read.
 */
export async function readRunLog(root: string): Promise<RunLog> {
  const path = `${root}/meta.json`;
  const log = await readOrDamaged(path);
  if (log === undefined) {
    throw new InputError({
      doing: `reading ${path}`,
      found: "it is not a run log",
      wanted: '{"schema_version": 1, "runs": [...]}',
      next: "the next run sets it aside and begins a new one",
    });
  }
  return log;
}

/**
 * Checks that a run can be added to the log, before anything of it is made. @throws InputError when
 * it cannot be read or is of a newer version.
 */
export async function checkRunLog(root: string): Promise<void> {
  await readOrDamaged(`${root}/meta.json`);
}

/**
 * Tags in the order of the log; none where it cannot be read. For readers, who go by the folders
 * where the log does not tell.
 */
export async function loggedTags(root: string): Promise<string[]> {
  const path = `${root}/meta.json`;
  try {
    const log = decodeJson(await readBytes(path, { doing: `reading ${path}` }));
    const runs = isRecord(log) && Array.isArray(log.runs) ? log.runs : [];
    return runs.map((run) => isRecord(run) ? run.run_tag : undefined).filter((tag) =>
      typeof tag === "string"
    );
  } catch {
    return [];
  }
}

/** The log, or undefined when the file holds something else. */
async function readOrDamaged(path: string): Promise<RunLog | undefined> {
  const expected = { doing: `reading ${path}`, wanted: "a readable run log" };
  const bytes = await readBytesIfThere(path, expected);
  if (bytes === undefined) return EMPTY;
  const log = parse(bytes);
  if (log !== "newer") return log;
  throw new InputError({
    doing: expected.doing,
    found: "a newer version of this program wrote it",
    wanted: "schema_version 1",
    next: "update this program, or choose another folder with --out; the run log is untouched",
  });
}

const EMPTY: RunLog = { schema_version: 1, runs: [] };

async function readOrSetAside(
  root: string,
  path: string,
): Promise<{ log: RunLog; setAside?: string }> {
  const log = await readOrDamaged(path);
  if (log !== undefined) return { log };
  const now = isoUtc(new Date()).replace(/[-:Z]/g, "");
  const setAside = await within(
    root,
    `reports/meta.json.damaged_${now}_${crypto.randomUUID().slice(0, 8)}`,
  );
  try {
    await host.rename(path, setAside);
  } catch (error) {
    throw writeError(setAside, error);
  }
  return { log: EMPTY, setAside };
}

function parse(bytes: Uint8Array): RunLog | "newer" | undefined {
  try {
    const value = decodeJson(bytes);
    if (isRecord(value) && Number.isSafeInteger(value.schema_version)) {
      if (value.schema_version as number > 1) return "newer";
    }
    return isShallow(value, MAX_DEPTH) && isRunLog(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Of an entry only its tag is read again, so that an entry may be any object. */
function isRunLog(value: unknown): value is RunLog {
  return isRecord(value) && value.schema_version === 1 && Array.isArray(value.runs) &&
    value.runs.every((run) => typeof run === "object" && run !== null);
}

/** A log that nests deeper than this is none: it could be read but not written again. */
const MAX_DEPTH = 20;

function isShallow(value: unknown, depth: number): boolean {
  return typeof value !== "object" || value === null ||
    (depth > 0 && Object.values(value).every((part) => isShallow(part, depth - 1)));
}

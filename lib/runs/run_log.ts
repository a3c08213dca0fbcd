/**
 * The run log meta.json: one entry a run, whoever writes at the same time. Writers take turns by a
 * lock that the operating system drops when its owner dies; a damaged log is set aside, never
 * overwritten.
 */
import { InputError, messageOf } from "../errors/input_error.ts";
import { writeJson } from "../files/atomic.ts";
import { within } from "../files/confine.ts";
import { decodeJson, isRecord } from "../files/json.ts";
import { lock } from "../files/lock.ts";
import { isoLocal, NOTEBOOK, type RunIdentity } from "./run_folder.ts";

/** One run in the log. */
export interface RunLogEntry {
  readonly run_id: string;
  readonly notebook: string;
  readonly run_tag: string;
  readonly out_dir: string;
  readonly created_at: string;
}

/** The file. */
export interface RunLog {
  readonly schema_version: 1;
  readonly runs: readonly RunLogEntry[];
}

/** Adds a run. Returns where a damaged log was put, if there was one. */
export async function logRun(
  { root, runId, runTag, outDir, createdAt }: RunIdentity,
): Promise<string | undefined> {
  const path = `${root}/meta.json`;
  const turn = await lock(`${path}.lock`);
  try {
    const { log, setAside } = await readOrSetAside(root, path);
    const entry: RunLogEntry = {
      run_id: runId,
      notebook: NOTEBOOK,
      run_tag: runTag,
      out_dir: outDir,
      created_at: createdAt,
    };
    await writeJson(path, { ...log, runs: [...log.runs, entry] }, `${path}.tmp`);
    return setAside;
  } finally {
    turn.release();
  }
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

/** The log, or undefined when the file holds something else. */
async function readOrDamaged(path: string): Promise<RunLog | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return EMPTY;
    throw new InputError({
      doing: `reading ${path}`,
      found: messageOf(error),
      wanted: "a readable run log",
    }, { cause: error });
  }
  return parse(bytes);
}

const EMPTY: RunLog = { schema_version: 1, runs: [] };

async function readOrSetAside(
  root: string,
  path: string,
): Promise<{ log: RunLog; setAside?: string }> {
  const log = await readOrDamaged(path);
  if (log !== undefined) return { log };
  const now = isoLocal(new Date()).replace(/[-:]/g, "");
  const setAside = await within(
    root,
    `reports/meta.json.damaged_${now}_${crypto.randomUUID().slice(0, 8)}`,
  );
  await Deno.rename(path, setAside);
  return { log: EMPTY, setAside };
}

function parse(bytes: Uint8Array): RunLog | undefined {
  try {
    const value = decodeJson(bytes);
    return isShallow(value, MAX_DEPTH) && isRunLog(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Fields of entries are never read again, so that an entry may be any object. */
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

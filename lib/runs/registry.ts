/**
 * The run registry meta.json: one entry a run, whoever writes at the same time. Writers take turns
 * by a lock that the operating system drops when its owner dies; a damaged registry is set aside,
 * never overwritten.
 */
import { InputError, messageOf } from "../errors/input_error.ts";
import { writeJson } from "../files/atomic.ts";
import { within } from "../files/confine.ts";
import { lock } from "../files/lock.ts";
import { isoLocal, NOTEBOOK, type RunIdentity } from "./run_folder.ts";

/** One run in the registry. */
export interface RegistryEntry {
  readonly run_id: string;
  readonly notebook: string;
  readonly run_tag: string;
  readonly out_dir: string;
  readonly created_at: string;
}

/** The file. */
export interface Registry {
  readonly schema_version: 1;
  readonly runs: readonly RegistryEntry[];
}

/** Adds a run. Returns where a damaged registry was put, if there was one. */
export async function register(
  { root, runId, runTag, outDir, createdAt }: RunIdentity,
): Promise<string | undefined> {
  const path = `${root}/meta.json`;
  const turn = await lock(`${path}.lock`);
  try {
    const { registry, setAside } = await readOrSetAside(root, path);
    const entry: RegistryEntry = {
      run_id: runId,
      notebook: NOTEBOOK,
      run_tag: runTag,
      out_dir: outDir,
      created_at: createdAt,
    };
    await writeJson(path, { ...registry, runs: [...registry.runs, entry] }, `${path}.tmp`);
    return setAside;
  } finally {
    turn.release();
  }
}

/**
 * The registry of a project folder; empty when there is none yet. @throws InputError when it is
 * damaged or cannot be read.
 */
export async function readRegistry(root: string): Promise<Registry> {
  const path = `${root}/meta.json`;
  const registry = await readOrDamaged(path);
  if (registry === undefined) {
    throw new InputError({
      doing: `reading ${path}`,
      found: "it is not a run registry",
      wanted: '{"schema_version": 1, "runs": [...]}',
      next: "the next run sets it aside and begins a new one",
    });
  }
  return registry;
}

/** The registry, or undefined when the file holds something else. */
async function readOrDamaged(path: string): Promise<Registry | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return EMPTY;
    throw new InputError({
      doing: `reading ${path}`,
      found: messageOf(error),
      wanted: "a readable registry",
    }, { cause: error });
  }
  return parse(bytes);
}

const EMPTY: Registry = { schema_version: 1, runs: [] };

async function readOrSetAside(
  root: string,
  path: string,
): Promise<{ registry: Registry; setAside?: string }> {
  const registry = await readOrDamaged(path);
  if (registry !== undefined) return { registry };
  const now = isoLocal(new Date()).replace(/[-:]/g, "");
  const setAside = await within(
    root,
    `reports/meta.json.damaged_${now}_${crypto.randomUUID().slice(0, 8)}`,
  );
  await Deno.rename(path, setAside);
  return { registry: EMPTY, setAside };
}

function parse(bytes: Uint8Array): Registry | undefined {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isShallow(value, MAX_DEPTH) && value?.schema_version === 1 &&
        Array.isArray(value.runs) &&
        value.runs.every((run: unknown) => typeof run === "object" && run !== null)
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}

/** A registry that nests deeper than this is none: it could be read but not written again. */
const MAX_DEPTH = 20;

function isShallow(value: unknown, depth: number): boolean {
  return typeof value !== "object" || value === null ||
    (depth > 0 && Object.values(value).every((part) => isShallow(part, depth - 1)));
}

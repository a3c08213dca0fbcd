/**
 * The run registry meta.json: one entry a run, whoever writes at the same time. Writers take turns by a lock that the operating system
 * drops when its owner dies; a damaged registry is set aside, never overwritten.
 */
import { InputError, messageOf } from "../errors/input_error.ts";
import { writeJson } from "./atomic.ts";
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
export async function register({ root, runId, runTag, outDir, createdAt }: RunIdentity): Promise<string | undefined> {
  const path = `${root}/meta.json`;
  let lock: Deno.FsFile;
  try {
    lock = await Deno.open(`${path}.lock`, { write: true, create: true });
    await lock.lock(true);
  } catch (error) {
    throw new InputError({ doing: `locking the registry ${path}`, found: messageOf(error), wanted: "a folder that may be written" }, {
      cause: error,
    });
  }
  try {
    const { registry, setAside } = await readOrSetAside(root, path);
    const entry: RegistryEntry = { run_id: runId, notebook: NOTEBOOK, run_tag: runTag, out_dir: outDir, created_at: createdAt };
    await writeJson(path, { ...registry, runs: [...registry.runs, entry] }, `${path}.tmp`);
    return setAside;
  } finally {
    lock.close();
  }
}

/** The registry of a project folder; empty when there is none yet. @throws InputError when it is damaged. */
export async function readRegistry(root: string): Promise<Registry> {
  const path = `${root}/meta.json`;
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { schema_version: 1, runs: [] };
    throw new InputError({ doing: `reading ${path}`, found: messageOf(error), wanted: "a readable registry" }, { cause: error });
  }
  const registry = parse(text);
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

async function readOrSetAside(root: string, path: string): Promise<{ registry: Registry; setAside?: string }> {
  try {
    return { registry: await readRegistry(root) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const setAside = `${root}/reports/meta.json.damaged_${isoLocal(new Date()).replace(/[-:]/g, "")}_${crypto.randomUUID().slice(0, 8)}`;
    await Deno.rename(path, setAside);
    return { registry: { schema_version: 1, runs: [] }, setAside };
  }
}

function parse(text: string): Registry | undefined {
  try {
    const value = JSON.parse(text);
    return value?.schema_version === 1 && Array.isArray(value.runs) &&
        value.runs.every((run: unknown) => typeof run === "object" && run !== null)
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}

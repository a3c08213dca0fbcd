/**
 * progress.json of an unfinished run: what it was asked, on which data, and which models are
 * fitted. Resuming compares the first two and skips the third.
 */
import { sha256 } from "../files/input_file.ts";
import type { Fingerprint } from "../files/input_file.ts";
import { InputError, messageOf, show } from "../errors/input_error.ts";
import { writeJson } from "../files/atomic.ts";
import { within } from "../files/confine.ts";
import { isTag, NOTEBOOK, outDirOf, type RunIdentity } from "./run_folder.ts";

/** A model that is fitted and saved, and how its training went. */
export interface FittedEntry {
  readonly file: Fingerprint;
  readonly training: {
    readonly seconds: number;
    readonly device?: string;
    readonly parameters?: number;
    readonly epoch_losses?: readonly number[];
  };
}

/** The document. */
export interface Progress {
  readonly status: "running" | "finished";
  readonly run_id: string;
  readonly run_tag: string;
  readonly created_at: string;
  /** Everything that decides the numbers, by name. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Every input file's hash, by its path relative to the data folder's. */
  readonly data: Readonly<Record<string, string>>;
  readonly models: Readonly<Record<string, FittedEntry>>;
}

const FILE = "progress.json";

/** Hash of what decides the numbers; checkpoints carry it. */
export async function keyOf(
  { settings, data }: Pick<Progress, "settings" | "data">,
): Promise<string> {
  return await sha256(new TextEncoder().encode(JSON.stringify([settings, data])));
}

/** Writes the document into the run's folder. */
export async function writeProgress(
  { root, outDir }: RunIdentity,
  progress: Progress,
): Promise<void> {
  await writeJson(await within(root, `${outDir}/${FILE}`), progress);
}

/** Reads a run's document. @throws InputError when it is not there or not one. */
export async function readProgress(root: string, tag: string): Promise<Progress> {
  const outDir = outDirOf(tag);
  const path = `${root}/${outDir}/${FILE}`;
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    throw new InputError({
      doing: `reading ${path}`,
      found: error instanceof Deno.errors.NotFound
        ? "there is no such file: the run does not exist or ended before it had begun"
        : messageOf(error),
      wanted: "the progress of a run",
      next:
        `name the tag of a run, a folder of reports/${NOTEBOOK}, or start a new one without --resume`,
    }, { cause: error });
  }
  return parseProgress(bytes, path, tag);
}

/**
 * Parses the document of run `tag`; `path` is for messages. @throws InputError naming the part that
 * is wrong.
 */
export function parseProgress(bytes: Uint8Array, path: string, tag: string): Progress {
  const doing = `reading ${path}`;
  const wanted = `the progress of run ${tag}`;
  const outDir = outDirOf(tag);
  const fail = (found: string, cause?: unknown): never => {
    throw new InputError({ doing, found, wanted, next: "start a new run without --resume" }, {
      cause,
    });
  };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    fail(`it is not JSON in UTF-8 (${show(messageOf(error))})`, error);
  }
  if (!isRecord(value)) return fail(`it holds ${show(value)}`);
  const { status, run_id, run_tag, created_at, settings, data, models } = value;
  if (status !== "running" && status !== "finished") return fail(`its status is ${show(status)}`);
  if (run_tag !== tag || typeof run_id !== "string" || typeof created_at !== "string") {
    return fail(`it is of the run ${show(run_tag)}`);
  }
  if (!isRecord(settings)) return fail(`its settings are ${show(settings)}`);
  if (!isRecord(data) || !Object.values(data).every((hash) => typeof hash === "string")) {
    return fail(`its data are ${show(data)}`);
  }
  if (!isRecord(models)) return fail(`its models are ${show(models)}`);
  for (const [name, entry] of Object.entries(models)) {
    if (!isFitted(entry, outDir)) fail(`its model ${show(name)} is ${show(entry)}`);
  }
  return value as unknown as Progress;
}

function isFitted(entry: unknown, outDir: string): entry is FittedEntry {
  if (!isRecord(entry) || !isRecord(entry.file) || !isRecord(entry.training)) return false;
  const { path, bytes, sha256 } = entry.file;
  const { seconds } = entry.training;
  const prefix = `${outDir}/models/`;
  return typeof path === "string" && path.startsWith(prefix) &&
    /^[\w.-]+$/.test(path.slice(prefix.length)) &&
    Number.isSafeInteger(bytes) && typeof sha256 === "string" && typeof seconds === "number";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The newest unfinished run. A folder without progress is one whose run was killed before it had
 * begun, and is passed over.
 * @throws InputError when there is none, or when the newest document is damaged.
 */
export async function latestUnfinished(root: string): Promise<string> {
  const tags: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(`${root}/reports/${NOTEBOOK}`)) {
      if (isDirectory && isTag(name)) tags.push(name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const newestFirst = tags.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  for (const tag of newestFirst) {
    try {
      if ((await readProgress(root, tag)).status === "running") return tag;
    } catch (error) {
      if (!(error instanceof InputError && error.cause instanceof Deno.errors.NotFound)) {
        throw error;
      }
    }
  }
  throw new InputError({
    doing: "looking for a run to resume",
    found: `no unfinished run among ${tags.length} under ${root}/reports/${NOTEBOOK}`,
    wanted: "an interrupted run",
    next: "start one without --resume",
  });
}

/** What differs between a run and what is asked of it now, as sentences. */
export function differences(
  was: Pick<Progress, "settings" | "data">,
  is: Pick<Progress, "settings" | "data">,
): string[] {
  const compare = (
    what: string,
    a: Readonly<Record<string, unknown>>,
    b: Readonly<Record<string, unknown>>,
  ) =>
    [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) =>
      JSON.stringify(a[key]) !== JSON.stringify(b[key])
    ).map((key) => `${what}${key}: ${show(a[key])} then, ${show(b[key])} now`);
  return [...compare("", was.settings, is.settings), ...compare("data file ", was.data, is.data)];
}

/**
 * progress.json of an unfinished run: what it was asked, on which data, and which models are fitted. Resuming compares the first two and
 * skips the third.
 */
import { sha256 } from "../dataset/input_file.ts";
import type { Fingerprint } from "../dataset/input_file.ts";
import { InputError, messageOf, show } from "../errors/input_error.ts";
import { writeJson } from "./atomic.ts";
import { NOTEBOOK, type RunIdentity } from "./run_folder.ts";

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
export async function keyOf({ settings, data }: Pick<Progress, "settings" | "data">): Promise<string> {
  return await sha256(new TextEncoder().encode(JSON.stringify([settings, data])));
}

/** Writes the document into the run's folder. */
export async function writeProgress({ root, outDir }: RunIdentity, progress: Progress): Promise<void> {
  await writeJson(`${root}/${outDir}/${FILE}`, progress);
}

/** Reads a run's document. @throws InputError when it is not there or not one. */
export async function readProgress(root: string, tag: string): Promise<Progress> {
  const path = `${root}/reports/${NOTEBOOK}/${tag}/${FILE}`, doing = `reading ${path}`;
  let value: Progress;
  try {
    value = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    throw new InputError({
      doing,
      found: messageOf(error),
      wanted: "the progress of a run",
      next: "name the run's tag, a folder of reports/",
    }, { cause: error });
  }
  const isRecord = (x: unknown) => typeof x === "object" && x !== null && !Array.isArray(x);
  if (!isRecord(value) || value.run_tag !== tag || !isRecord(value.settings) || !isRecord(value.data) || !isRecord(value.models)) {
    throw new InputError({ doing, found: `it holds ${show(value)}`, wanted: `the progress of run ${tag}` });
  }
  return value;
}

/** The newest unfinished run. @throws InputError when there is none. */
export async function latestUnfinished(root: string): Promise<string> {
  const tags: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(`${root}/reports/${NOTEBOOK}`)) if (isDirectory) tags.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  for (const tag of tags.sort().reverse()) {
    const status = await readProgress(root, tag).then((progress) => progress.status, () => undefined);
    if (status === "running") return tag;
  }
  throw new InputError({
    doing: "looking for a run to resume",
    found: `no unfinished run among ${tags.length} under ${root}/reports/${NOTEBOOK}`,
    wanted: "an interrupted run",
    next: "start one without --resume",
  });
}

/** What differs between a run and what is asked of it now, as sentences. */
export function differences(was: Pick<Progress, "settings" | "data">, is: Pick<Progress, "settings" | "data">): string[] {
  const compare = (what: string, a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>) =>
    [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key])).map((key) =>
      `${what}${key}: ${show(a[key])} then, ${show(b[key])} now`
    );
  return [...compare("", was.settings, is.settings), ...compare("data file ", was.data, is.data)];
}

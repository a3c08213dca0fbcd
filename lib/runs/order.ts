/**
 * Which runs there are and which is the newest: one answer for everything that reads or publishes
 * runs. Runs are in the order of the run log, which a changed clock or time zone does not move; a
 * folder whose documents do not carry its name (a copy, a renamed one) is no run.
 */
import { host } from "../files/host.ts";
import { readBytesIfThere } from "../files/input_file.ts";
import { decodeJson, isRecord } from "../files/json.ts";
import { FEWSHOT, isTag, NOTEBOOK, outDirOf, type RunPlace } from "./run_folder.ts";
import { loggedTags } from "./run_log.ts";

/** What a folder is by its documents; "none" where they are of another run, or not there. */
export type RunState = "finished" | "unfinished" | "none";

/**
 * Tags of the folders under root that may be runs, in the order in which they were begun: that of
 * the run log, and before them those that it does not have (it was damaged) by their names.
 */
export async function runTags(root: string, place: RunPlace = NOTEBOOK): Promise<string[]> {
  const tags: string[] = [];
  try {
    for await (const { name, isDirectory } of host.readDir(`${root}/reports/${place}`)) {
      if (isDirectory && isTag(name)) tags.push(name);
    }
  } catch (error) {
    if (!(error instanceof host.errors.NotFound)) throw error;
  }
  return await inLogOrder(root, tags, (tag) => tag);
}

/** Things that have a tag in the order of the run log; those that it does not have first. */
async function inLogOrder<T>(
  root: string,
  things: readonly T[],
  tagOf: (thing: T) => string,
): Promise<T[]> {
  const places = new Map((await loggedTags(root)).map((tag, place) => [tag, place]));
  const placeOf = (thing: T) => places.get(tagOf(thing)) ?? -1;
  // numeric: the tenth run of a second comes after the second
  return [...things].sort((a, b) =>
    placeOf(a) - placeOf(b) || tagOf(a).localeCompare(tagOf(b), "en", { numeric: true })
  );
}

/** A run by its tag, and whose it is. */
export interface PlacedRun {
  readonly place: RunPlace;
  readonly tag: string;
}

/** The newest finished run under root, of the baselines or a few-shot run; none where none is. */
export async function newestOfAll(root: string): Promise<PlacedRun | undefined> {
  const runs: PlacedRun[] = [];
  for (const place of [NOTEBOOK, FEWSHOT] as const) {
    for (const tag of await runTags(root, place)) runs.push({ place, tag });
  }
  for (const run of (await inLogOrder(root, runs, ({ tag }) => tag)).toReversed()) {
    if (await stateOf(root, run.tag, run.place) === "finished") return run;
  }
  return undefined;
}

/**
 * Tags of the finished runs under root, the newest first; each is looked at when it is asked for.
 */
export async function* finishedRuns(root: string): AsyncGenerator<string> {
  for (const tag of (await runTags(root)).toReversed()) {
    if (await stateOf(root, tag) === "finished") yield tag;
  }
}

/**
 * What the folder of a tag is. A run that is going on keeps its progress; the manifest is its last
 * artifact.
 */
export async function stateOf(
  root: string,
  tag: string,
  place: RunPlace = NOTEBOOK,
): Promise<RunState> {
  const folder = `${root}/${outDirOf(tag, place)}`;
  const progress = await readOrNone(`${folder}/progress.json`);
  if (isRecord(progress) && progress.run_tag !== tag) return "none";
  if (isRecord(progress) && progress.status === "running") return "unfinished";
  const manifest = await readOrNone(`${folder}/manifest.json`);
  if (manifest === undefined) return progress === undefined ? "none" : "unfinished";
  // a damaged one is told when the run is read
  return isRecord(manifest) && manifest.run_tag !== tag ? "none" : "finished";
}

/** A document's value; none where it is not there, null where it is no JSON. */
async function readOrNone(path: string): Promise<unknown> {
  try {
    const bytes = await readBytesIfThere(path, { doing: `reading ${path}` });
    return bytes && decodeJson(bytes);
  } catch {
    return null;
  }
}

/**
 * The places that always hold the newest finished run: `models/baselines/` as a whole, and for each
 * K and Q one file in `results/`. They are copies of what the run's folder keeps. Runs that end at
 * the same time take turns; a mark tells the next start of a run whose copies were cut short.
 */
import { makeFolder, removeFile, writeAtomic, writeJson } from "../files/atomic.ts";
import { folderWithin, within } from "../files/confine.ts";
import { type Fingerprint, fingerprintOf } from "../files/fingerprint.ts";
import { readBytes } from "../files/input_file.ts";
import { decodeJson, isRecord, jsonText } from "../files/json.ts";
import { lock, type Patience } from "../files/lock.ts";
import { recover } from "../files/scratch.ts";
import { checkTarget, writeFolder } from "../files/write_folder.ts";
import { runTags, stateOf } from "./order.ts";
import { readRun } from "./read_run.ts";
import type { ConfigDocument } from "./run_documents.ts";
import { FEWSHOT, NOTEBOOK, outDirOf } from "./run_folder.ts";
import { sweepFolder, sweepRunFolder } from "./subfolders.ts";

/** Where the models of the newest run lie, relative to the project's folder. */
export const PUBLISHED = "models/baselines";
const LOCK = "models/.lock";
const MARK = "models/.publishing.json";
/** Says in `PUBLISHED` whose models they are. */
const RUN_FILE = "run.json";

/** Where the results of the newest run of K and Q lie, relative to the project's folder. */
export function resultsPath({ K, Q }: ConfigDocument["k_shot_config"]): string {
  return `results/baselines_K${K}_Q${Q}.json`;
}

/** A run as far as its copies hang on it. */
export interface Publishable {
  readonly config:
    & Pick<ConfigDocument, "run_id" | "run_tag" | "k_shot_config" | "data">
    & { readonly created_at?: string };
  /**
   * Its files, paths relative to the project's folder; those outside of its folder do not count.
   */
  readonly artifacts: readonly Fingerprint[];
}

/** A file that is published: of the run's folder, or made for the place. */
interface Copy {
  readonly fingerprint: Fingerprint;
  readonly source: string | Uint8Array<ArrayBuffer>;
}

/** What a run publishes now. */
export interface Copies {
  readonly models: readonly Copy[];
  readonly results: readonly Copy[];
}

/** The fingerprints of what is published. */
export function fingerprintsOf({ models, results }: Copies): Fingerprint[] {
  return [...models, ...results].map(({ fingerprint }) => fingerprint);
}

/** Runs `act` while no other run publishes in `root`. */
export async function publishing<T>(
  root: string,
  patience: Patience,
  act: () => Promise<T>,
): Promise<T> {
  const path = await within(root, LOCK);
  await makeFolder(`${root}/models`);
  const turn = await lock(path, patience);
  try {
    return await act();
  } finally {
    turn.release();
  }
}

/**
 * What a run is to publish, while `publishing`: its models when no finished run is newer, its
 * results when none of the same K and Q is.
 */
export async function copiesOf(root: string, run: Publishable): Promise<Copies> {
  const { run_tag, k_shot_config } = run.config;
  const newer = await newerRuns(root, run_tag);
  const sameShape = newer.some(({ K, Q }) => K === k_shot_config.K && Q === k_shot_config.Q);
  return {
    models: newer.length > 0 ? [] : await modelCopies(run),
    results: sameShape ? [] : resultCopies(run),
  };
}

/**
 * Writes the copies, while `publishing`; `finish` ends the run, after which the next start makes
 * the copies where this one is cut short.
 */
export async function publish(
  root: string,
  tag: string,
  copies: Copies,
  finish: () => Promise<void>,
): Promise<void> {
  await writeJson(await within(root, MARK), { run_tag: tag });
  await finish();
  await writeCopies(root, copies);
  await removeFile(await within(root, MARK));
}

/**
 * Makes the copies of the run whose publication was cut short. Returns its tag, or none where there
 * is no such run. @throws InputError when they cannot be written, or the run is damaged.
 */
export async function finishPublication(
  root: string,
  patience: Patience,
): Promise<string | undefined> {
  if (await markedTag(root) === undefined) return undefined;
  return await publishing(root, patience, async () => {
    const tag = await markedTag(root);
    if (tag === undefined) return undefined; // another one did it
    const isFinished = (await runTags(root)).includes(tag) &&
      await stateOf(root, tag) === "finished";
    if (isFinished) {
      const { config, report, manifest } = await readRun(root, tag);
      const created = { ...config, created_at: report.created_at };
      const copies = await copiesOf(root, { config: created, artifacts: manifest.artifacts });
      await writeCopies(root, copies);
    }
    await removeFile(await within(root, MARK));
    return isFinished ? tag : undefined;
  });
}

/**
 * Checks that the places can be written, before a run does hours of work for them. @throws
 * InputError when a link leads one of them elsewhere, or `PUBLISHED` holds what no run wrote.
 */
export async function checkPlaces(root: string): Promise<void> {
  await folderWithin(root, PUBLISHED);
  await folderWithin(root, "results");
  await checkTarget(`${root}/${PUBLISHED}`, await ownedBy(root));
}

/**
 * Removes what dead processes left in the places and in the runs' folders. Best effort: what cannot
 * be removed takes room only.
 */
export async function sweepScratch(root: string): Promise<void> {
  await recoverIn(root, "models");
  for (const folder of ["models", PUBLISHED, "results", "reports"]) await sweepFolder(root, folder);
  for (const place of [NOTEBOOK, FEWSHOT] as const) {
    for (const tag of await runTags(root, place)) {
      await sweepRunFolder({ root, outDir: outDirOf(tag, place) });
    }
  }
}

async function recoverIn(root: string, folder: string): Promise<void> {
  try {
    await folderWithin(root, folder);
    await recover(`${root}/${folder}`);
  } catch { /* as above */ }
}

/** The shapes of the finished runs that were begun after the run `tag`. */
async function newerRuns(root: string, tag: string): Promise<{ K?: number; Q?: number }[]> {
  const tags = await runTags(root);
  const found: { K?: number; Q?: number }[] = [];
  for (const newer of tags.slice(tags.indexOf(tag) + 1)) {
    if (await stateOf(root, newer) === "finished") found.push(await shapeOf(root, newer));
  }
  return found;
}

async function shapeOf(root: string, tag: string): Promise<{ K?: number; Q?: number }> {
  const config = await readOrNone(`${root}/${outDirOf(tag)}/config.json`);
  const shape = isRecord(config) ? config.k_shot_config : undefined;
  return isRecord(shape) ? shape : {};
}

async function modelCopies({ config, artifacts }: Publishable): Promise<Copy[]> {
  const outDir = outDirOf(config.run_tag);
  const files = artifacts.filter(({ path }) => path.startsWith(`${outDir}/models/`));
  const copies = files.map((file) => copyOf(file, `${PUBLISHED}/${nameOf(file.path)}`));
  const about = {
    run_id: config.run_id,
    notebook: NOTEBOOK,
    run_tag: config.run_tag,
    created_at: config.created_at,
    out_dir: outDir,
    k_shot_config: config.k_shot_config,
    data: config.data,
    files: copies.map(({ fingerprint: { path, ...file } }) => ({ name: nameOf(path), ...file })),
  };
  const source = new TextEncoder().encode(jsonText(about));
  return [...copies, {
    fingerprint: await fingerprintOf(`${PUBLISHED}/${RUN_FILE}`, source),
    source,
  }];
}

function resultCopies({ config, artifacts }: Publishable): Copy[] {
  const results = `${outDirOf(config.run_tag)}/results.json`;
  return artifacts.filter(({ path }) => path === results)
    .map((file) => copyOf(file, resultsPath(config.k_shot_config)));
}

function copyOf({ path, ...file }: Fingerprint, to: string): Copy {
  return { fingerprint: { path: to, ...file }, source: path };
}

async function writeCopies(root: string, { models, results }: Copies): Promise<void> {
  for (const copy of results) {
    await writeAtomic(await within(root, copy.fingerprint.path), await contentsOf(root, copy));
  }
  if (models.length === 0) return;
  await folderWithin(root, PUBLISHED);
  await writeFolder(`${root}/${PUBLISHED}`, { owned: await ownedBy(root) }, async (folder) => {
    for (const copy of models) {
      const name = nameOf(copy.fingerprint.path);
      await writeAtomic(`${folder}/${name}`, await contentsOf(root, copy));
    }
  });
}

async function contentsOf(root: string, { source }: Copy): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof source !== "string") return source;
  return await readBytes(`${root}/${source}`, {
    doing: `copying ${root}/${source}`,
    wanted: "the file as the run wrote it",
  });
}

/**
 * Says which names in `PUBLISHED` are copies: those that its run file lists; before there was one,
 * everything that has a model's ending.
 */
async function ownedBy(root: string): Promise<(name: string) => boolean> {
  const about = await readOrNone(`${root}/${PUBLISHED}/${RUN_FILE}`);
  const files = isRecord(about) && Array.isArray(about.files) ? about.files : undefined;
  const listed = files?.filter(isRecord).map(({ name }) => name);
  return (name) =>
    name === RUN_FILE || name === ".lock" || name.endsWith(".tmp") ||
    (listed === undefined ? /\.(json|safetensors)$/.test(name) : listed.includes(name));
}

async function markedTag(root: string): Promise<string | undefined> {
  const mark = await readOrNone(`${root}/${MARK}`);
  return isRecord(mark) && typeof mark.run_tag === "string" ? mark.run_tag : undefined;
}

/** A JSON file's value; none where it cannot be read. */
async function readOrNone(path: string): Promise<unknown> {
  try {
    return decodeJson(await readBytes(path, { doing: `reading ${path}` }));
  } catch {
    return undefined;
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Reads a finished run again: its documents by their shapes, its files by their fingerprints. */
import { nearestFew } from "../errors/nearest.ts";
import { type Expectation, InputError, messageOf, show } from "../errors/input_error.ts";
import { type Fingerprint, sha256 } from "../files/fingerprint.ts";
import { readBytes } from "../files/input_file.ts";
import { decodeJson } from "../files/json.ts";
import { contradiction } from "./contradiction.ts";
import {
  CONFIG,
  MANIFEST,
  type ManifestDocument,
  QUERIES,
  REPORT,
  RESULTS,
  type RunDocuments,
  VOCABULARY,
} from "./run_documents.ts";
import { finishedRuns, runTags, stateOf } from "./order.ts";
import { FEWSHOT, isTag, NOTEBOOK, type RunPlace } from "./run_folder.ts";
import type { Shape } from "../files/shape.ts";
import { outFlag } from "../errors/shell_words.ts";

/** A finished run. */
export interface FinishedRun extends RunDocuments {
  /** The project's folder. */
  readonly root: string;
  /** The run's folder relative to root, as its manifest names it. */
  readonly outDir: string;
  /** The run's folder: root and outDir. */
  readonly folder: string;
  readonly tag: string;
  readonly manifest: ManifestDocument;
  /**
   * Bytes of a file of the run, its path relative to the run's folder. @throws InputError when it
   * is missing or not as it was written.
   */
  readArtifact(path: string): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * The finished run of a tag, or for "latest" the newest in the order of the run log. @throws
 * InputError when there is none (naming the nearest tags), when it is unfinished, or when a file is
 * not as the run wrote it.
 */
export async function readRun(root: string, tag: string | "latest"): Promise<FinishedRun> {
  const found = tag === "latest" ? await newestRun(root) : tag;
  if (tag !== "latest") await checkFinished(root, tag);
  const outDir = `reports/${NOTEBOOK}/${found}`;
  const folder = `${root}/${outDir}`;
  const manifest = parseDocument(
    MANIFEST,
    await readBytes(`${folder}/manifest.json`, asWritten(`reading ${folder}/manifest.json`)),
    `${folder}/manifest.json`,
  );
  const readArtifact = (path: string) => readChecked(root, `${outDir}/${path}`, manifest.artifacts);
  const read = async <T>(path: string, shape: Shape<T>) =>
    parseDocument(shape, await readArtifact(path), `${folder}/${path}`);
  const [config, report, results, queries, courses] = await Promise.all([
    read("config.json", CONFIG),
    read("report.json", REPORT),
    read("results.json", RESULTS),
    read("queries.json", QUERIES),
    read("models/vocabulary.json", VOCABULARY),
  ]);
  const documents: RunDocuments = { config, report, results, queries, courses };
  const fault = contradiction(documents);
  if (fault !== undefined) throw notWritten(`reading the run ${found}`, fault);
  return { ...documents, root, outDir, folder, tag: found, manifest, readArtifact };
}

/**
 * The tag of the newest finished run of a project folder. @throws InputError when there is none.
 */
export async function newestRun(root: string): Promise<string> {
  for await (const tag of finishedRuns(root)) return tag;
  throw new InputError({
    doing: "looking for the newest run",
    found: `no finished run among ${
      (await runTags(root)).length
    } under ${root}/reports/${NOTEBOOK}`,
    next: "make one with deno task baselines",
  });
}

/** @throws InputError when a tag is no finished run of its place. */
export async function checkFinished(
  root: string,
  tag: string,
  place: RunPlace = NOTEBOOK,
): Promise<void> {
  const tags = await runTags(root, place);
  if (!isTag(tag) || !tags.includes(tag)) throw await unknownRun(root, tag, place, tags);
  const state = await stateOf(root, tag, place);
  if (state === "finished") return;
  if (state === "none") {
    throw new InputError({
      doing: `reading the run ${tag}`,
      found: "the folder's documents are of another run, or none: it was copied, renamed, or its " +
        "run ended before it had begun",
      wanted: "a finished run in the folder that it made",
      next: "name another run",
    });
  }
  throw new InputError({
    doing: `reading the run ${tag}`,
    found: "it is unfinished: it was interrupted or is still running",
    wanted: "a finished run",
    next: `finish it with ${MAKES[place]} --resume ${tag}${outFlag(root)}`,
  });
}

/** What makes the runs of a place, and what they are. */
const MAKES = { [NOTEBOOK]: "deno task baselines", [FEWSHOT]: "deno task fewshot" } as const;
const KINDS = { [NOTEBOOK]: "run of the baselines", [FEWSHOT]: "few-shot run" } as const;

async function unknownRun(
  root: string,
  tag: string,
  place: RunPlace,
  tags: readonly string[],
): Promise<InputError> {
  const doing = "looking for a run";
  const other = place === NOTEBOOK ? FEWSHOT : NOTEBOOK;
  if ((await runTags(root, other)).includes(tag)) {
    return new InputError({
      doing,
      found: `${tag} is a ${KINDS[other]}`,
      wanted: `a ${KINDS[place]}`,
      next: "deno task runs list says what there is",
    });
  }
  const found = `there is no run ${show(tag)} under ${root}/reports/${place}`;
  if (tags.length === 0) {
    return new InputError({ doing, found, next: `make one with ${MAKES[place]}` });
  }
  const close = nearestFew(tag, tags, 3);
  const wanted = close.length > 0
    ? `perhaps ${close.join(", ")}, or latest`
    : `one such as ${tags.slice(-3).toReversed().join(", ")}, or latest`;
  return new InputError({ doing, found, wanted });
}

/** Bytes of a run's file, as its manifest has it. @throws InputError when they are not. */
export async function readChecked(
  root: string,
  path: string,
  artifacts: readonly Fingerprint[],
): Promise<Uint8Array<ArrayBuffer>> {
  const entry = artifacts.find((artifact) => artifact.path === path);
  if (entry === undefined) {
    const close = nearestFew(path, artifacts.map((artifact) => artifact.path), 1);
    throw notWritten(
      `reading ${root}/${path}`,
      `the run's manifest has no such file${close.length > 0 ? `, but ${close[0]}` : ""}`,
    );
  }
  const doing = `reading ${root}/${path}`;
  const bytes = await readBytes(`${root}/${path}`, asWritten(doing));
  const hash = await sha256(bytes);
  if (bytes.length !== entry.bytes || hash !== entry.sha256) {
    throw notWritten(
      doing,
      `it was changed after the run: ${bytes.length} bytes of SHA-256 ${
        hash.slice(0, 16)
      }…, the manifest has ${entry.bytes} of ${entry.sha256.slice(0, 16)}…`,
    );
  }
  return bytes;
}

/** A document by its shape. @throws InputError naming the part that is wrong. */
export function parseDocument<T>(shape: Shape<T>, bytes: Uint8Array, path: string): T {
  try {
    return shape(decodeJson(bytes), path.slice(path.lastIndexOf("/") + 1));
  } catch (error) {
    throw notWritten(`reading ${path}`, messageOf(error), error);
  }
}

function notWritten(doing: string, found: string, cause?: unknown): InputError {
  return new InputError({ ...asWritten(doing), found }, { cause });
}

function asWritten(doing: string): Expectation {
  return {
    doing,
    wanted: "the file as the run wrote it",
    next: "restore it, or make the run again",
  };
}

/** Reads finished few-shot runs, and what they chose. */
import { readBytes } from "../files/input_file.ts";
import {
  FEWSHOT_CONFIG,
  FEWSHOT_RESULTS,
  FEWSHOT_SELECTION,
  type FewshotDocuments,
} from "./fewshot_documents.ts";
import { runTags, stateOf } from "./order.ts";
import { checkFinished, type FinishedRun, parseDocument, readChecked } from "./read_run.ts";
import { MANIFEST, QUERIES, type QueriesDocument } from "./run_documents.ts";
import { FEWSHOT, outDirOf } from "./run_folder.ts";

/** A model of a run, as the base of few-shot runs. */
export interface FewshotBase {
  readonly model: string;
  readonly runTag: string;
  /** The methods that are asked for: a run that tried none of them is passed over. */
  readonly methods: readonly string[];
}

/**
 * The newest finished few-shot run of a base model that tried some of the methods; none where there
 * is none. @throws InputError when its files are not as it wrote them.
 */
export async function newestFewshot(
  root: string,
  { model, runTag, methods }: FewshotBase,
): Promise<FewshotDocuments | undefined> {
  for (const tag of (await runTags(root, FEWSHOT)).toReversed()) {
    if (await stateOf(root, tag, FEWSHOT) !== "finished") continue;
    const run = await readFewshot(root, tag);
    const { base, methods: tried } = run.results;
    const isOfBase = base.model === model && base.run_tag === runTag;
    if (isOfBase && methods.some((name) => name in tried)) return run;
  }
  return undefined;
}

/** A few-shot run with every row's ranks, and where it lies. */
export interface FinishedFewshot
  extends FewshotDocuments, Pick<FinishedRun, "root" | "outDir" | "folder" | "tag" | "manifest"> {
  readonly queries: QueriesDocument;
}

/**
 * The finished few-shot run of a tag. @throws InputError when there is none, or when a file is not
 * as it was written.
 */
export async function readFewshotRun(root: string, tag: string): Promise<FinishedFewshot> {
  await checkFinished(root, tag, FEWSHOT);
  const { read, ...run } = await openFewshot(root, tag);
  return {
    ...run,
    root,
    tag,
    queries: parseDocument(QUERIES, await read("queries.json"), "queries.json"),
  };
}

async function readFewshot(root: string, tag: string): Promise<FewshotDocuments> {
  const { config, results, selection } = await openFewshot(root, tag);
  return { config, results, selection };
}

async function openFewshot(root: string, tag: string) {
  const outDir = outDirOf(tag, FEWSHOT);
  const folder = `${root}/${outDir}`;
  const path = `${folder}/manifest.json`;
  const manifest = parseDocument(
    MANIFEST,
    await readBytes(path, { doing: `reading ${path}` }),
    path,
  );
  const read = (name: string) => readChecked(root, `${outDir}/${name}`, manifest.artifacts);
  return {
    outDir,
    folder,
    manifest,
    read,
    config: parseDocument(FEWSHOT_CONFIG, await read("config.json"), "config.json"),
    results: parseDocument(FEWSHOT_RESULTS, await read("results.json"), "results.json"),
    selection: parseDocument(FEWSHOT_SELECTION, await read("selection.json"), "selection.json"),
  };
}

/**
 * progress.json of a run: what it was asked, on which data, and which models are fitted. Resuming
 * compares the first two and skips the third.
 */
import { InputError, messageOf, show } from "../errors/input_error.ts";
import { writeJson } from "../files/atomic.ts";
import { within } from "../files/confine.ts";
import { sha256 } from "../files/fingerprint.ts";
import { host } from "../files/host.ts";
import { readBytes } from "../files/input_file.ts";
import { decodeJson } from "../files/json.ts";
import { anyObject, anything, object, type Of, optional, record, text } from "../files/shape.ts";
import { FINGERPRINT } from "./document_parts.ts";
import { TRAINING } from "./run_documents.ts";
import { NOTEBOOK, outDirOf, type RunIdentity, type RunPlace } from "./run_folder.ts";

/** A model that is fitted and saved, and how its training went. */
const FITTED = object({ file: FINGERPRINT, training: TRAINING });

const PROGRESS = object({
  status: text,
  run_id: text,
  run_tag: text,
  created_at: text,
  /** Everything that decides the numbers, by name. */
  settings: record(anything),
  /** Every input file's hash, by its path relative to the data folder's. */
  data: record(text),
  models: record(FITTED),
  /** The mark of synthetic data. */
  synthetic: optional(anyObject),
});

/** A model that is fitted and saved, and how its training went. */
export type FittedEntry = Of<typeof FITTED>;

/** The document. `settings` and `data` decide the numbers; `models` are the fitted ones. */
export type Progress = Omit<Of<typeof PROGRESS>, "status"> & {
  readonly status: "running" | "finished";
};

/** What a run was asked and on which data, as far as that decides its numbers. */
export type Asked = Pick<Progress, "settings" | "data">;

const FILE = "progress.json";

/** Hash of what decides the numbers; checkpoints carry it. */
export async function keyOf({ settings, data }: Asked): Promise<string> {
  return await sha256(new TextEncoder().encode(JSON.stringify([settings, data])));
}

/** Writes the document into the run's folder. */
export async function writeProgress(
  { root, outDir }: RunIdentity,
  progress: Progress,
): Promise<void> {
  await writeJson(await within(root, `${outDir}/${FILE}`), progress, { keepsFolders: true });
}

/** Whether a run's folder has the document; one without was killed before its run had begun. */
export async function hasProgress(
  root: string,
  tag: string,
  place: RunPlace = NOTEBOOK,
): Promise<boolean> {
  return await host.stat(`${root}/${outDirOf(tag, place)}/${FILE}`).then(
    () => true,
    (error) => !(error instanceof host.errors.NotFound),
  );
}

/** Reads a run's document. @throws InputError when it is not there or not one. */
export async function readProgress(
  root: string,
  tag: string,
  place: RunPlace = NOTEBOOK,
): Promise<Progress> {
  const path = `${root}/${outDirOf(tag, place)}/${FILE}`;
  const expected = {
    doing: `reading ${path}`,
    wanted: "the progress of a run",
    next: `name the tag of a run, a folder of reports/${place}, or start a new one ` +
      "without --resume",
  };
  if (!await hasProgress(root, tag, place)) {
    throw new InputError({
      ...expected,
      found: "there is no such file: the run does not exist or ended before it had begun",
    });
  }
  const bytes = await readBytes(path, expected);
  return parseProgress(bytes, path, tag, place);
}

/**
 * Parses the document of run `tag`; `path` is for messages. @throws InputError naming the part that
 * is wrong.
 */
export function parseProgress(
  bytes: Uint8Array,
  path: string,
  tag: string,
  place: RunPlace = NOTEBOOK,
): Progress {
  const fail = (
    found: string,
    cause?: unknown,
    next = "start a new run without --resume",
  ): never => {
    throw new InputError({
      doing: `reading ${path}`,
      found,
      wanted: `the progress of run ${tag}`,
      next,
    }, { cause });
  };
  const { status, ...rest } = readShape(bytes, fail);
  if (status !== "running" && status !== "finished") return fail(`its status is ${show(status)}`);
  if (rest.run_tag !== tag) {
    const next = "if its folder was renamed, give it that name again";
    return fail(`it is of the run ${show(rest.run_tag)}`, undefined, next);
  }
  for (const [name, { file }] of Object.entries(rest.models)) {
    if (!isModelFile(file.path, outDirOf(tag, place))) {
      fail(`its model ${show(name)} lies at ${show(file.path)}`);
    }
  }
  return { status, ...rest };
}

function readShape(
  bytes: Uint8Array,
  fail: (found: string, cause?: unknown) => never,
): Of<typeof PROGRESS> {
  let value: unknown;
  try {
    value = decodeJson(bytes);
  } catch (error) {
    return fail(`it is not JSON in UTF-8 (${show(messageOf(error))})`, error);
  }
  try {
    return PROGRESS(value, "it");
  } catch (error) {
    return fail(messageOf(error), error);
  }
}

/** The file is read again when the run goes on: a path out of the run's own models is no model. */
function isModelFile(path: string, outDir: string): boolean {
  const folder = `${outDir}/models/`;
  return path.startsWith(folder) && /^[\w.-]+$/.test(path.slice(folder.length));
}

/** What differs between a run and what is asked of it now, as sentences. */
export function differences(was: Asked, is: Asked): string[] {
  const compare = (
    what: string,
    a: Readonly<Record<string, unknown>>,
    b: Readonly<Record<string, unknown>>,
  ) => {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return keys.filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key])).map((key) =>
      `${what}${key}: ${show(a[key])} then, ${show(b[key])} now`
    );
  };
  return [
    ...compare("", was.settings, is.settings),
    ...compare("data file ", was.data, is.data),
  ];
}

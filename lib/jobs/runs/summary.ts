/** Runs as a list shows them: what a folder's documents say without reading every rank. */
import { isRecord, parseJson } from "../../files/json.ts";
import { readBytesIfThere, readJson } from "../../files/input_file.ts";
import { type Expectation, InputError, messageOf } from "../../errors/input_error.ts";
import { ranked } from "../../report/view.ts";
import { FEWSHOT_CONFIG, FEWSHOT_RESULTS } from "../../runs/fewshot_documents.ts";
import { changedFiles } from "../../runs/changed.ts";
import { stateOf } from "../../runs/order.ts";
import { CONFIG, REPORT, RESULTS } from "../../runs/run_documents.ts";
import { FEWSHOT } from "../../runs/run_folder.ts";
import type { Shape } from "../../files/shape.ts";
import type { FoundRun } from "./find.ts";

/** What is known of a run at a glance. */
export interface RunSummary {
  readonly tag: string;
  readonly folder: string;
  readonly kind: "baselines" | "fewshot";
  /**
   * "running": another process holds it; "changed": it was finished, and files are not as it wrote
   * them; "damaged": its documents cannot be read.
   */
  readonly status: "finished" | "interrupted" | "running" | "changed" | "damaged" | "no run";
  /** What of a damaged run cannot be read, and why. */
  readonly reason?: string;
  /** Files, in its folder, that were changed since it was finished, or are gone. */
  readonly changed?: readonly string[];
  /** The data folder's name; absent where the run does not say it. */
  readonly data?: string;
  readonly synthetic?: boolean;
  readonly k?: number;
  readonly q?: number;
  readonly seed?: number;
  readonly models: readonly string[];
  /** The best by Accuracy@1 (of few-shot runs by what chose); none before there are results. */
  readonly best?: { readonly model: string; readonly metric: string; readonly value: number };
  readonly createdAt?: string;
  readonly bytes: number;
}

/** Documents that hold a run's numbers, and what must be as it was written for them to be told. */
const DOCUMENTS = [
  ...["config.json", "report.json", "results.json", "queries.json", "selection.json"],
  "models/vocabulary.json",
];

/** Whether a run's numbers are what it wrote: it was finished, and no document of it is changed. */
export function hasNumbers({ status, changed = [] }: RunSummary): boolean {
  return ["finished", "changed"].includes(status) &&
    !changed.some((path) => DOCUMENTS.includes(path));
}

/** Bytes up to which a file of a run is hashed for a list of many: most documents, no models. */
export const SMALL_FILE = 64 * 1024;

/**
 * The summary. Whether files are as they were written is told by their sizes, and by the hashes of
 * those up to `hashed` bytes.
 */
export async function summarise(run: FoundRun, hashed = Infinity): Promise<RunSummary> {
  const { root, tag, place, folder } = run;
  const kind = place === FEWSHOT ? "fewshot" : "baselines";
  const known = { tag, folder, kind, bytes: await bytesIn(folder) } as const;
  const state = await stateOf(root, tag, place);
  if (state === "none") return { ...known, status: "no run", models: [] };
  try {
    const told = kind === "fewshot" ? await fewshotRun(folder) : await baselinesRun(folder);
    if (state === "finished" && told.best === undefined) {
      const reason = `reading ${folder}/results.json: there is no such file`;
      return { ...known, ...told, status: "damaged", reason };
    }
    if (state === "finished") {
      const changed = await changedFiles(root, tag, place, hashed);
      if (changed.length === 0) return { ...known, ...told, status: "finished" };
      const summary = { ...known, ...told, status: "changed", changed } as const;
      return hasNumbers(summary) ? summary : { ...summary, best: undefined };
    }
    const status = await isHeld(folder) ? "running" : "interrupted";
    return { ...known, ...told, status };
  } catch (error) {
    return { ...known, status: "damaged", reason: reasonOf(error), models: [] };
  }
}

async function baselinesRun(folder: string) {
  const config = await read(folder, "config.json", CONFIG);
  const results = await readOrNone(folder, "results.json", RESULTS);
  const report = await readOrNone(folder, "report.json", REPORT);
  const order = results && ranked(results.baselines);
  const name = report?.data_card?.name ?? lastPart(config.flags.data);
  return {
    data: name,
    synthetic: config.data.synthetic,
    k: config.k_shot_config.K,
    q: config.k_shot_config.Q,
    seed: config.seed,
    models: order ?? config.baselines ?? [],
    ...order !== undefined && {
      best: {
        model: order[0],
        metric: "accuracy@1",
        value: results!.baselines[order[0]]["accuracy@1"],
      },
    },
    createdAt: report?.created_at ?? (await progressOf(folder)).created_at,
  };
}

async function fewshotRun(folder: string) {
  const config = await read(folder, "config.json", FEWSHOT_CONFIG);
  const results = await readOrNone(folder, "results.json", FEWSHOT_RESULTS);
  const select = results?.select as "mrr" | undefined;
  const values = results && select && [
    ["zero_shot", results.zero_shot.metrics[select]] as const,
    ...Object.entries(results.methods).map(([name, { metrics }]) =>
      [name, metrics[select]] as const
    ),
  ].sort(([, a], [, b]) => b - a);
  const asked = config.flags.methods;
  const methods = values?.map(([name]) => name) ?? (Array.isArray(asked) ? asked.map(String) : []);
  return {
    data: config.inputs.map(({ path }) => /([^/]+)\/pairs\//.exec(path)?.[1]).find((name) =>
      name !== undefined
    ),
    synthetic: config.data.synthetic,
    k: config.k_shot_config.K,
    q: config.k_shot_config.Q,
    seed: config.seed,
    models: methods.map((name) => `${config.base.model} + ${name}`),
    ...values && {
      best: {
        model: `${config.base.model} + ${values[0][0]}`,
        metric: select!,
        value: values[0][1],
      },
    },
    createdAt: config.created_at,
  };
}

async function read<T>(folder: string, name: string, shape: Shape<T>): Promise<T> {
  const expected = { doing: `reading ${folder}/${name}` };
  return shaped(await readJson(`${folder}/${name}`, expected), name, { shape, expected });
}

function shaped<T>(
  value: unknown,
  name: string,
  { shape, expected }: { shape: Shape<T>; expected: Expectation },
): T {
  try {
    return shape(value, name);
  } catch (error) {
    throw new InputError({ ...expected, found: messageOf(error) }, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof InputError
    ? `${error.fault.doing}: ${error.fault.found}`
    : messageOf(error);
}

async function readOrNone<T>(
  folder: string,
  name: string,
  shape: Shape<T>,
): Promise<T | undefined> {
  const expected = { doing: `reading ${folder}/${name}` };
  const bytes = await readBytesIfThere(`${folder}/${name}`, expected);
  return bytes && shaped(parseJson(bytes, expected), name, { shape, expected });
}

async function progressOf(folder: string): Promise<{ created_at?: string }> {
  const found = await readOrNone(folder, "progress.json", (value) => value);
  const begun = isRecord(found) ? found.created_at : undefined;
  return typeof begun === "string" ? { created_at: begun } : {};
}

/**
 * Bytes of all files in a folder; links count for themselves. A run that goes on removes files
 * meanwhile: what is gone counts nothing.
 */
async function bytesIn(folder: string): Promise<number> {
  let sum = 0;
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = `${folder}/${name}`;
      sum += isDirectory ? await bytesIn(path) : await bytesOf(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return sum;
}

async function bytesOf(path: string): Promise<number> {
  try {
    return (await Deno.lstat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/** Whether a process holds the run; asked without writing anything. */
export async function isHeld(folder: string): Promise<boolean> {
  try {
    const path = `${folder}/.lock`;
    if (!(await Deno.lstat(path)).isFile) return false;
    using file = await Deno.open(path, { read: true });
    return !await file.tryLock(false);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function lastPart(path: unknown): string | undefined {
  return typeof path === "string" ? path.replace(/\/+$/, "").split("/").at(-1) : undefined;
}

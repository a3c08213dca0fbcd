/**
 * What lies in a project folder after runs: whether everything is whole, and what a run's end gave.
 */
import { assert, assertEquals } from "@std/assert";
import { sha256 } from "../../lib/files/fingerprint.ts";
import { decodeSafeTensors } from "../../lib/files/safetensors.ts";

const RUNS = "reports/06_base_model_selection_xuetangx";
const OUTPUTS = ["models", "results", "reports"];

/** Every file below a folder by its path relative to it, temporary ones and locks left out. */
export async function filesBelow(folder: string, below = ""): Promise<string[]> {
  const files: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
      if (isDirectory) files.push(...await filesBelow(folder, `${below}${name}/`));
      else if (!name.endsWith(".tmp") && name !== ".lock") files.push(`${below}${name}`);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // removed while looking
  }
  return files.sort();
}

/** Everything below a folder, folders and temporary files too. */
export async function entriesBelow(folder: string, below = ""): Promise<string[]> {
  const entries: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    entries.push(`${below}${name}${isDirectory ? "/" : ""}`);
    if (isDirectory) entries.push(...await entriesBelow(folder, `${below}${name}/`));
  }
  return entries.sort();
}

/**
 * Fails unless every JSON and safetensors file is whole and the run log has one entry for every
 * run that has begun. Returns how many files.
 */
export async function assertWhole(folder: string): Promise<number> {
  const runLog = await json(`${folder}/meta.json`) as {
    runs: { run_tag: string; run_id: string }[];
  } | undefined;
  const tags = runLog?.runs.map(({ run_tag }) => run_tag) ?? [];
  assertEquals(new Set(tags).size, tags.length, "an entry twice");
  let files = runLog === undefined ? 0 : 1;
  for (const top of OUTPUTS) {
    for (const path of await filesBelow(`${folder}/${top}`)) {
      const whole = `${folder}/${top}/${path}`;
      if (path.endsWith(".json")) {
        const value = await json(whole);
        if (path.endsWith("/progress.json") && value !== undefined) {
          assert((value as { run_tag: string }).run_tag === path.split("/")[1], path);
        }
      } else if (path.endsWith(".safetensors")) {
        const bytes = await bytesOf(whole);
        if (bytes !== undefined) decodeSafeTensors(bytes, whole);
      }
      files++;
    }
  }
  for (const tag of await runsWith(folder, "progress.json")) {
    // it may have begun since
    const again = await json(`${folder}/meta.json`) as { runs: { run_tag: string }[] } | undefined;
    assert(
      again?.runs.some(({ run_tag }) => run_tag === tag),
      `the run ${tag} is not in the run log`,
    );
  }
  return files;
}

/** Tags of the runs whose folder holds a file. */
export async function runsWith(folder: string, file: string): Promise<string[]> {
  return (await filesBelow(`${folder}/${RUNS}`)).filter((path) => path.endsWith(`/${file}`)).map((
    path,
  ) => path.split("/")[0]);
}

/** Tags of the runs whose progress says so: a run that was killed before it had any is no run. */
export async function runsThatAre(
  status: "running" | "finished",
  folder: string,
): Promise<string[]> {
  const tags: string[] = [];
  for (const tag of await runsWith(folder, "progress.json")) {
    const progress = await json(`${folder}/${RUNS}/${tag}/progress.json`) as { status: string };
    if (progress.status === status) tags.push(tag);
  }
  return tags;
}

/**
 * What must not depend on interruptions: models by their SHA-256, metrics, ranks, findings, samples
 * and losses as text.
 */
export async function resultOf(folder: string, tag: string): Promise<Record<string, string>> {
  const run = `${folder}/${RUNS}/${tag}`;
  const result: Record<string, string> = {};
  for (const path of await filesBelow(`${run}/models`)) {
    result[`models/${path}`] = await sha256(await Deno.readFile(`${run}/models/${path}`));
  }
  for (const name of ["results", "queries"]) {
    const { run_id: _, run_tag: __, ...rest } = await json(`${run}/${name}.json`) as Record<
      string,
      unknown
    >;
    result[name] = JSON.stringify(rest);
  }
  const report = await json(`${run}/report.json`) as Record<string, unknown> & {
    training: Record<string, { epoch_losses?: number[] }>;
  };
  for (const key of ["metrics", "key_findings", "sanity_samples", "data_fingerprints", "notes"]) {
    result[key] = JSON.stringify(report[key]);
  }
  result.losses = JSON.stringify(
    Object.entries(report.training).map(([name, { epoch_losses }]) => [name, epoch_losses]),
  );
  assertEquals((await json(`${run}/progress.json`) as { status: string }).status, "finished");
  return result;
}

/** The published copies by their hashes, without the file that says whose they are. */
export async function publishedOf(folder: string): Promise<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const path of await filesBelow(`${folder}/models/baselines`)) {
    if (path === "run.json") continue;
    result[path] = await sha256(await Deno.readFile(`${folder}/models/baselines/${path}`));
  }
  return result;
}

/** Fails unless all that is published is of the last run of the log, which is finished. */
export async function assertNewestPublished(folder: string): Promise<void> {
  const { runs } = await json(`${folder}/meta.json`) as { runs: { run_tag: string }[] };
  const finished = await runsWith(folder, "manifest.json");
  const newest = runs.map(({ run_tag }) => run_tag).filter((tag) => finished.includes(tag)).at(-1);
  const results = (await filesBelow(`${folder}/results`)).map((name) => `results/${name}`);
  for (const path of ["models/baselines/run.json", ...results]) {
    assertEquals((await json(`${folder}/${path}`) as { run_tag: string }).run_tag, newest, path);
  }
}

async function bytesOf(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    // an old checkpoint, removed since it was listed
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function json(path: string): Promise<unknown> {
  const bytes = await bytesOf(path);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new Error(`${path} is not whole: ${error}`);
  }
}

/**
 * Runs below folders: projects, sweeps and whatever else holds `reports/<place>/<tag>`. Links are
 * not followed, so that a run is found once and none outside the folders that were named.
 */
import { basename, dirname } from "node:path/posix";
import { InputError, messageOf, show } from "../../errors/input_error.ts";
import { nearestFew } from "../../errors/nearest.ts";
import { checkReadable } from "../../files/permitted.ts";
import { FEWSHOT, isTag, NOTEBOOK, outDirOf, type RunPlace } from "../../runs/run_folder.ts";

/** Where a run lies. */
export interface FoundRun {
  /** The project's folder. */
  readonly root: string;
  readonly place: RunPlace;
  readonly tag: string;
  /** The run's folder: root and what is below it. */
  readonly folder: string;
}

const PLACES: readonly RunPlace[] = [NOTEBOOK, FEWSHOT];
/** Folders in which no runs lie, and which may be large. */
const SKIPPED = ["node_modules", "data", "models", "checkpoints"];
/** Folders below the named one that are looked into. */
const DEEPEST = 12;

/**
 * The runs below each of `folders`, a project's folder, any folder above one, or a run's own; in
 * the order of their tags. @throws InputError when a folder is not there or may not be read.
 */
export async function findRuns(folders: readonly string[]): Promise<FoundRun[]> {
  const found = new Map<string, FoundRun>();
  for (const folder of folders) {
    const doing = `looking for runs in ${folder}`;
    await checkReadable(folder, { doing, wanted: "a folder that may be read" });
    let real: string;
    try {
      real = await Deno.realPath(folder);
    } catch (error) {
      throw new InputError({
        doing,
        found: messageOf(error),
        wanted: "a project's folder, or one above several",
      }, { cause: error });
    }
    const plain = folder.replace(/(?<=.)\/+$/, "");
    const names = await foldersIn(plain);
    const reports = names.includes("reports") ? "/reports" : ""; // a project has them there alone
    const start = plain === "." && reports !== "" ? "reports" : plain + reports;
    for await (const run of runsIn(start, real + reports, 0)) {
      const key = await Deno.realPath(run.folder);
      if (!found.has(key)) found.set(key, run);
    }
  }
  return [...found.values()].sort((a, b) =>
    a.tag.localeCompare(b.tag, "en", { numeric: true }) || (a.folder < b.folder ? -1 : 1)
  );
}

/**
 * Those of the runs that tags name: a tag, `latest`, or the end of a run's folder where several
 * have the tag. @throws InputError for one that is not there, or is several.
 */
export function named(runs: readonly FoundRun[], tags: readonly string[]): FoundRun[] {
  return tags.map((tag) => {
    const doing = "looking for a run";
    if (runs.length === 0) {
      throw new InputError({
        doing,
        found: "there is none",
        wanted: "a folder that has runs",
        next: "name it with --runs",
      });
    }
    if (tag === "latest") return runs[runs.length - 1];
    const clean = tag.replace(/\/+$/, "");
    const fitting = runs.filter(({ folder }) => folder === clean || folder.endsWith(`/${clean}`));
    if (fitting.length === 1) return fitting[0];
    throw new InputError({ doing, ...unfitting(tag, fitting, runs) });
  });
}

/** What was found and wanted where a tag names no run, or several. */
function unfitting(tag: string, fitting: readonly FoundRun[], runs: readonly FoundRun[]) {
  if (fitting.length > 1) {
    return {
      found: `${fitting.length} runs have the tag ${show(tag)}`,
      wanted: `one of ${fitting.map(({ folder }) => folder).join(", ")}`,
    };
  }
  const tags = runs.map((run) => run.tag);
  const close = nearestFew(tag, tags, 3);
  const wanted = close.length > 0
    ? `perhaps ${close.join(", ")}, or latest`
    : `one such as ${tags.slice(-3).join(", ")}, or latest`;
  return { found: `there is no run ${show(tag)}`, wanted };
}

async function* runsIn(folder: string, real: string, depth: number): AsyncGenerator<FoundRun> {
  const own = runAt(folder, real);
  if (own !== undefined) {
    yield own;
    return;
  }
  if (depth > DEEPEST) return;
  for (const name of await foldersIn(folder)) {
    if (name.startsWith(".") || SKIPPED.includes(name)) continue;
    const below = folder === "." ? name : `${folder.replace(/\/$/, "")}/${name}`;
    yield* runsIn(below, `${real}/${name}`, depth + 1);
  }
}

/** The run whose folder this is; none where it is not one by its place and its name. */
function runAt(folder: string, real: string): FoundRun | undefined {
  const tag = basename(real);
  const place = PLACES.find((each) => each === basename(dirname(real)));
  if (!isTag(tag) || place === undefined || basename(dirname(dirname(real))) !== "reports") {
    return undefined;
  }
  const outDir = outDirOf(tag, place);
  // a run's own folder may have been named from inside its project
  const isWhole = folder === outDir || folder.endsWith(`/${outDir}`);
  const root = isWhole ? folder.slice(0, -outDir.length).replace(/(?<=.)\/$/, "") || "." : real
    .slice(0, -outDir.length - 1);
  return { root, place, tag, folder: isWhole ? folder : real };
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return [];
    }
    throw new InputError({ doing: `looking for runs in ${folder}`, found: messageOf(error) }, {
      cause: error,
    });
  }
}

/** The models of a finished run, read back: every byte checked against the manifest's fingerprint before it is parsed. */
import { type Fingerprint, readInput } from "../dataset/input_file.ts";
import { InputError, messageOf, show } from "../errors/input_error.ts";
import { decodeModel, type SavedModel } from "./model_files.ts";
import { readRegistry } from "./registry.ts";

/** A finished run's models; a model's file is read when it is asked for. */
export interface SavedModels {
  readonly runId: string;
  readonly runTag: string;
  /** The run's folder, with the project's. */
  readonly folder: string;
  /** Course names by id. */
  readonly courses: readonly string[];
  /** Model names, in the order in which the run fitted them. */
  readonly names: readonly string[];
  /** @throws InputError for a name that the run has not, a damaged file, or a model of another catalogue. */
  read(name: string): Promise<SavedModel>;
}

/** Opens a run of the project folder `root` by its tag, or the newest finished one. @throws InputError when there is none. */
export async function openSavedModels(root: string, tag: string): Promise<SavedModels> {
  const { folder, runId, runTag, artifacts } = await findRun(root, tag);
  const files = artifacts.filter(({ path }) => path.includes(`/${runTag}/models/`));
  const verified = async (artifact: Fingerprint) => {
    const path = `${root}/${artifact.path}`, { bytes, fingerprint } = await readInput(path);
    if (fingerprint.sha256 !== artifact.sha256) {
      throw new InputError({
        doing: `reading ${path}`,
        found: `its SHA-256 is ${fingerprint.sha256}: the file was changed or damaged after the run`,
        wanted: `${artifact.sha256}, as the run's manifest.json has it`,
        next: "restore the file or run again",
      });
    }
    return bytes;
  };
  const nameOf = ({ path }: Fingerprint) => path.slice(path.lastIndexOf("/") + 1).replace(/\.[a-z]+$/, "");
  const vocabulary = files.find((file) => nameOf(file) === "vocabulary"), models = files.filter((file) => file !== vocabulary);
  if (vocabulary === undefined) {
    throw new InputError({
      doing: `reading the run ${runTag}`,
      found: "its manifest names no models/vocabulary.json",
      wanted: "a finished run",
    });
  }
  const courses = JSON.parse(new TextDecoder().decode(await verified(vocabulary))) as string[];
  return {
    runId,
    runTag,
    folder,
    courses,
    names: models.map(nameOf),
    async read(name) {
      const file = models.find((model) => nameOf(model) === name);
      if (file === undefined) {
        throw new InputError({
          doing: `looking for a model of the run ${runTag}`,
          found: `it has no ${show(name)}`,
          wanted: `one of ${models.map(nameOf).join(", ")}`,
        });
      }
      const saved = decodeModel(await verified(file), `${root}/${file.path}`), items = itemsOf(saved);
      if (items !== courses.length) {
        throw new InputError({
          doing: `reading the model ${root}/${file.path}`,
          found: `it scores ${items} courses`,
          wanted: `the ${courses.length} of the run's vocabulary`,
        });
      }
      return saved;
    },
  };
}

/** Courses that a saved model scores. */
export function itemsOf(saved: SavedModel): number {
  return "parameters" in saved ? saved.model.nItems : saved.architecture === "popularity" ? saved.shares.length : saved.nItems;
}

async function findRun(root: string, tag: string) {
  const { runs } = await readRegistry(root), wanted = tag === "latest" ? runs.toReversed() : runs.filter((run) => run.run_tag === tag);
  for (const { run_id: runId, run_tag: runTag, out_dir } of wanted) {
    const folder = `${root}/${out_dir}`, path = `${folder}/manifest.json`;
    try {
      const { artifacts } = JSON.parse(await Deno.readTextFile(path)) as { artifacts: Fingerprint[] };
      return { runId, runTag, folder, artifacts };
    } catch (error) {
      if (tag === "latest" && error instanceof Deno.errors.NotFound) continue; // unfinished
      throw new InputError({ doing: `reading ${path}`, found: messageOf(error), wanted: "the manifest of a finished run" }, {
        cause: error,
      });
    }
  }
  throw new InputError({
    doing: `looking for the run ${show(tag)} in ${root}/meta.json`,
    found: runs.length === 0 ? "no run at all" : `${runs.length} runs, this one not finished among them`,
    wanted: "the tag of a finished run, or latest",
    next: "deno task baselines makes one; --out names the project folder",
  });
}

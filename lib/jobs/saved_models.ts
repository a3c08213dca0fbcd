/**
 * The models of a finished run, read back: every byte checked against the manifest's fingerprint
 * before it is parsed.
 */
import { InputError, show } from "../errors/input_error.ts";
import { decodeModel, type SavedModel } from "../baselines/model_files.ts";
import { type FinishedRun, readRun } from "../runs/read_run.ts";

/** A finished run's models; a model's file is read when it is asked for. */
export interface SavedModels {
  readonly run: FinishedRun;
  /** Model names, in the order in which the run fitted them. */
  readonly names: readonly string[];
  /**
   * @throws InputError for a name that the run has not, a damaged file, or a model of another
   * catalogue.
   */
  read(name: string): Promise<SavedModel>;
}

/**
 * Opens a run of the project folder `root` by its tag, or the newest finished one. @throws
 * InputError when there is none or it is damaged.
 */
export async function openSavedModels(root: string, tag: string): Promise<SavedModels> {
  const run = await readRun(root, tag);
  const names = Object.keys(run.results.baselines);
  const { courses, outDir, folder, manifest } = run;
  return {
    run,
    names,
    async read(name) {
      const files = [`models/${name}.safetensors`, `models/${name}.json`];
      const file = files.find((file) =>
        manifest.artifacts.some(({ path }) => path === `${outDir}/${file}`)
      );
      if (!names.includes(name) || file === undefined) {
        throw new InputError({
          doing: `looking for a model of the run ${run.tag}`,
          found: `it has no ${show(name)}`,
          wanted: `one of ${names.join(", ")}`,
        });
      }
      const path = `${folder}/${file}`;
      const saved = decodeModel(await run.readArtifact(file), path);
      const items = itemsOf(saved);
      if (items !== courses.length) {
        throw new InputError({
          doing: `reading the model ${path}`,
          found: `it scores ${items} courses`,
          wanted: `the ${courses.length} of the run's vocabulary`,
        });
      }
      return saved;
    },
  };
}

function itemsOf(saved: SavedModel): number {
  return "parameters" in saved
    ? saved.model.nItems
    : saved.architecture === "popularity"
    ? saved.shares.length
    : saved.nItems;
}

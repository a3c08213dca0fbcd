/** The data sets of a sweep, as its workers read them. */
import type { Dataset } from "../../dataset/dataset.ts";
import { readDataset } from "../../dataset/read_dataset.ts";
import { InputError } from "../../errors/input_error.ts";
import type { SweepDocument } from "../../runs/sweep_documents.ts";
import { hashesOf } from "../baselines/open_run.ts";

/** Reads the data set of a name. @throws InputError when it changed since the sweep was planned. */
export type ReadData = (name: string) => Promise<Dataset>;

/** A reader that keeps the last data set: trials of one come one after the other. */
export function dataReader({ data, k_shot_config: { K, Q } }: SweepDocument): ReadData {
  let last: { readonly name: string; readonly dataset: Dataset } | undefined;
  return async (name) => {
    if (last?.name === name) return last.dataset;
    const { folder, files } = planOf(data, name);
    const { dataset, inputs } = await readDataset(folder, K, Q);
    const hashes = hashesOf({ dataset, inputs });
    const changed = Object.keys(files).filter((path) => hashes[path] !== files[path]);
    if (changed.length > 0) {
      throw new InputError({
        doing: `reading ${folder}`,
        found: `${changed.join(", ")} changed since the sweep was planned`,
        wanted: "the same data for all of its trials and runs",
        next: "restore the data, or begin a new sweep",
      });
    }
    last = { name, dataset };
    return dataset;
  };
}

/** A data set of the plan. */
export function planOf(data: SweepDocument["data"], name: string): SweepDocument["data"][number] {
  const found = data.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new InputError({ doing: "reading sweep.json", found: `it has no data set ${name}` });
}

/** What trackers are told of a run at its end. */
import type { ResultsDocument } from "../../runs/run_documents.ts";
import { modelFile } from "../models.ts";
import type { OpenRun } from "./open_run.ts";
import type { TrainedModels } from "./train.ts";

/** Tells the metrics of every model and the files of the run's folder. */
export async function trackEnd(
  { tracker, writer, record: { identity, baselines } }: OpenRun,
  { entries }: TrainedModels,
  { baselines: results }: ResultsDocument,
): Promise<void> {
  for (const [model, metrics] of Object.entries(results)) {
    const epochs = entries[model]?.training.epoch_losses?.length ?? 0;
    const numbers = Object.entries(metrics).flatMap(([name, value]) =>
      typeof value === "number" ? [[`test/${name}`, value] as const] : []
    );
    await tracker.metrics(model, epochs, Object.fromEntries(numbers));
  }
  const folder = `${identity.outDir}/`;
  const owner = new Map(baselines.map((one) => [`models/${modelFile(one)}`, one.name]));
  for (const { path } of writer.artifacts()) {
    if (!path.startsWith(folder)) continue;
    const name = path.slice(folder.length);
    await tracker.artifact(name, owner.get(name));
  }
}

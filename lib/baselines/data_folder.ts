/** Which data a run takes: what was asked for, else the notebook's, else the embedded synthetic set, made when it is not there yet. */
import type { Terminal } from "../cli/terminal.ts";
import { synthesize } from "../dataset/synthetic/synthesize.ts";
import { encodeDataset } from "../dataset/write_dataset.ts";
import { writeFolder } from "../runs/write_folder.ts";
import { type BaselinesConfig, DEFAULT_DATA, DEMO_DATA } from "./config.ts";

/** The data folder. */
export async function dataFolder({ data, k, q }: Pick<BaselinesConfig, "data" | "k" | "q">, terminal: Terminal): Promise<string> {
  if (data !== undefined) return data;
  if (await exists(`${DEFAULT_DATA}/vocab/course2id.json`)) return DEFAULT_DATA;
  const folder = `${DEMO_DATA}_K${k}_Q${q}`;
  terminal.warn(`no --data and no ${DEFAULT_DATA}: taking a SYNTHETIC data set, ${folder}`);
  if (!await exists(folder)) {
    const done = terminal.stage(`Make ${folder}`);
    await writeFolder(folder, encodeDataset(synthesize("demo", k, q)));
    done();
  }
  return folder;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

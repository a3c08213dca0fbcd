/**
 * Which data a run takes: what was asked for, else the notebook's, else the embedded synthetic set,
 * made when it is not there yet.
 */
import { dirname } from "node:path";
import { host } from "../../files/host.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { parseMark, SYNTHETIC_FILE } from "../../dataset/mark.ts";
import { isThisProcess, SYNTHETIC_SEED } from "../../dataset/synthetic/presets.ts";
import { synthesize } from "../../dataset/synthetic/synthesize.ts";
import { encodeDataset } from "../../dataset/write_dataset.ts";
import { recover } from "../../files/scratch.ts";
import { readBytes } from "../../files/input_file.ts";
import { writeFiles, writeFolder } from "../../files/write_folder.ts";
import { type BaselinesConfig, DEFAULT_DATA, DEMO_DATA } from "./config.ts";

/** The data folder. */
export async function dataFolder(
  { data, k, q }: Pick<BaselinesConfig, "data" | "k" | "q">,
  terminal: Terminal,
): Promise<string> {
  if (data !== undefined) {
    if (!await exists(data)) await recover(dirname(data)); // its replacement may be cut short
    return data;
  }
  if (await exists(`${DEFAULT_DATA}/vocab/course2id.json`)) return DEFAULT_DATA;
  const folder = `${DEMO_DATA}_K${k}_Q${q}`;
  terminal.warn(`no --data and no ${DEFAULT_DATA}: taking a SYNTHETIC data set, ${folder}`);
  if (!await exists(folder)) {
    const done = terminal.stage(`Make ${folder}`);
    const files = encodeDataset(synthesize("demo", k, q));
    // another run may have made it meanwhile
    await writeFolder(folder, "keep", (staging) => writeFiles(staging, files));
    done();
  } else await checkMark(folder, terminal);
  return folder;
}

/**
 * A folder that is there already is taken as it is; when it is not the embedded set of this
 * version, that is said.
 */
async function checkMark(folder: string, terminal: Terminal): Promise<void> {
  const path = `${folder}/${SYNTHETIC_FILE}`;
  const isThere = await exists(path);
  if (!isThere) return; // what is wrong with the folder, reading it will tell
  const bytes = await readBytes(path, { doing: `reading ${path}` });
  const { preset, seed, process_version, changes = {} } = parseMark(bytes, path);
  if (
    preset === "demo" && seed === SYNTHETIC_SEED && isThisProcess(process_version) &&
    Object.keys(changes).length === 0
  ) return;
  terminal.warn(
    `${folder} is not the embedded set of this version but preset ${preset}, seed ${seed}, ` +
      `process ${process_version}; ` +
      "remove the folder to have it made again",
  );
}

async function exists(path: string): Promise<boolean> {
  return await host.stat(path).then(() => true, () => false);
}

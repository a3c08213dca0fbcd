/** Which data a run takes: what was asked for, else the notebook's, else a generated set. */
import type { Terminal } from "../cli/terminal.ts";
import { DEFAULT_DATA, DEMO_DATA } from "./config.ts";

/** The data folder; generates the embedded synthetic one when nothing else is there. */
export async function dataFolder(asked: string | undefined, terminal: Terminal): Promise<string> {
  if (asked !== undefined) return asked;
  if (await exists(`${DEFAULT_DATA}/vocab/course2id.json`)) return DEFAULT_DATA;
  terminal.warn(`no --data and no ${DEFAULT_DATA}: taking a synthetic data set in ${DEMO_DATA}`);
  return DEMO_DATA;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

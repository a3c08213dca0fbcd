/**
 * A finished run on the tiny data set, made once a process: what recommend, serve and evaluate
 * start from.
 */
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { configOf, runJob } from "../job.ts";
import { recorder } from "../recorder.ts";

/** The data folder, the project folder, and the run's tag and folder in it. */
export interface TinyRun {
  readonly data: string;
  readonly out: string;
  readonly runTag: string;
  readonly outDir: string;
}

/** Flags under which the tiny data set is read and trained quickly. */
export const TINY_FLAGS = [
  "--k",
  "1",
  "--q",
  "2",
  "--epochs",
  "2",
  "--batch-size",
  "16",
  "--device",
  "tfjs-cpu",
];

let made: Promise<TinyRun> | undefined;

/** The run that all tests of a process share; they only read it. */
export function tinyRun(): Promise<TinyRun> {
  return made ??= makeTinyRun();
}

/** A run of its own, for a test that damages it. */
export async function makeTinyRun(...flags: string[]): Promise<TinyRun> {
  const data = await writeFolder(tinyFolder());
  const out = await Deno.makeTempDir({ prefix: "tiny_run_" });
  const config = configOf(...TINY_FLAGS, "--out", out, ...flags);
  const end = await runJob(config, data, recorder().terminal);
  if (!("finished" in end)) throw new Error("the tiny run was stopped");
  return { data, out, runTag: end.finished.runTag, outDir: end.finished.outDir };
}

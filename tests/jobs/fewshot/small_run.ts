/** Small few-shot runs for tests. */
import { assert } from "@std/assert";
import { parseFlags } from "../../../lib/cli/flags.ts";
import type { Unfinished } from "../../../lib/jobs/baselines/resume.ts";
import { FEWSHOT_COMMAND } from "../../../lib/jobs/fewshot/config.ts";
import { type FewshotEnd, runFewshot } from "../../../lib/jobs/fewshot/run.ts";
import { NEVER } from "../../../lib/jobs/job.ts";
import type { StopSignal } from "../../../lib/terminal/signals.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { jobOf } from "../job.ts";
import { recorder } from "../recorder.ts";
import { makeTinyRun, type TinyRun } from "../recommend/tiny_run.ts";

/** Flags of a small run. */
export const SMALL = [
  "--device",
  "wasm",
  "--threads",
  "1",
  "--meta-steps",
  "12",
  "--meta-batch",
  "4",
  "--validate-every",
  "4",
];

/** Runs the job on a line of flags. */
export async function fewshot(
  line: readonly string[],
  signal: StopSignal = NEVER,
  unfinished?: Unfinished,
): Promise<{ end: FewshotEnd; said: string }> {
  const { values } = parseFlags(FEWSHOT_COMMAND, [...SMALL, ...line]);
  const { terminal, text } = recorder();
  return {
    end: await runFewshot(await jobOf(values, terminal, { signal }), unfinished),
    said: text(),
  };
}

/** A run that ends, and what it said. */
export async function finished(line: readonly string[]) {
  const { end, said } = await fewshot(line);
  assert("finished" in end);
  return { ...end.finished, said };
}

/** A document of a run. */
export const json = async (path: string) => JSON.parse(await Deno.readTextFile(path));

let made: Promise<TinyRun> | undefined;

/** A finished run with a GRU, which the tests of a file share; few-shot runs only read it. */
export function baseRun(): Promise<TinyRun> {
  return made ??= makeTinyRun("--models", "gru_global,popularity");
}

/** A signal that comes after it was asked for `after` times. */
export const signalAfter = (after: number): StopSignal => ({
  received: () => after-- <= 0 ? "SIGTERM" : undefined,
  stop: () => {},
});

/** How often a run that nobody stops asks for a signal. */
export async function timesHeeded(line: readonly string[]): Promise<number> {
  let times = 0;
  await fewshot(line, { received: () => void times++, stop: () => {} });
  return times;
}

/** Methods that are soon done. */
export const QUICK = ["--methods", "support_rules,fine_tune_bias"];

/** Arguments of a run that trains its base model first, in a folder of its own. */
export async function untrained(...line: string[]): Promise<{ out: string; line: string[] }> {
  const out = await Deno.makeTempDir();
  const data = await writeFolder(tinyFolder());
  const needed = ["--out", out, "--data", data, "--k", "1", "--q", "2", "--epochs", "2"];
  return { out, line: [...needed, ...line] };
}

/** A small sweep in one process, without its pool: planned, worked on and gathered. */
import { assertRejects } from "@std/assert";
import { BASELINES } from "../../../lib/baselines/registry.ts";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { NEVER } from "../../../lib/jobs/job.ts";
import { sweepCommand, sweepConfig } from "../../../lib/jobs/sweep/config.ts";
import { gatherAll, workOn } from "../../../lib/jobs/sweep/job.ts";
import { type Planned, planSweep } from "../../../lib/jobs/sweep/plan.ts";
import { statusOf, statusText } from "../../../lib/jobs/sweep/status.ts";
import type { SweepResults } from "../../../lib/runs/sweep_documents.ts";
import { jobOf } from "../job.ts";
import { recorder } from "../recorder.ts";

const COMMAND = sweepCommand(BASELINES);
const FLAGS = ["--k=1", "--q=2", "--batch-size=16", "--epochs=2", "--device=tfjs-cpu"];

/** The one worker. */
export const ME = { host: "here", worker: "the only one" };

/** Plans a sweep with these flags besides small ones. */
export async function plan(out: string, ...args: string[]): Promise<Planned> {
  const config = sweepConfig(parseFlags(COMMAND, [...FLAGS, ...args, "--out", out]));
  return await planSweep(await jobOf(config, recorder().terminal));
}

/** Does what is left of it. */
export async function finish(planned: Planned, { terminal } = recorder()): Promise<SweepResults> {
  const share = { part: 0, parts: 1 };
  await workOn(planned, share, { baselines: BASELINES, terminal, signal: NEVER, me: ME });
  return await gatherAll(planned, terminal);
}

/** What `sweep status` says. */
export const told = async (planned: Planned): Promise<string> =>
  statusText(planned, await statusOf(planned, ME.host));

/** Why its results are not gathered. */
export const gathered = async (planned: Planned): Promise<string> =>
  (await assertRejects(() => gatherAll(planned, recorder().terminal), InputError)).message;

/** A JSON file's value. */
// deno-lint-ignore no-explicit-any
export const json = async (path: string): Promise<any> => JSON.parse(await Deno.readTextFile(path));

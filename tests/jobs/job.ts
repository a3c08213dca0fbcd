/** Jobs of the baselines as the scripts make them, for tests. */
import type { Baseline } from "../../lib/baselines/baseline.ts";
import { BASELINES } from "../../lib/baselines/registry.ts";
import { parseResumed } from "../../lib/cli/config_file.ts";
import { parseFlags } from "../../lib/cli/flags.ts";
import { chooseEngine, type Device } from "../../lib/engine/device.ts";
import {
  baselinesCommand,
  type BaselinesConfig,
  baselinesConfig,
} from "../../lib/jobs/baselines/config.ts";
import { configFileOf, takeUp } from "../../lib/jobs/baselines/resume.ts";
import { runBaselines, type RunEnd } from "../../lib/jobs/baselines/run.ts";
import { type Job, NEVER } from "../../lib/jobs/job.ts";
import { RECOMMEND_COMMAND } from "../../lib/jobs/recommend/config.ts";
import { recommendSessions } from "../../lib/jobs/recommend/job.ts";
import { SERVE_COMMAND } from "../../lib/serve/config.ts";
import { openService } from "../../lib/serve/service.ts";
import type { StopSignal } from "../../lib/terminal/signals.ts";
import type { Terminal } from "../../lib/terminal/terminal.ts";
import { recorder } from "./recorder.ts";

/** The command over the registry. */
export const COMMAND = baselinesCommand(BASELINES);

/** The configuration of arguments. */
export function configOf(...args: string[]): BaselinesConfig {
  return baselinesConfig(parseFlags(COMMAND, args));
}

/** A job on the device that its configuration names. */
export async function jobOf<C extends { readonly device: Device }>(
  config: C,
  terminal: Terminal,
  { signal = NEVER, baselines = BASELINES }: {
    readonly signal?: StopSignal;
    readonly baselines?: readonly Baseline[];
  } = {},
): Promise<Job<C>> {
  return { config, terminal, signal, baselines, device: await chooseEngine(config.device) };
}

/** Runs the baselines. */
export async function runJob(
  config: BaselinesConfig,
  data: string,
  terminal: Terminal,
  signal?: StopSignal,
): Promise<RunEnd> {
  return await runBaselines(await jobOf(config, terminal, { signal }), data);
}

/** The configuration of a run that is resumed with these arguments; nothing holds the run. */
export async function resumedConfig(...args: string[]): Promise<BaselinesConfig> {
  const { values: { out, resume } } = parseFlags(COMMAND, args);
  const unfinished = (await takeUp(out, resume!))!;
  unfinished.held.release();
  const parsed = await parseResumed(COMMAND, args, configFileOf(unfinished));
  return { ...baselinesConfig(parsed), resume: unfinished.identity.runTag };
}

/** The programs over any list of baselines, on a data folder and a fresh project folder. */
export async function programs(baselines: readonly Baseline[], data: string) {
  const out = await Deno.makeTempDir();
  const { terminal } = recorder();
  const command = baselinesCommand(baselines);
  const device = await chooseEngine("tfjs-cpu");
  const job = <C>(config: C) => ({ config, terminal, signal: NEVER, device, baselines });
  return {
    out,
    /** Runs the baselines, or stops after so many looks at the signal. */
    async run(args: string, stoppedAfter = Infinity): Promise<RunEnd> {
      const line = [...args.split(" "), "--out", out];
      const config = baselinesConfig(parseFlags(command, line));
      let looks = 0;
      const received = () => ++looks > stoppedAfter ? "SIGINT" as const : undefined;
      return await runBaselines({ ...job(config), signal: { received, stop: () => {} } }, data);
    },
    async recommend(...args: string[]) {
      const { values } = parseFlags(RECOMMEND_COMMAND, [...args, "--out", out]);
      return await recommendSessions(job(values));
    },
    async serve(request: Request): Promise<Response> {
      const { values } = parseFlags(SERVE_COMMAND, ["--out", out]);
      const service = await openService(job(values));
      const response = await service.handler.handle(request);
      service.dispose();
      return response;
    },
  };
}

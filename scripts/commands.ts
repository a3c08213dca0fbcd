/** What each program is asked to do: its flags and its verbs, without running it. */
import { BASELINES } from "../lib/baselines/registry.ts";
import { baselinesCommand } from "../lib/jobs/baselines/config.ts";
import { CONFORM_COMMAND } from "../lib/jobs/conform/config.ts";
import { EVALUATE_COMMAND } from "../lib/jobs/evaluate.ts";
import { FEWSHOT_COMMAND } from "../lib/jobs/fewshot/config.ts";
import { PREPARE_COMMAND } from "../lib/jobs/prepare/config.ts";
import { RECOMMEND_COMMAND } from "../lib/jobs/recommend/config.ts";
import { REPORT_COMMAND } from "../lib/jobs/report/config.ts";
import { RUNS_COMMAND } from "../lib/jobs/runs/config.ts";
import { sweepCommand } from "../lib/jobs/sweep/config.ts";
import { SYNTHESIZE_COMMAND } from "../lib/jobs/synthesize/config.ts";
import { SERVE_COMMAND } from "../lib/serve/config.ts";
import type { Command } from "../lib/settings/command.ts";
import type { Settings } from "../lib/settings/settings.ts";
import type { ProgramName } from "./programs.ts";

/** By the programs' names. */
export const COMMANDS: Readonly<Record<ProgramName, Command<Settings>>> = {
  baselines: baselinesCommand(BASELINES),
  conform: CONFORM_COMMAND,
  evaluate: EVALUATE_COMMAND,
  fewshot: FEWSHOT_COMMAND,
  prepare: PREPARE_COMMAND,
  recommend: RECOMMEND_COMMAND,
  report: REPORT_COMMAND,
  runs: RUNS_COMMAND,
  serve: SERVE_COMMAND,
  sweep: sweepCommand(BASELINES),
  synthesize: SYNTHESIZE_COMMAND,
};

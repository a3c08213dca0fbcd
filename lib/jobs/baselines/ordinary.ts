/** The home of the runs that people start: registered in the run log, and published. */
import { outFlag } from "../../errors/shell_words.ts";
import type { RunHome } from "./home.ts";
import { beginRun } from "./open_run.ts";
import { settle, takeUp } from "./resume.ts";

/** A project's own runs. */
export const ORDINARY: RunHome = {
  publishes: true,
  settle: async (job) => await settle(job.config.out, job),
  takeUp: async ({ out, resume }) => resume === undefined ? undefined : await takeUp(out, resume),
  begin: async (job, beginning) => await beginRun(job.config.out, job, beginning),
  resumeCommand: (tag, out) => `deno task baselines --resume ${tag}${outFlag(out)}`,
};

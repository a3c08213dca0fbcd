/** The home of the runs that people start: registered in the run log, and published. */
import { NOTEBOOK } from "../../runs/run_folder.ts";
import type { RunHome } from "./home.ts";
import { beginRun } from "./open_run.ts";
import { settle, takeUp } from "./resume.ts";

/** The notebook's place. */
export const ORDINARY: RunHome = {
  place: NOTEBOOK,
  publishes: true,
  settle: async (job) => await settle(job.config.out, job),
  takeUp: async ({ out, resume }) => resume === undefined ? undefined : await takeUp(out, resume),
  begin: async (job, beginning) => await beginRun(job.config.out, job, beginning),
  resumeCommand: (tag, out) =>
    `deno task baselines --resume ${tag}${out === "." ? "" : ` --out ${out}`}`,
};

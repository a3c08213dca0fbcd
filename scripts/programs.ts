/** The programs that `compile` and `pack` hold; importing one runs it with `Deno.args`. */
import { taskOf } from "./compile/task.ts";

/** By their names, which are those of their tasks. */
export const PROGRAMS: Readonly<Record<string, () => Promise<unknown>>> = {
  baselines: () => import("./baselines.ts"),
  conform: () => import("./conform.ts"),
  evaluate: () => import("./evaluate.ts"),
  fewshot: () => import("./fewshot.ts"),
  prepare: () => import("./prepare.ts"),
  recommend: () => import("./recommend.ts"),
  report: () => import("./report.ts"),
  runs: () => import("./runs.ts"),
  serve: () => import("./serve.ts"),
  sweep: () => import("./sweep.ts"),
  synthesize: () => import("./synthesize.ts"),
};

/** The flags of each program's task, by its name. */
export const PROGRAM_FLAGS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.keys(PROGRAMS).map((name) => [name, taskOf(name).flags]),
);

/** The script that runs any of them. */
export const ENTRY_SCRIPT = "scripts/coldstart.ts";

/** How each is called where they are called by `words` and their names. */
export function calledBy(words: string): Record<string, string> {
  return Object.fromEntries(Object.keys(PROGRAMS).map((name) => [name, words + name]));
}

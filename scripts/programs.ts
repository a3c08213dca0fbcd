/** The programs that `compile` and `pack` hold; importing one runs it with `Deno.args`. */
import { SELF } from "./compile/started_from.ts";
import { taskOf } from "./compile/task.ts";

/** By their names, which are those of their tasks. */
export const PROGRAMS = {
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
} satisfies Readonly<Record<string, () => Promise<unknown>>>;

/** The name of one. */
export type ProgramName = keyof typeof PROGRAMS;

/** Whether a word is one. */
export function isProgram(word: string): word is ProgramName {
  return Object.hasOwn(PROGRAMS, word);
}

/** The flags of each program's task, by its name. */
export const PROGRAM_FLAGS = Object.fromEntries(
  Object.keys(PROGRAMS).map((name) => [name, taskOf(name).flags]),
) as Readonly<Record<ProgramName, readonly string[]>>;

/** The flags of a line that begins with no program, or asks for a completion. */
export const NO_PROGRAM_FLAGS: readonly string[] = ["--no-prompt", `--allow-env=${SELF}`];

/** The script that runs any of them. */
export const ENTRY_SCRIPT = "scripts/coldstart.ts";

/** How each is called where they are called by `words` and their names. */
export function calledBy(words: string): Record<string, string> {
  return Object.fromEntries(Object.keys(PROGRAMS).map((name) => [name, words + name]));
}

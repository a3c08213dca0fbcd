/** `deno task runs`: lists, shows, compares, exports and deletes runs; the leaderboard of many. */
import { BASELINES } from "../lib/baselines/registry.ts";
import { runSubcommand, subcommand } from "../lib/cli/subcommands.ts";
import { InputError } from "../lib/errors/input_error.ts";
import {
  COMPARE_COMMAND,
  DELETE_COMMAND,
  EXPORT_COMMAND,
  LEADERBOARD_COMMAND,
  LIST_COMMAND,
  RUNS_COMMAND,
  SHOW_COMMAND,
} from "../lib/jobs/runs/config.ts";
import { startedFrom } from "./compile/started_from.ts";
import { clearDeleted, deleteRun } from "../lib/jobs/runs/delete.ts";
import type { LeftOut } from "../lib/jobs/runs/evidence.ts";
import { findRuns, named } from "../lib/jobs/runs/find.ts";
import {
  type Answer,
  compareNamed,
  exportFormat,
  exportRuns,
  leaderboardOf,
  listRuns,
  showRuns,
  writeText,
} from "../lib/jobs/runs/job.ts";
import { complain, give, say, sayJson } from "../lib/terminal/say.ts";
import { columnsOfStdout } from "../lib/terminal/terminal.ts";

const commands = [
  subcommand(LIST_COMMAND, async ({ values }) => {
    const answer = await listRuns(values, columnsOfStdout());
    if (values.quiet) return answer.tags.forEach(give);
    tell(answer, values.json);
  }),
  subcommand(
    SHOW_COMMAND,
    async ({ values }) => tell(await showRuns({ ...values, file: startedFrom() }), values.json),
  ),
  subcommand(COMPARE_COMMAND, async ({ values }) => tell(await compareNamed(values), values.json)),
  subcommand(EXPORT_COMMAND, async ({ values, given }) => {
    const { file, json, ...flags } = values;
    const format = exportFormat(values, given);
    const { text, leftOut } = await exportRuns({ ...flags, format }, BASELINES);
    tellLeftOut(leftOut);
    if (file === undefined) return give(text.trimEnd());
    await writeText(file, text);
    if (json) sayJson({ file, left_out: leftOut }, 2);
    else say(`Written: ${file}`);
  }),
  subcommand(LEADERBOARD_COMMAND, async ({ values: { file, json, ...flags } }) => {
    const { text, leftOut } = await leaderboardOf(flags, BASELINES);
    tellLeftOut(leftOut);
    await writeText(file, text);
    if (json) sayJson({ page: file, left_out: leftOut }, 2);
    else say(`Page: ${file}`);
  }),
  subcommand(DELETE_COMMAND, async ({ values: { tag, runs, yes, json } }) => {
    const found = await findRuns(runs);
    if (tag.length === 0) {
      throw new InputError({
        doing: "deleting runs",
        found: "none is named",
        wanted: "the tags of runs",
        next: "deno task runs list says which there are",
      });
    }
    const chosen = named(found, tag);
    for (const { folder } of chosen) complain(folder);
    if (!yes && !asked(chosen.length)) return 1;
    await clearDeleted(chosen);
    for (const run of chosen) {
      await deleteRun(run);
      if (!json) say(`Deleted: ${run.folder}`);
    }
    if (json) sayJson({ deleted: chosen.map(({ folder }) => folder) }, 2);
  }),
];

Deno.exit(
  await runSubcommand({
    name: RUNS_COMMAND.name,
    summary: RUNS_COMMAND.summary,
    commands,
    fallback: "list",
  }, Deno.args),
);

/** Whether somebody at a terminal says yes; elsewhere nobody can, and `--yes` is the way. */
function asked(count: number): boolean {
  if (!Deno.stdin.isTerminal()) {
    complain("Nothing is deleted: this is no terminal, on which one could be asked. Try: --yes.");
    return false;
  }
  const answer = prompt(`Delete ${count === 1 ? "this run" : `these ${count} runs`}? (yes/no)`);
  if (/^y(es)?$/i.test(answer?.trim() ?? "")) return true;
  say("Nothing is deleted.");
  return false;
}

function tell({ text, value }: Answer, json: boolean): void {
  if (json) sayJson(value, 2);
  else give(text);
}

function tellLeftOut(leftOut: readonly LeftOut[]): void {
  for (const { run, why } of leftOut) complain(`left out: ${run}: ${why}`);
}

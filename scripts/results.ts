/**
 * `deno task results`: makes the tables of docs/results.md again from the folders of finished runs.
 */
import { runCommand } from "../lib/cli/command.ts";
import { InputError, show } from "../lib/errors/input_error.ts";
import { writeAtomic } from "../lib/files/atomic.ts";
import { readRun } from "../lib/runs/read_run.ts";
import type { Command } from "../lib/settings/command.ts";
import { list, text, toggle } from "../lib/settings/settings.ts";
import { JSON_OUT } from "../lib/jobs/settings.ts";
import { give, sayJson } from "../lib/terminal/say.ts";
import { partOf, withPart } from "./results/page.ts";
import { resultsOf } from "./results/tables.ts";

const PAGE = "docs/results.md";

const FLAGS = {
  table: text("name", "the table of docs/results.md that the runs are for, such as demo"),
  runs: {
    ...list<string>("folder@tag …", "project folders of the runs, each with a tag (@latest)", []),
    spreads: true,
  },
  write: toggle(`put the table into ${PAGE}`),
  json: JSON_OUT,
};
const COMMAND: Command<typeof FLAGS> = {
  name: "results",
  summary: "makes a table of docs/results.md from finished runs on the same queries",
  flags: FLAGS,
  examples: ["results --table demo --runs .@latest --write"],
};

Deno.exit(
  await runCommand(COMMAND, Deno.args, async ({ values: { table, runs, write, json } }) => {
    if (table === undefined || runs.length === 0) {
      throw new InputError({
        doing: "reading the arguments of results",
        found: table === undefined ? "no --table" : "no --runs",
        wanted: "the table's name and the runs that it is made of",
      });
    }
    const found = await Promise.all(runs.map((run) => {
      const [folder, tag = "latest"] = run.split("@");
      return readRun(folder, tag);
    }));
    const made = resultsOf(found);
    const told = { table, runs: found.map(({ tag }) => tag), markdown: made };
    if (!write) return json ? sayJson(told, 2) : give(made);
    const page = await Deno.readTextFile(PAGE);
    if (partOf(page, table) === undefined) {
      throw new InputError({
        doing: `writing ${PAGE}`,
        found: `it has no table ${show(table)}`,
        wanted: "the two comments between which it goes",
      });
    }
    await writeAtomic(PAGE, new TextEncoder().encode(withPart(page, table, made)));
    if (json) sayJson({ ...told, file: PAGE }, 2);
  }),
);

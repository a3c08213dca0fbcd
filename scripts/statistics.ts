/**
 * `deno task statistics`: simulates what the intervals cover and how often equal models are called
 * different, as the tables of docs/statistics.md.
 */
import { runCommand } from "../lib/cli/command.ts";
import { writeAtomic } from "../lib/files/atomic.ts";
import type { Command } from "../lib/settings/command.ts";
import { integer, toggle } from "../lib/settings/settings.ts";
import { withTables } from "./statistics/page.ts";
import { EFFORT, simulateAll, tablesOf } from "./statistics/tables.ts";
import { withThreads } from "./statistics/threads.ts";
import { JSON_OUT } from "../lib/jobs/settings.ts";
import { complain, give, isSilenced, sayJson } from "../lib/terminal/say.ts";

const PAGE = "docs/statistics.md";

const FLAGS = {
  simulations: integer(
    "simulations of a cell with 10 and 20 users; three times as many with fewer users",
    EFFORT.simulations,
    1,
    1e7,
  ),
  fewer: integer(
    "simulations of a cell with 79 users and more, and of the last two tables",
    EFFORT.fewer,
    1,
    1e7,
  ),
  seed: integer("seed of every draw", EFFORT.seed, 0, 0xffffffff),
  write: toggle(`put the tables into ${PAGE}`),
  json: JSON_OUT,
};

const COMMAND: Command<typeof FLAGS> = {
  name: "statistics",
  summary: "simulates coverage of the intervals and size of the tests",
  flags: FLAGS,
  examples: [
    "deno task statistics --simulations 1000 --fewer 200    a first look",
    "deno task statistics --write                           the tables of docs/statistics.md",
  ],
};

Deno.exit(
  await runCommand(COMMAND, Deno.args, async ({ values: { write, json, ...effort } }) => {
    const simulated = await withThreads((simulate) =>
      simulateAll(effort, simulate, (what) => isSilenced() || complain(`   ${what}`))
    );
    const tables = tablesOf(simulated);
    if (json) sayJson(simulated, 2);
    if (!write) return json ? undefined : give(tables);
    const page = withTables(await Deno.readTextFile(PAGE), tables);
    await writeAtomic(PAGE, new TextEncoder().encode(page));
  }),
);

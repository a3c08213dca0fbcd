/** `deno task runs`: lists, shows, compares and exports runs. */
import { runSubcommand, subcommand } from "../lib/cli/subcommands.ts";
import {
  COMPARE_COMMAND,
  EXPORT_COMMAND,
  LIST_COMMAND,
  SHOW_COMMAND,
} from "../lib/jobs/runs/config.ts";
import {
  type Answer,
  compareNamed,
  exportRuns,
  listRuns,
  showRuns,
  writeText,
} from "../lib/jobs/runs/job.ts";
import type { LeftOut } from "../lib/jobs/runs/evidence.ts";
import { complain, say, sayJson } from "../lib/terminal/say.ts";

const commands = [
  subcommand(LIST_COMMAND, async ({ values }) => {
    const answer = await listRuns(values);
    if (values.quiet) return answer.tags.forEach((tag) => say(tag));
    tell(answer, values.json);
  }),
  subcommand(SHOW_COMMAND, async ({ values }) => tell(await showRuns(values), values.json)),
  subcommand(COMPARE_COMMAND, async ({ values }) => tell(await compareNamed(values), values.json)),
  subcommand(EXPORT_COMMAND, async ({ values: { file, ...flags } }) => {
    const { text, leftOut } = await exportRuns(flags);
    tellLeftOut(leftOut);
    if (file === undefined) return say(text.trimEnd());
    await writeText(file, text);
    say(`Written: ${file}`);
  }),
];

Deno.exit(
  await runSubcommand({
    name: "runs",
    summary: "what runs there are, what they reach, and tables of them",
    commands,
    fallback: "list",
  }, Deno.args),
);

function tell({ text, value }: Answer, json: boolean): void {
  if (json) sayJson(value, 2);
  else say(text);
}

function tellLeftOut(leftOut: readonly LeftOut[]): void {
  for (const { run, why } of leftOut) complain(`left out: ${run}: ${why}`);
}

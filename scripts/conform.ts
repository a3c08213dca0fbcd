/** `deno task conform FOLDER`: rules and neighbours against session-rec's own ranks. */
import { runCommand } from "../lib/cli/command.ts";
import { InputError } from "../lib/errors/input_error.ts";
import { conform, verdictTable } from "../lib/jobs/conform/job.ts";
import type { Command } from "../lib/settings/command.ts";
import { text } from "../lib/settings/settings.ts";
import { quietTerminal, terminal } from "../lib/terminal/terminal.ts";
import { give, sayJson } from "../lib/terminal/say.ts";
import { JSON_OUT } from "../lib/jobs/settings.ts";

const FLAGS = {
  data: text("folder", "the folder: train.tsv.gz, test.tsv.gz, expected/session_rec.json (needed)"),
  json: JSON_OUT,
};
const COMMAND: Command<typeof FLAGS> = {
  name: "conform",
  summary: "compares rules and neighbours, rank by rank, with session-rec's own classes; exits " +
    "with 1 where a model misses",
  flags: FLAGS,
  examples: [
    "conform my/folder    docs/conformance.md says what it holds and how session-rec makes it",
  ],
};

/** The folder may stand without its flag. */
const args = Deno.args.length > 0 && !Deno.args[0].startsWith("-")
  ? ["--data", ...Deno.args]
  : Deno.args;

Deno.exit(
  await runCommand(COMMAND, args, async ({ values: { data, json } }) => {
    if (data === undefined) {
      throw new InputError({
        doing: "reading the arguments of conform",
        found: "no folder",
        wanted: "conform <folder>",
      });
    }
    const verdicts = await conform(data, json ? quietTerminal() : terminal());
    if (json) sayJson(verdicts, 2);
    else give(verdictTable(verdicts));
    return verdicts.some(({ missed }) => missed > 0) ? 1 : 0;
  }),
);

/** `deno task conform FOLDER`: rules and neighbours against session-rec's own ranks. */
import { runCommand } from "../lib/cli/command.ts";
import { InputError } from "../lib/errors/input_error.ts";
import { CONFORM_COMMAND } from "../lib/jobs/conform/config.ts";
import { conform, verdictTable } from "../lib/jobs/conform/job.ts";
import { quietTerminal, terminal } from "../lib/terminal/terminal.ts";
import { give, sayJson } from "../lib/terminal/say.ts";

/** The folder may stand without its flag. */
const args = Deno.args.length > 0 && !Deno.args[0].startsWith("-")
  ? ["--data", ...Deno.args]
  : Deno.args;

Deno.exit(
  await runCommand(CONFORM_COMMAND, args, async ({ values: { data, json } }) => {
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

/** `deno task evaluate`: a run's saved models, evaluated again. */
import { EVALUATE_COMMAND, evaluateSaved, evaluationTable } from "../lib/jobs/evaluate.ts";
import { runCommand } from "../lib/cli/command.ts";
import { quietTerminal, terminal } from "../lib/terminal/terminal.ts";
import { InputError } from "../lib/errors/input_error.ts";

Deno.exit(
  await runCommand(EVALUATE_COMMAND, Deno.args, async ({ values }) => {
    const { data } = values;
    if (data === undefined) {
      throw new InputError({
        doing: "reading the arguments of evaluate",
        found: "no --data",
        wanted: "--data <folder>",
      });
    }
    const { document, path } = await evaluateSaved(
      { ...values, data },
      values.json ? quietTerminal() : terminal(),
    );
    console.log(
      values.json ? JSON.stringify(document, null, 2) : `\n${evaluationTable(document)}\n\n${path}`,
    );
  }),
);

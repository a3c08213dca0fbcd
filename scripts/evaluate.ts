/** `deno task evaluate`: a run's saved models, evaluated again. */
import { BASELINES } from "../lib/baselines/registry.ts";
import { runCommand } from "../lib/cli/command.ts";
import { chooseEngine } from "../lib/engine/device.ts";
import { InputError } from "../lib/errors/input_error.ts";
import { EVALUATE_COMMAND, evaluateSaved } from "../lib/jobs/evaluate.ts";
import { NEVER } from "../lib/jobs/job.ts";
import { quietTerminal, terminal as openTerminal } from "../lib/terminal/terminal.ts";

Deno.exit(
  await runCommand(EVALUATE_COMMAND, Deno.args, async ({ values }) => {
    const { data, json } = values;
    if (data === undefined) {
      throw new InputError({
        doing: "reading the arguments of evaluate",
        found: "no --data",
        wanted: "--data <folder>",
      });
    }
    const { document, path, table } = await evaluateSaved({
      config: { ...values, data },
      terminal: json ? quietTerminal() : openTerminal(),
      signal: NEVER,
      device: await chooseEngine(values.device),
      baselines: BASELINES,
    });
    console.log(json ? JSON.stringify(document, null, 2) : `\n${table}\n\n${path}`);
  }),
);

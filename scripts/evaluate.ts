/** `deno task evaluate`: a run's saved models, evaluated again. */
import { BASELINES } from "../lib/baselines/registry.ts";
import { runCommand } from "../lib/cli/command.ts";
import { chooseEngine } from "../lib/engine/device.ts";
import { EVALUATE_COMMAND, evaluateSaved } from "../lib/jobs/evaluate.ts";
import { NEVER } from "../lib/jobs/job.ts";
import { quietTerminal, terminal as openTerminal } from "../lib/terminal/terminal.ts";
import { give, say, sayJson } from "../lib/terminal/say.ts";

Deno.exit(
  await runCommand(EVALUATE_COMMAND, Deno.args, async ({ values }) => {
    const { json } = values;
    const { document, path, table } = await evaluateSaved({
      config: values,
      terminal: json ? quietTerminal() : openTerminal(),
      signal: NEVER,
      device: await chooseEngine(values.device),
      baselines: BASELINES,
    });
    if (json) return sayJson(document, 2);
    say();
    give(table);
    say(`\n${path}`);
  }),
);

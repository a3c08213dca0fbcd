/** `deno task baselines`: trains and evaluates the baselines and writes a run. */
import { BASELINES_COMMAND } from "../lib/baselines/config.ts";
import { dataFolder } from "../lib/baselines/data_folder.ts";
import { runBaselines } from "../lib/baselines/run_baselines.ts";
import { runCommand } from "../lib/cli/command.ts";
import { terminal } from "../lib/cli/terminal.ts";

Deno.exit(
  await runCommand(BASELINES_COMMAND, Deno.args, async ({ values }) => {
    const speaker = terminal();
    await runBaselines(values, await dataFolder(values.data, speaker), speaker);
  }),
);

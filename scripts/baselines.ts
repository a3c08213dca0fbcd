/** `deno task baselines`: trains and evaluates the baselines and writes a run. */
import { BASELINES_COMMAND } from "../lib/jobs/baselines/config.ts";
import { dataFolder } from "../lib/jobs/baselines/data_folder.ts";
import { resumedConfig } from "../lib/jobs/baselines/resumed_config.ts";
import { runBaselines } from "../lib/jobs/baselines/run_baselines.ts";
import { runCommand } from "../lib/cli/command.ts";
import { listenForStop, SIGNAL_EXIT } from "../lib/terminal/signals.ts";
import { terminal } from "../lib/terminal/terminal.ts";

Deno.exit(
  await runCommand(BASELINES_COMMAND, Deno.args, async (parsed) => {
    const config = await resumedConfig(parsed, Deno.args);
    const speaker = terminal();
    const signal = listenForStop((name) =>
      speaker.warn(`${name}: finishing the step and saving; once more to stop at once`)
    );
    const end = await runBaselines(config, await dataFolder(config, speaker), speaker, signal);
    return "stopped" in end ? SIGNAL_EXIT[end.stopped] : 0;
  }),
);

/** `deno task fewshot`: adapts a base model to new learners and says what support is worth. */
import { BASELINES } from "../lib/baselines/registry.ts";
import { runCommand } from "../lib/cli/command.ts";
import { parseResumed } from "../lib/cli/config_file.ts";
import { chooseEngine } from "../lib/engine/device.ts";
import { configFileOf, takeUp } from "../lib/jobs/baselines/resume.ts";
import { FEWSHOT_COMMAND } from "../lib/jobs/fewshot/config.ts";
import { runFewshot } from "../lib/jobs/fewshot/run.ts";
import { FEWSHOT } from "../lib/runs/run_folder.ts";
import { sayJson } from "../lib/terminal/say.ts";
import { listenForStop, SIGNAL_EXIT } from "../lib/terminal/signals.ts";
import { quietTerminal, terminal as openTerminal } from "../lib/terminal/terminal.ts";

Deno.exit(
  await runCommand(FEWSHOT_COMMAND, Deno.args, async (parsed) => {
    const { resume, out } = parsed.values;
    const unfinished = resume === undefined
      ? undefined
      : await takeUp(out, resume, undefined, FEWSHOT);
    const { values: config } = unfinished === undefined
      ? parsed
      : await parseResumed(FEWSHOT_COMMAND, Deno.args, configFileOf(unfinished));
    const terminal = config.json ? quietTerminal() : openTerminal();
    const signal = listenForStop((name) =>
      terminal.warn(`${name}: finishing the step and saving; once more to stop at once`)
    );
    const device = await chooseEngine(config.device);
    const job = { config, terminal, signal, device, baselines: BASELINES };
    const end = await runFewshot(job, unfinished);
    if ("stopped" in end) return SIGNAL_EXIT[end.stopped];
    if (config.json) sayJson(end.finished.results, 2);
    return 0;
  }),
);

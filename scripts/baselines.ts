/** `deno task baselines`: trains and evaluates the baselines and writes a run. */
import { BASELINES } from "../lib/baselines/registry.ts";
import { runCommand } from "../lib/cli/command.ts";
import { parseResumed } from "../lib/cli/config_file.ts";
import { chooseEngine } from "../lib/engine/device.ts";
import { baselinesCommand, baselinesConfig } from "../lib/jobs/baselines/config.ts";
import { dataFolder } from "../lib/jobs/baselines/data_folder.ts";
import { idleFlags } from "../lib/jobs/baselines/idle.ts";
import { configFileOf, settle, takeUp } from "../lib/jobs/baselines/resume.ts";
import { runBaselines } from "../lib/jobs/baselines/run.ts";
import { readRun } from "../lib/runs/read_run.ts";
import { sayJson } from "../lib/terminal/say.ts";
import { listenForStop, SIGNAL_EXIT } from "../lib/terminal/signals.ts";
import { quietTerminal, terminal as openTerminal } from "../lib/terminal/terminal.ts";

const COMMAND = baselinesCommand(BASELINES);

Deno.exit(
  await runCommand(COMMAND, Deno.args, async (parsed) => {
    const { json, resume, out } = parsed.values;
    const terminal = json ? quietTerminal() : openTerminal();
    const signal = listenForStop((name) =>
      terminal.warn(`${name}: finishing the step and saving; once more to stop at once`)
    );
    const published = await settle(out, { terminal, signal });
    const unfinished = resume === undefined ? undefined : await takeUp(out, resume, published);
    if (resume !== undefined && unfinished === undefined) {
      if (json) sayJson((await readRun(out, published!)).results, 2);
      return 0;
    }
    const config = baselinesConfig(
      unfinished === undefined
        ? parsed
        : await parseResumed(COMMAND, Deno.args, configFileOf(unfinished)),
    );
    if (unfinished === undefined) {
      for (const note of idleFlags(BASELINES, config, parsed)) terminal.warn(note);
    }
    const data = await dataFolder(config, terminal);
    const device = await chooseEngine(config.device);
    const job = { config, terminal, signal, device, baselines: BASELINES };
    const end = await runBaselines(job, data, unfinished);
    if ("stopped" in end) return SIGNAL_EXIT[end.stopped];
    if (json) sayJson(end.finished.results, 2);
    return 0;
  }),
);

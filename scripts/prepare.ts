/** deno task prepare: a raw interaction log → a data folder. */
import { runCommand } from "../lib/cli/command.ts";
import { PREPARE_COMMAND, prepareOptions } from "../lib/jobs/prepare/config.ts";
import { prepareSummary } from "../lib/jobs/prepare/summary.ts";
import { prepare } from "../lib/prepare/prepare.ts";
import { Interrupted, interruptible } from "../lib/terminal/signals.ts";
import { complain, say, sayJson } from "../lib/terminal/say.ts";

Deno.exit(
  await runCommand(PREPARE_COMMAND, Deno.args, async ({ values, given }) => {
    const options = prepareOptions(values, given);
    const start = performance.now();
    const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
    const tell = values.json ? complain : say;
    const progress = (message: string) => tell(`${seconds().padStart(8)}  ${message}`);
    try {
      const report = await interruptible((signal) => prepare(options, progress, signal));
      if (values.json) return sayJson(report, 2);
      prepareSummary(report).forEach((line) => say(line));
      say(`${options.out} written in ${seconds()}`);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      complain(`\n${error.message}; what was in ${options.out} before is untouched`);
      return error.exitCode;
    }
  }),
);

/** `deno task recommend`: a session in, the next courses out, from a run's saved model. */
import { BASELINES } from "../lib/baselines/registry.ts";
import { runCommand } from "../lib/cli/command.ts";
import { chooseEngine } from "../lib/engine/device.ts";
import { NEVER } from "../lib/jobs/job.ts";
import { RECOMMEND_COMMAND } from "../lib/jobs/recommend/config.ts";
import { answersTable, recommendSessions } from "../lib/jobs/recommend/job.ts";
import { quietTerminal } from "../lib/terminal/terminal.ts";

Deno.exit(
  await runCommand(RECOMMEND_COMMAND, Deno.args, async ({ values: config }) => {
    const answers = await recommendSessions({
      config,
      terminal: quietTerminal(),
      signal: NEVER,
      device: await chooseEngine(config.device),
      baselines: BASELINES,
    });
    if (config.json) {
      console.log(JSON.stringify(answers, null, 2));
      return;
    }
    const named = config.input !== undefined;
    if (!named) console.log(`${answers.model} of run ${answers.run_tag}\n`);
    console.log(answersTable(answers, named));
  }),
);

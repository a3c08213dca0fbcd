/** `deno task recommend`: a session in, the next courses out, from a run's saved model. */
import { BASELINES } from "../lib/baselines/registry.ts";
import { runCommand } from "../lib/cli/command.ts";
import { chooseEngine } from "../lib/engine/device.ts";
import { NEVER } from "../lib/jobs/job.ts";
import { RECOMMEND_COMMAND } from "../lib/jobs/recommend/config.ts";
import { answersNotes, answersTable, recommendSessions } from "../lib/jobs/recommend/job.ts";
import { quietTerminal } from "../lib/terminal/terminal.ts";
import { give, say, sayJson } from "../lib/terminal/say.ts";

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
      sayJson(answers, 2);
      return;
    }
    const named = config.input !== undefined;
    if (!named) say(`${answers.model} of run ${answers.run_tag}\n`);
    give(answersTable(answers, named));
    for (const note of answersNotes(answers, named)) give(`\n${note}`);
  }),
);

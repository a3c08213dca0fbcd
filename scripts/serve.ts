/** `deno task serve`: a run's saved models, answering over HTTP until told to stop. */
import { BASELINES } from "../lib/baselines/registry.ts";
import { runCommand } from "../lib/cli/command.ts";
import { chooseEngine } from "../lib/engine/device.ts";
import { SERVE_COMMAND } from "../lib/serve/config.ts";
import { serve } from "../lib/serve/serve.ts";
import { listenForStop } from "../lib/terminal/signals.ts";
import { terminal } from "../lib/terminal/terminal.ts";

Deno.exit(
  await runCommand(SERVE_COMMAND, Deno.args, async ({ values: config }) => {
    const told = Promise.withResolvers<string>();
    const signal = listenForStop(told.resolve);
    const device = await chooseEngine(config.device);
    const job = { config, terminal: terminal(), signal, device, baselines: BASELINES };
    const clean = await serve(job, {
      told: told.promise,
      onReload: (act) => Deno.addSignalListener("SIGHUP", act),
      // who takes the server over reaches nothing from here
      listens: async () => void await Deno.permissions.revoke({ name: "net" }),
    });
    signal.stop();
    return clean ? 0 : 1;
  }),
);

/** `deno task serve`: a run's saved models, answering over HTTP until told to stop. */
import { BASELINES } from "../lib/baselines/registry.ts";
import { runCommand } from "../lib/cli/command.ts";
import { chooseEngine } from "../lib/engine/device.ts";
import { SERVE_COMMAND } from "../lib/serve/config.ts";
import { startServer } from "../lib/serve/server.ts";
import { openService } from "../lib/serve/service.ts";
import { listenForStop } from "../lib/terminal/signals.ts";
import { terminal } from "../lib/terminal/terminal.ts";

const ROUTES = "POST /recommend, GET /models, /healthz, /openapi.json";

Deno.exit(
  await runCommand(SERVE_COMMAND, Deno.args, async ({ values: config }) => {
    const told = Promise.withResolvers<string>();
    const signal = listenForStop(told.resolve);
    const device = await chooseEngine(config.device);
    const job = { config, terminal: terminal(), signal, device, baselines: BASELINES };
    const { runTag, recommenders, handler, dispose } = await openService(job);
    const server = await startServer(handler, config.host, config.port);
    const host = server.hostname.includes(":") ? `[${server.hostname}]` : server.hostname;
    const models = recommenders.map(({ name, device }) => `${name} (${device})`);
    console.log(`Run ${runTag}: ${models.join(", ")}`);
    console.log(`Listening on http://${host}:${server.port}/  ${ROUTES}`);
    console.log(`${await told.promise}: answering what is in flight`);
    const clean = await server.stop(config.grace);
    signal.stop();
    dispose();
    if (!clean) console.error(`some requests were cut off after ${config.grace} s`);
    return clean ? 0 : 1;
  }),
);

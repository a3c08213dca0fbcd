/** `deno task serve`: a run's saved models, answering over HTTP until told to stop. */
import { BASELINES } from "../lib/baselines/registry.ts";
import { runCommand } from "../lib/cli/command.ts";
import { listenForStop } from "../lib/terminal/signals.ts";
import { VERSION } from "../lib/terminal/version.ts";
import { chooseEngine } from "../lib/engine/device.ts";
import { catalogueOf } from "../lib/jobs/recommend/catalogue.ts";
import { openRecommender, type Recommender } from "../lib/jobs/recommend/recommender.ts";
import { defaultModel, openSavedModels } from "../lib/jobs/models.ts";
import { SERVE_COMMAND } from "../lib/serve/config.ts";
import { handlerOf } from "../lib/serve/handler.ts";
import { startServer } from "../lib/serve/server.ts";

Deno.exit(
  await runCommand(SERVE_COMMAND, Deno.args, async ({ values }) => {
    const told = Promise.withResolvers<string>();
    const signal = listenForStop(told.resolve);
    const saved = await openSavedModels(values.out, values.run, BASELINES);
    const { run } = saved;
    const catalogue = catalogueOf(run.courses);
    const names = values.models.length > 0 ? values.models : saved.names;
    const recommenders: Recommender[] = [];
    const engine = async () => (await chooseEngine(values.device)).create;
    for (const name of names) {
      const model = await saved.read(name);
      recommenders.push(
        await openRecommender(model, catalogue, engine, values.threads || undefined),
      );
    }
    const { maxBody, maxBatch, maxTop, maxPending } = values;
    const handler = handlerOf({
      runTag: run.tag,
      recommenders,
      defaultModel: values.models[0] ?? defaultModel(names, BASELINES),
      limits: { maxBody, maxBatch, maxTop, maxPending, bodyTimeout: 1000 * values.bodyTimeout },
      version: VERSION,
      report: (error) => console.error(error),
    });
    for (const { recommend } of recommenders) {
      await recommend([{ session: Int32Array.of(0), top: 1, excludeSeen: false }]); // warm up
    }
    const server = await startServer(handler, values.host, values.port);
    const host = server.hostname.includes(":") ? `[${server.hostname}]` : server.hostname;
    console.log(
      `Run ${run.tag}: ${recommenders.map(({ name, device }) => `${name} (${device})`).join(", ")}`,
    );
    console.log(
      `Listening on http://${host}:${server.port}/  POST /recommend, GET /models, /healthz, /openapi.json`,
    );
    const name = await told.promise;
    console.log(`${name}: answering what is in flight`);
    const clean = await server.stop(values.grace);
    signal.stop();
    for (const { dispose } of recommenders) dispose();
    if (!clean) console.error(`some requests were cut off after ${values.grace} s`);
    return clean ? 0 : 1;
  }),
);

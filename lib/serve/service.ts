/** A run's saved models behind a handler, warmed up: everything of the server but its socket. */
import { catalogueOf } from "../jobs/recommend/catalogue.ts";
import { openRecommender, type Recommender } from "../jobs/recommend/recommender.ts";
import type { Job } from "../jobs/job.ts";
import { defaultModel, openSavedModels } from "../jobs/models.ts";
import { VERSION } from "../terminal/terminal.ts";
import type { ServeConfig } from "./config.ts";
import { type Handler, handlerOf } from "./handler.ts";

/** What answers. */
export interface RunService {
  readonly runTag: string;
  readonly recommenders: readonly Recommender[];
  readonly handler: Handler;
  /** Frees the engines. */
  dispose(): void;
}

/** Opens the models that the job names. @throws InputError when the run or a model is not there. */
export async function openService({ config, device, baselines }: Job<ServeConfig>): Promise<
  RunService
> {
  const saved = await openSavedModels(config.out, config.run, baselines);
  const { tag, courses } = saved.run;
  const names = config.models.length > 0 ? config.models : saved.names;
  const computing = { create: device.create, threads: config.threads || undefined };
  const catalogue = catalogueOf(courses);
  const recommenders: Recommender[] = [];
  for (const name of names) {
    recommenders.push(await openRecommender(await saved.read(name), catalogue, computing));
  }
  for (const { recommend } of recommenders) {
    await recommend([{ session: Int32Array.of(0), top: 1, excludeSeen: false }]); // warms up
  }
  const { maxBody, maxBatch, maxTop, maxPending, bodyTimeout } = config;
  const handler = handlerOf({
    runTag: tag,
    recommenders,
    defaultModel: config.models[0] ?? defaultModel(names, baselines),
    limits: { maxBody, maxBatch, maxTop, maxPending, bodyTimeout: 1000 * bodyTimeout },
    version: VERSION,
    report: (error) => console.error(error),
  });
  const dispose = () => {
    for (const recommender of recommenders) recommender.dispose();
  };
  return { runTag: tag, recommenders, handler, dispose };
}

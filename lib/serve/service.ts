/** A run's saved models behind a handler, warmed up: everything of the server but its socket. */
import { FALLBACK } from "../jobs/recommend/answers.ts";
import { type Catalogue, catalogueOf } from "../jobs/recommend/catalogue.ts";
import { openHistories } from "../jobs/recommend/history.ts";
import { openRecommender, type Recommender } from "../jobs/recommend/recommender.ts";
import type { Job } from "../jobs/job.ts";
import type { Origin } from "../jobs/origin.ts";
import { defaultModel, networksOf, openSavedModels } from "../jobs/models.ts";
import { complain } from "../terminal/say.ts";
import { VERSION } from "../terminal/terminal.ts";
import type { ServeConfig } from "./config.ts";
import type { Guard } from "./guard.ts";
import { handlerOf } from "./handler.ts";
import { type ServeMetrics, serveMetrics } from "./metrics.ts";
import type { Handler } from "./served.ts";

/** What answers. */
export interface RunService {
  readonly runTag: string;
  /** What the run says of its data. */
  readonly origin: Origin;
  /** A file of the run. */
  readonly file: string;
  readonly catalogue: Catalogue;
  readonly recommenders: readonly Recommender[];
  readonly handler: Handler;
  /** Frees the engines. */
  dispose(): void;
}

/** What outlives a run that is served. */
export interface Surroundings {
  readonly guard?: Guard;
  readonly asksForToken?: boolean;
  readonly metrics: ServeMetrics;
  /** Where what happens is told. */
  readonly tell?: (text: string) => void;
  /** The catalogue of the run before, which is taken again where the courses are the same. */
  readonly catalogue?: Catalogue;
}

/** Opens the models that the job names. @throws InputError when the run or a model is not there. */
export async function openService(
  { config, device, baselines }: Job<ServeConfig>,
  { guard, asksForToken, metrics, catalogue: before }: Surroundings = { metrics: serveMetrics() },
): Promise<RunService> {
  const saved = await openSavedModels(config.out, config.run, baselines);
  const { tag, courses, config: { data: origin } } = saved.run;
  const names = config.models.length > 0 ? config.models : saved.names;
  const computing = { create: device.create, threads: config.threads || undefined };
  const catalogue = isCatalogueOf(before, courses) ? before : catalogueOf(courses);
  catalogue.names(); // no request waits for it
  const recommenders = new Map<string, Recommender>();
  const dispose = () => recommenders.forEach((recommender) => recommender.dispose());
  try {
    const hasFallback = saved.names.includes(FALLBACK);
    for (const name of hasFallback ? [...names, FALLBACK] : names) {
      if (recommenders.has(name)) continue;
      const model = await saved.read(name);
      const networks = networksOf(saved.names, baselines);
      const asked = { root: config.out, runTag: tag, networks };
      const histories = await openHistories(model, asked, computing);
      const recommender = await openRecommender(model, catalogue, computing, histories);
      recommenders.set(name, recommender);
      await recommender.recommend([
        WARMING_UP,
        ...recommender.historyMethods.map((method) => ({ ...WARMING_UP, history: PAIR, method })),
      ]);
    }
    const { maxBody, maxBatch, maxTop, maxPending, bodyTimeout } = config;
    const asked = [...recommenders.values()].filter(({ name }) => names.includes(name));
    const handler = handlerOf({
      runTag: tag,
      origin,
      recommenders: asked,
      fallback: recommenders.get(FALLBACK),
      defaultModel: config.models[0] ?? defaultModel(names, baselines),
      limits: { maxBody, maxBatch, maxTop, maxPending, bodyTimeout: 1000 * bodyTimeout },
      version: VERSION,
      report: (error) => complain(Deno.inspect(error)),
      guard,
      asksForToken,
      metrics,
    });
    const file = `${saved.run.folder}/manifest.json`;
    return { runTag: tag, origin, file, catalogue, recommenders: asked, handler, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** The shortest history that tells anything. */
const PAIR = [Int32Array.of(0, 0)];
const WARMING_UP = { session: Int32Array.of(0), top: 1, excludeSeen: false };

function isCatalogueOf(
  catalogue: Catalogue | undefined,
  courses: readonly string[],
): catalogue is Catalogue {
  return catalogue !== undefined && catalogue.courses.length === courses.length &&
    catalogue.courses.every((course, id) => course === courses[id]);
}

/**
 * The service that answers now, and its replacement by a newer run's while requests come: the new
 * one is ready before it is asked, and the old one answers what it was asked before it ends.
 */
import type { Job } from "../jobs/job.ts";
import { newestRun } from "../runs/read_run.ts";
import { originNotes } from "../jobs/origin.ts";
import { messageOf } from "../errors/input_error.ts";
import { complain, say } from "../terminal/say.ts";
import { VERSION } from "../terminal/terminal.ts";
import type { Asked } from "./asked.ts";
import type { ServeConfig } from "./config.ts";
import { openService, type RunService, type Surroundings } from "./service.ts";

/** Answers by whatever run is taken up. */
export interface LiveService {
  handle(asked: Asked): Promise<Response>;
  stopping(): void;
  /** The run that answers now. */
  current(): RunService;
  /**
   * Takes up the run that the job names, even the same one: its files are read again. The one that
   * answers stays where that fails. Calls made meanwhile take it up once more afterwards.
   */
  reload(): Promise<void>;
  /** Takes up the newest run, if that is another one than answers and one that has not failed. */
  follow(): Promise<void>;
  dispose(): void;
}

/** A service and its requests under way. */
interface Generation {
  readonly service: RunService;
  requests: number;
  isRetired: boolean;
}

/** Opens the run that the job names. @throws InputError when it is not there. */
export async function openLive(
  job: Job<ServeConfig>,
  surroundings: Surroundings,
  open: typeof openService = openService,
): Promise<LiveService> {
  const { metrics, tell = say } = surroundings;
  let now = await begin(surroundings);
  let isStopping = false;
  let failed: string | undefined;
  let reloading: Promise<void> | undefined;
  let isAskedAgain = false;

  async function begin(with_: Surroundings): Promise<Generation> {
    const service = await open(job, with_);
    metrics.serves(service.runTag, VERSION, service.handler.queues);
    return { service, requests: 0, isRetired: false };
  }

  function end(generation: Generation): void {
    if (generation.isRetired && generation.requests === 0) generation.service.dispose();
  }

  async function takeUp(): Promise<void> {
    try {
      const old = now;
      now = await begin({ ...surroundings, catalogue: old.service.catalogue });
      old.isRetired = true;
      end(old);
      failed = undefined;
      metrics.reloaded("ok");
      tell(`Run ${now.service.runTag} answers from now on`);
      for (const note of originNotes(now.service.origin)) complain(`!! ${note}`);
    } catch (error) {
      failed = await newestOf(job).catch(() => undefined);
      metrics.reloaded("failed");
      complain(
        `!! the run ${failed ?? job.config.run} cannot be taken up (${messageOf(error)}); ` +
          `${now.service.runTag} goes on answering`,
      );
    }
    if (isStopping) now.service.handler.stopping();
  }

  async function reload(): Promise<void> {
    if (reloading !== undefined) {
      isAskedAgain = true;
      return await reloading;
    }
    reloading = (async () => {
      do {
        isAskedAgain = false;
        await takeUp();
      } while (isAskedAgain);
    })();
    await reloading.finally(() => reloading = undefined);
  }

  return {
    async handle(asked) {
      const generation = now;
      generation.requests++;
      try {
        return await generation.service.handler.handle(asked);
      } finally {
        generation.requests--;
        end(generation);
      }
    },
    stopping() {
      isStopping = true;
      now.service.handler.stopping();
    },
    current: () => now.service,
    reload,
    async follow() {
      if (reloading !== undefined) return;
      const newest = await newestOf(job).catch(() => undefined);
      if (newest === undefined || newest === now.service.runTag || newest === failed) return;
      await reload();
    },
    dispose: () => now.service.dispose(),
  };
}

/** The tag that the job's run stands for. */
async function newestOf({ config: { out, run } }: Job<ServeConfig>): Promise<string> {
  return run === "latest" ? await newestRun(out) : run;
}

/** The job `serve`: a run's models behind a socket, from the first look at the run to the end. */
import type { Job } from "../jobs/job.ts";
import { originNotes } from "../jobs/origin.ts";
import { warnOfThreads } from "../jobs/threads.ts";
import { complain, say, sayJson } from "../terminal/say.ts";
import { logAccess } from "./access_log.ts";
import type { ServeConfig } from "./config.ts";
import { roomFor } from "./connections.ts";
import { type Guard, hostGuard, isLoopback, readTokens, tokenGuard } from "./guard.ts";
import { type LiveService, openLive } from "./live.ts";
import { serveMetrics } from "./metrics.ts";
import { type Server, startServer } from "./server.ts";

const ROUTES = "POST /recommend, GET /courses, /models, /healthz, /readyz, /metrics, /openapi.json";

/** What a server is told from outside. */
export interface ServeEvents {
  /** Resolves with the reason when the server is to stop. */
  readonly told: Promise<string>;
  /** Hears of the wish that the run and the tokens be read again. */
  readonly onReload: (act: () => void) => void;
  /** Called once the server listens: it needs no network any more. */
  readonly listens?: () => Promise<void>;
}

/** Serves until told to stop. Returns whether every request was answered. */
export async function serve(job: Job<ServeConfig>, events: ServeEvents): Promise<boolean> {
  const { config } = job;
  warnOfThreads(job.terminal, config.threads, job.device);
  const tell = config.accessLog || config.json ? complain : say;
  const metrics = serveMetrics();
  const tokens = await openTokens(config.tokenFile);
  const live = await openLive(job, {
    guard: guardOf(config, tokens.guard),
    asksForToken: config.tokenFile !== undefined,
    metrics,
    tell,
  });
  try {
    const server = await listen(config, live, (exchange) => {
      metrics.observe(exchange);
      if (config.accessLog) logAccess(exchange);
    });
    metrics.watch(server.connections);
    await events.listens?.();
    sayListening(config, server, live, tell);
    events.onReload(() => {
      tokens.reload();
      live.reload();
    });
    const following = follow(config, live);
    tell(`${await events.told}: answering what is in flight`);
    clearInterval(following);
    const clean = await server.stop(config.grace);
    if (!clean) complain(`some requests were cut off after ${config.grace} s`);
    return clean;
  } finally {
    live.dispose();
  }
}

/** Listens with as many connections as the system allows. */
async function listen(
  config: ServeConfig,
  live: LiveService,
  observe: Parameters<typeof startServer>[4],
): Promise<Server> {
  const { host, port, headerTimeout, bodyTimeout, idleTimeout } = config;
  const { maxConnections, backlog } = roomFor(config.maxConnections, live.current().file);
  if (maxConnections < config.maxConnections) {
    complain(
      `!! the system gives this process descriptors for ${maxConnections} connections, not ` +
        `${config.maxConnections}; ulimit -n raises that`,
    );
  }
  const limits = {
    headerTimeout: 1000 * headerTimeout,
    bodyTimeout: 1000 * bodyTimeout,
    idleTimeout: 1000 * idleTimeout,
    maxConnections,
    backlog,
  };
  return await startServer(live, host, port, limits, observe);
}

function sayListening(
  { host, tokenFile, json }: ServeConfig,
  { hostname, port }: Server,
  live: LiveService,
  tell: (text: string) => void,
): void {
  const { runTag, origin, recommenders } = live.current();
  const models = recommenders.map(({ name, device }) => `${name} (${device})`);
  const name = hostname.includes(":") ? `[${hostname}]` : hostname;
  if (!isLoopback(host) && tokenFile === undefined) {
    complain(`!! whoever reaches ${host} may ask this server; --token-file says who may`);
  }
  for (const note of originNotes(origin)) complain(`!! ${note}`);
  tell(`Run ${runTag}: ${models.join(", ")}`);
  const url = `http://${name}:${port}/`;
  if (json) sayJson({ url, run_tag: runTag, models: recommenders.map(({ name }) => name) });
  tell(`Listening on ${url}  ${ROUTES}`);
}

/** Looks for newer runs from time to time. */
function follow({ run, reloadEvery }: ServeConfig, live: LiveService) {
  if (run !== "latest" || reloadEvery === 0) return undefined;
  return setInterval(() => live.follow(), 1000 * reloadEvery);
}

/** The guard of the tokens in a file, which may be read again. */
async function openTokens(path: string | undefined) {
  let guard = tokenGuard(await readTokens(path));
  return {
    guard: ((asked, url) => guard(asked, url)) satisfies Guard,
    reload: () =>
      readTokens(path).then(
        (tokens) => {
          guard = tokenGuard(tokens);
        },
        (error) => complain(`!! ${error.message}; the tokens stay what they were`),
      ),
  };
}

function guardOf({ host, hosts }: ServeConfig, token: Guard): Guard {
  const byHost = hostGuard(host, hosts);
  return (asked, url) => {
    byHost(asked, url);
    token(asked, url);
  };
}

/** Requests → responses. Nothing here knows of sockets, so it is tested without any. */
import type { Ask, Recommendation } from "../jobs/recommend/recommend.ts";
import { batching } from "./batching.ts";
import { coursesRoute } from "./courses_route.ts";
import { errorResponse, HttpError, jsonResponse, textResponse } from "./http_error.ts";
import { type ServeMetrics, serveMetrics } from "./metrics.ts";
import { openApi } from "./openapi.ts";
import { recommendRoute } from "./recommend_route.ts";
import { type Handler, markOf, type Route, type Service } from "./served.ts";
import { turns } from "./turns.ts";

/** The routes: one a method. */
type Routes = ReadonlyMap<string, ReadonlyMap<string, Route>>;

/** Searches for near names that may wait for their turn; more are answered without. */
const SEARCHES = 32;

/** Makes the handler of a service. */
export function handlerOf(service: Service): Handler {
  const { recommenders, fallback, limits, runTag, report, guard } = service;
  const metrics = service.metrics ?? serveMetrics();
  const answering = fallback === undefined || recommenders.includes(fallback)
    ? recommenders
    : [...recommenders, fallback];
  const queues = new Map(
    answering.map(({ name, recommend }) => [
      name,
      batching<Ask, readonly Recommendation[]>(recommend, limits.maxBatch),
    ]),
  );
  const description = openApi(service);
  const search = turns(SEARCHES);
  const stop = new AbortController();
  const { signal: stopped } = stop;
  const recommend = recommendRoute({ service, queues, search, metrics, stopped });
  const get = (answer: Route) => new Map([["GET", answer]]);
  const routes: Routes = new Map([
    ["/recommend", new Map([["POST", recommend]])],
    ["/courses", get(coursesRoute(service, search))],
    ["/models", get(() => jsonResponse(modelsOf(service)))],
    ["/healthz", get(() => jsonResponse({ status: "ok" }))],
    ["/readyz", get(() => jsonResponse({ status: "ready", run_tag: runTag }))],
    ["/metrics", get(() => metricsResponse(metrics))],
    ["/openapi.json", get(() => jsonResponse(description))],
  ]);
  return {
    queues,
    stopping: () => stop.abort(),
    async handle(asked) {
      try {
        if (stopped.aborted) {
          throw new HttpError(503, "the server is stopping", { connection: "close" });
        }
        const url = new URL(asked.url);
        const methods = routes.get(url.pathname);
        if (asked.notes !== undefined) {
          asked.notes.runTag = runTag;
          if (methods !== undefined) asked.notes.route = url.pathname;
        }
        guard?.(asked, url);
        if (methods === undefined) throw notFound(routes);
        const isHead = asked.method === "HEAD";
        const route = methods.get(isHead ? "GET" : asked.method);
        if (route === undefined) throw notAllowed(asked.method, methods);
        const response = await route(asked, url);
        return isHead ? new Response(null, response) : response;
      } catch (error) {
        return errorResponse(error, report);
      }
    },
  };
}

function modelsOf(service: Service) {
  const { runTag, defaultModel, recommenders } = service;
  return {
    run_tag: runTag,
    ...markOf(service),
    default: defaultModel,
    models: recommenders.map(({ name, architecture, device, catalogue }) => ({
      name,
      architecture,
      device,
      n_courses: catalogue.courses.length,
    })),
  };
}

async function metricsResponse({ text, contentType }: ServeMetrics): Promise<Response> {
  const headers = { "content-type": contentType, "cache-control": "no-store" };
  return textResponse(await text(), { headers });
}

function notFound(routes: Routes): HttpError {
  return new HttpError(404, `there is nothing here; expected: ${[...routes.keys()].join(", ")}`);
}

function notAllowed(method: string, methods: ReadonlyMap<string, Route>): HttpError {
  const allow = [...methods.keys()].flatMap((name) => name === "GET" ? ["GET", "HEAD"] : [name])
    .join(", ");
  return new HttpError(405, `${method} is not for this path; expected: ${allow}`, { allow });
}

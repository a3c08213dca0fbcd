/** Requests → responses. Nothing here knows of sockets, so it is tested without any. */
import { idsOf } from "../jobs/recommend/catalogue.ts";
import type { Ask, Recommendation } from "../jobs/recommend/recommend.ts";
import { type Batching, batching } from "./batching.ts";
import { errorResponse, HttpError, jsonResponse } from "./http_error.ts";
import { type Described, openApi } from "./openapi.ts";
import { parseQuestion, type QuestionLimits } from "./question.ts";
import { type BodyLimits, readJson } from "./read_body.ts";

/** All limits of the server. */
export interface Limits extends BodyLimits, QuestionLimits {
  /** Sessions that may wait for a model; more are turned away with 503. */
  readonly maxPending: number;
}

/** What is served. */
export interface Service extends Described {
  readonly limits: Limits;
  /** Hears of errors inside the server. */
  readonly report: (error: unknown) => void;
}

/** Answers requests until told that the server is stopping; then every request is 503. */
export interface Handler {
  handle(request: Request): Promise<Response>;
  stopping(): void;
  /** The queue of each model, for inspection. */
  readonly queues: ReadonlyMap<string, Batching<Ask, Recommendation[]>>;
}

/** The routes: one handler a method. */
type Routes = Readonly<
  Record<string, Readonly<Record<string, (request: Request) => Response | Promise<Response>>>>
>;

/** Makes the handler of a service. */
export function handlerOf(service: Service): Handler {
  const { recommenders, defaultModel, limits, runTag, report } = service;
  const byName = new Map(recommenders.map((recommender) => [recommender.name, recommender]));
  const queues = new Map(
    recommenders.map(({ name, recommend }) => [name, batching(recommend, limits.maxBatch)]),
  );
  const description = openApi(service);
  let open = true;

  async function recommend(request: Request): Promise<Response> {
    const question = parseQuestion(await readJson(request, limits), limits);
    const model = question.model ?? defaultModel;
    const recommender = byName.get(model);
    const queue = queues.get(model);
    if (recommender === undefined || queue === undefined) {
      throw new HttpError(
        404,
        `there is no model ${JSON.stringify(model.slice(0, 80))}; wanted: ${
          [...byName.keys()].join(", ")
        }`,
      );
    }
    const { top, excludeSeen, single } = question;
    const asks = question.sessions.map((session, i) => ({
      session: idsOf(
        recommender.catalogue,
        session,
        single ? "reading courses" : `reading sessions[${i}]`,
      ),
      top,
      excludeSeen,
    }));
    if (queue.pending() + asks.length > limits.maxPending) {
      throw new HttpError(
        503,
        `${queue.pending()} sessions are waiting for ${model}; wanted: a try again later`,
        { "retry-after": "1" },
      );
    }
    const answers = await queue.ask(asks);
    const header = { run_tag: runTag, model };
    return jsonResponse(
      single
        ? { ...header, recommendations: answers[0] }
        : { ...header, sessions: answers.map((recommendations) => ({ recommendations })) },
    );
  }

  const routes: Routes = {
    "/recommend": { POST: recommend },
    "/models": {
      GET: () =>
        jsonResponse({
          run_tag: runTag,
          default: defaultModel,
          models: recommenders.map(({ name, architecture, device, catalogue }) => ({
            name,
            architecture,
            device,
            n_courses: catalogue.courses.length,
          })),
        }),
    },
    "/healthz": { GET: () => jsonResponse({ status: "ok" }) },
    "/openapi.json": { GET: () => jsonResponse(description) },
  };

  return {
    queues,
    stopping: () => open = false,
    async handle(request) {
      try {
        if (!open) throw new HttpError(503, "the server is stopping", { connection: "close" });
        const route = routeOf(routes, new URL(request.url).pathname);
        const isHead = request.method === "HEAD";
        const answer = route[isHead ? "GET" : request.method];
        if (answer === undefined) {
          const allow = Object.keys(route).flatMap((method) =>
            method === "GET" ? ["GET", "HEAD"] : [method]
          ).join(", ");
          throw new HttpError(405, `${request.method} is not for this path; wanted: ${allow}`, {
            allow,
          });
        }
        const response = await answer(request);
        return isHead ? new Response(null, response) : response;
      } catch (error) {
        return errorResponse(error, report);
      }
    },
  };
}

function routeOf(routes: Routes, path: string): Routes[string] {
  if (!Object.hasOwn(routes, path)) {
    throw new HttpError(404, `there is nothing here; wanted: ${Object.keys(routes).join(", ")}`);
  }
  return routes[path];
}

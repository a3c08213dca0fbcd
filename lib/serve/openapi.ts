/** The server's description in OpenAPI 3.1, with its own limits, models and courses in it. */
import { FALLBACK } from "../jobs/recommend/answers.ts";
import { originNotes } from "../jobs/origin.ts";
import { LONGEST_LIKE, MOST_FROM, PAGE } from "./courses_route.ts";
import { type Json, object, questionNames, ref, schemasOf } from "./openapi_schemas.ts";
import type { Described } from "./served.ts";

/** The OpenAPI document of a service. */
export function openApi(service: Described) {
  const { version, asksForToken = false } = service;
  return {
    openapi: "3.1.0",
    info: { title: "Course recommendations", version, description: descriptionOf(service) },
    ...(asksForToken ? { security: [{ token: [] }] } : {}),
    paths: {
      "/recommend": { post: recommendOperation(service) },
      "/courses": {
        get: getOperation(asksForToken, "The names that sessions may hold", ref("Courses"), {
          description: "Pages of the vocabulary, in its order; or the names near another one.",
          parameters: courseParameters(),
        }),
      },
      "/models": { get: getOperation(asksForToken, "The models that answer", ref("Models")) },
      "/healthz": {
        get: probe("Whether the server answers", object({ status: { const: "ok" } })),
      },
      "/readyz": {
        get: probe(
          "Whether the server takes questions",
          object({ status: { const: "ready" }, run_tag: { type: "string" } }),
        ),
      },
      "/metrics": { get: metricsOperation(asksForToken) },
      "/openapi.json": {
        get: getOperation(asksForToken, "This description", { type: "object" }),
      },
    },
    components: {
      schemas: schemasOf(service),
      ...(asksForToken ? { securitySchemes: { token: { type: "http", scheme: "bearer" } } } : {}),
    },
  };
}

function descriptionOf({ runTag, origin }: Described): string {
  const notes = origin === undefined ? [] : originNotes(origin);
  return [`Models of the run ${runTag}.`, ...notes].join(" ");
}

function json(schema: unknown, example?: unknown): Json {
  return { "application/json": example === undefined ? { schema } : { schema, example } };
}

function error(description: string): Json {
  return { description, content: json(ref("Error")) };
}

/** What every route may answer with. */
const ERRORS: Json = {
  400: error("The request is not as described."),
  421: error("The host of the request is not this server's."),
  500: error("An error inside the server."),
  503: error("The server is stopping, or too much waits; try again later."),
};

function tokenErrors(asksForToken: boolean): Json {
  return asksForToken ? { 401: error("There is no token, or it is not one of the server's.") } : {};
}

function getOperation(asksForToken: boolean, summary: string, schema: Json, more: Json = {}): Json {
  return {
    summary,
    ...more,
    responses: {
      200: { description: summary, content: json(schema) },
      ...ERRORS,
      ...tokenErrors(asksForToken),
    },
  };
}

/** What asks whether the server is well needs no token. */
function probe(summary: string, schema: Json): Json {
  return getOperation(false, summary, schema, { security: [] });
}

function metricsOperation(asksForToken: boolean): Json {
  const summary = "What the server counts, for Prometheus";
  const ok = { description: summary, content: { "text/plain": { schema: { type: "string" } } } };
  return { summary, responses: { 200: ok, ...ERRORS, ...tokenErrors(asksForToken) } };
}

function courseParameters(): Json[] {
  const parameter = (name: string, description: string, schema: Json) => ({
    name,
    in: "query",
    required: false,
    description,
    schema,
  });
  return [
    parameter("from", "Names that are passed over.", {
      type: "integer",
      minimum: 0,
      maximum: MOST_FROM,
      default: 0,
    }),
    parameter("count", "Names at most.", {
      type: "integer",
      minimum: 1,
      maximum: PAGE.most,
      default: PAGE.count,
    }),
    parameter("like", "A name that others are looked for near to, by a slip or by a part.", {
      type: "string",
      minLength: 1,
      maxLength: LONGEST_LIKE,
    }),
  ];
}

function recommendOperation(service: Described): Json {
  const { recommenders, limits, asksForToken = false } = service;
  const courses = recommenders[0]?.catalogue.courses.slice(0, 2) ?? [];
  return {
    summary: "The next courses of one session or of many",
    requestBody: {
      required: true,
      description: `At most ${limits.maxBody} bytes.`,
      content: json({ oneOf: questionNames(service).map(ref) }, {
        courses,
        top: Math.min(5, limits.maxTop),
      }),
    },
    responses: {
      200: {
        description: "Recommendations, best first, for each session in the order asked",
        content: json({ oneOf: [ref("OneAnswer"), ref("ManyAnswers")] }),
      },
      ...ERRORS,
      ...tokenErrors(asksForToken),
      400: error(
        "The body is not JSON, or a field is missing, unknown, of the wrong kind or too large.",
      ),
      404: error("There is no such model."),
      408: error(`The body was not whole after ${limits.bodyTimeout / 1000} s.`),
      413: error(`More than ${limits.maxBody} bytes.`),
      415: error("The body is not application/json, or is compressed."),
      422: error(
        "A course is unknown (the nearest ones are named), or nothing is left of a session " +
          `and the run has no model ${FALLBACK}.`,
      ),
    },
  };
}

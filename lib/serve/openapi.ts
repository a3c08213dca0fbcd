/** The server's description in OpenAPI 3.1, with its own limits and models in it. */
import type { Recommender } from "../jobs/recommend/recommender.ts";
import { DEFAULT_TOP, type QuestionLimits } from "./question.ts";
import type { BodyLimits } from "./read_body.ts";

/** What a server's description tells of it. */
export interface Described {
  readonly runTag: string;
  readonly recommenders: readonly Recommender[];
  /** The model that answers when a question names none. */
  readonly defaultModel: string;
  readonly limits: BodyLimits & QuestionLimits;
  readonly version: string;
}

/** The OpenAPI document of a service. */
export function openApi(
  { recommenders, defaultModel, limits, version, runTag }: Described,
) {
  const json = (schema: unknown, example?: unknown) => ({
    "application/json": example === undefined ? { schema } : { schema, example },
  });
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  const object = (properties: Record<string, unknown>, required = Object.keys(properties)) => ({
    type: "object",
    additionalProperties: false,
    required,
    properties,
  });
  const error = (description: string) => ({ description, content: json(ref("Error")) });
  const get = (summary: string, schema: unknown) => ({
    get: {
      summary,
      responses: {
        200: { description: summary, content: json(schema) },
        503: error("The server is stopping."),
      },
    },
  });
  const courses = {
    type: "array",
    minItems: 1,
    items: { type: "string" },
    description: "Course names in the order in which they were taken.",
  };
  const names = recommenders.map(({ name }) => name);
  const first = recommenders[0]?.catalogue.courses.slice(0, 2) ?? [];
  const options = {
    model: { type: "string", enum: names, default: defaultModel },
    top: { type: "integer", minimum: 1, maximum: limits.maxTop, default: DEFAULT_TOP },
    exclude_seen: {
      type: "boolean",
      default: false,
      description: "Leave out the courses of the session.",
    },
  };
  const header = { run_tag: { type: "string" }, model: { type: "string", enum: names } };
  return {
    openapi: "3.1.0",
    info: { title: "Course recommendations", version, description: `Models of the run ${runTag}.` },
    paths: {
      "/recommend": {
        post: {
          summary: "The next courses of one session or of many",
          requestBody: {
            required: true,
            description: `At most ${limits.maxBody} bytes.`,
            content: json({ oneOf: [ref("OneSession"), ref("ManySessions")] }, {
              courses: first,
              top: 5,
            }),
          },
          responses: {
            200: {
              description: "Recommendations, best first, for each session in the order asked",
              content: json({ oneOf: [ref("OneAnswer"), ref("ManyAnswers")] }),
            },
            400: error(
              "The body is not JSON, or a field is missing, unknown or of the wrong kind.",
            ),
            404: error("There is no such model."),
            408: error(`The body was not whole after ${limits.bodyTimeout / 1000} s.`),
            413: error(`More than ${limits.maxBody} bytes or ${limits.maxBatch} sessions.`),
            415: error("The body is not application/json, or is compressed."),
            422: error("A course is unknown (the nearest ones are named), or a session is empty."),
            500: error("An error inside the server."),
            503: error(
              "Too many sessions are waiting, or the server is stopping; try again later.",
            ),
          },
        },
      },
      "/models": get("The models that answer", ref("Models")),
      "/healthz": get("Whether the server answers", object({ status: { const: "ok" } })),
      "/openapi.json": get("This description", { type: "object" }),
    },
    components: {
      schemas: {
        OneSession: object({ courses, ...options }, ["courses"]),
        ManySessions: object({
          sessions: { type: "array", minItems: 1, maxItems: limits.maxBatch, items: courses },
          ...options,
        }, [
          "sessions",
        ]),
        Recommendation: object({
          course: { type: "string" },
          score: {
            type: "number",
            description: "The model's own score: a logit, a share, a weighted vote.",
          },
          probability: {
            type: "number",
            minimum: 0,
            maximum: 1,
            description: "Softmax over all courses; GRU and SASRec only.",
          },
        }, ["course", "score"]),
        OneAnswer: object({
          ...header,
          recommendations: { type: "array", items: ref("Recommendation") },
        }),
        ManyAnswers: object({
          ...header,
          sessions: {
            type: "array",
            items: object({ recommendations: { type: "array", items: ref("Recommendation") } }),
          },
        }),
        Models: object({
          run_tag: { type: "string" },
          default: { type: "string", enum: names },
          models: {
            type: "array",
            items: object({
              name: { type: "string" },
              architecture: { type: "string" },
              device: { type: "string" },
              n_courses: { type: "integer" },
            }),
          },
        }),
        Error: object({
          error: object({ status: { type: "integer" }, message: { type: "string" } }),
        }),
      },
    },
  };
}

/** The schemas of the server's description: what may be asked and what is answered, exactly. */
import { FALLBACK } from "../jobs/recommend/answers.ts";
import type { Recommender } from "../jobs/recommend/recommender.ts";
import { DEFAULT_TOP } from "./question.ts";
import type { Described } from "./served.ts";

/** A part of a document. */
export type Json = Readonly<Record<string, unknown>>;

/** Catalogues with more names than this are not listed in the description. */
const LISTED = 5000;

/** A reference to one of the schemas. */
export function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/** An object with these properties and no others; all of them are required unless named. */
export function object(properties: Json, required = Object.keys(properties)): Json {
  return { type: "object", additionalProperties: false, required, properties };
}

/** The names of the schemas of a question: one of them fits. */
export function questionNames({ recommenders }: Described): readonly string[] {
  const withHistory = recommenders.filter(({ historyMethods }) => historyMethods.length > 0);
  return [
    "OneSession",
    "ManySessions",
    "OneSessionSkipping",
    "ManySessionsSkipping",
    ...withHistory.flatMap(({ name }) => [`History_${name}`, `HistorySkipping_${name}`]),
  ];
}

/** Every schema, by its name. */
export function schemasOf(service: Described): Json {
  const names = service.recommenders.map(({ name }) => name);
  const text = { type: "string" };
  const mark = markSchema(service);
  const header = { run_tag: text, model: { type: "string", enum: names }, ...mark };
  const marked = Object.keys(mark);
  const method = { type: "string", description: "How the learner's history was used, if it was." };
  const answer = {
    recommendations: { type: "array", items: ref("Recommendation") },
    fallback: {
      const: FALLBACK,
      description: "The model that answered instead: no course of the session is known.",
    },
    unknown: { type: "array", items: text, description: "Names that were left out, each once." },
  };
  const model = { name: text, architecture: text, device: text, n_courses: { type: "integer" } };
  return {
    ...questionSchemas(service, names),
    Recommendation: object({
      course: text,
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
    OneAnswer: object({ ...header, method, ...answer }, [
      "run_tag",
      "model",
      ...marked,
      "recommendations",
    ]),
    SessionAnswer: object(answer, ["recommendations"]),
    ManyAnswers: object({ ...header, sessions: { type: "array", items: ref("SessionAnswer") } }),
    Courses: object({
      run_tag: text,
      ...mark,
      n_courses: { type: "integer" },
      from: { type: "integer" },
      courses: { type: "array", items: text },
    }),
    Models: object({
      run_tag: text,
      ...mark,
      default: { type: "string", enum: names },
      models: { type: "array", items: object(model) },
    }),
    Error: object({ error: object({ status: { type: "integer" }, message: text }) }),
  };
}

/** The mark of synthetic data as answers carry it; nothing where they are real. */
function markSchema({ origin }: Described): Json {
  if (!origin?.synthetic) return {};
  const description = "The data behind the models are synthetic, of this process.";
  const properties = Object.entries(origin).map(([key, value]) => [key, { const: value }]);
  return { data: { ...object(Object.fromEntries(properties)), description } };
}

/** What may be asked: with unknown names an error (by default), or left out. */
function questionSchemas(service: Described, names: readonly string[]): Json {
  const { limits, defaultModel, fallback, recommenders } = service;
  const courses = recommenders[0]?.catalogue.courses ?? [];
  const isListed = courses.length > 0 && courses.length <= LISTED;
  const options = {
    model: { type: "string", enum: names, default: defaultModel },
    top: {
      type: "integer",
      minimum: 1,
      maximum: limits.maxTop,
      default: Math.min(DEFAULT_TOP, limits.maxTop),
    },
    exclude_seen: {
      type: "boolean",
      default: false,
      description: "Leave out the courses of the session.",
    },
  };
  const strict = { ...options, on_unknown: { const: "error", default: "error" } };
  const skipping = {
    ...options,
    on_unknown: { const: "skip", description: "Leave out names that are unknown." },
  };
  const description = "Course names in the order in which they were taken.";
  const least = fallback === undefined ? 1 : 0;
  const known = { type: "array", minItems: least, items: ref("Course"), description };
  const any = {
    type: "array",
    items: { type: "string" },
    description,
    ...(fallback === undefined ? { contains: ref("Course") } : {}),
  };
  const many = (session: Json) => ({
    type: "array",
    minItems: 1,
    maxItems: limits.maxBatch,
    items: session,
  });
  return {
    Course: isListed ? { type: "string", enum: courses } : {
      type: "string",
      description: `One of the ${courses.length} names that GET /courses lists.`,
    },
    OneSession: object({ courses: known, ...strict }, ["courses"]),
    ManySessions: object({ sessions: many(known), ...strict }, ["sessions"]),
    OneSessionSkipping: object({ courses: any, ...skipping }, ["courses", "on_unknown"]),
    ManySessionsSkipping: object({ sessions: many(any), ...skipping }, ["sessions", "on_unknown"]),
    ...Object.assign({}, ...recommenders.map(historySchemas)),
  };

  /** A session with the learner's earlier ones, for a model that takes them. */
  function historySchemas({ name, historyMethods }: Recommender): Json {
    if (historyMethods.length === 0) return {};
    const earlier = (items: Json) => ({
      type: "array",
      maxItems: limits.maxBatch,
      items: { type: "array", items },
      description: "The learner's earlier sessions, the oldest first.",
    });
    const own = {
      model: { const: name },
      method: {
        type: "string",
        enum: historyMethods,
        default: historyMethods[0],
        description: "The few-shot method that uses the history.",
      },
    };
    const required = ["courses", "history", ...(name === defaultModel ? [] : ["model"])];
    return {
      [`History_${name}`]: object(
        { courses: known, history: earlier(ref("Course")), ...strict, ...own },
        required,
      ),
      [`HistorySkipping_${name}`]: object(
        { courses: any, history: earlier({ type: "string" }), ...skipping, ...own },
        [...required, "on_unknown"],
      ),
    };
  }
}

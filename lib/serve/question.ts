/** The body of `POST /recommend` as a record. */
import { counted } from "../errors/counted.ts";
import { ON_UNKNOWN, type OnUnknown } from "../jobs/recommend/answers.ts";
import { HttpError } from "./http_error.ts";

/** What is asked: the sessions' course names, and how to answer. */
export interface Question {
  /** Undefined: the server's default. */
  readonly model?: string;
  readonly top: number;
  readonly excludeSeen: boolean;
  readonly onUnknown: OnUnknown;
  readonly sessions: readonly (readonly string[])[];
  /** The learner's earlier sessions, the oldest first. */
  readonly history?: readonly (readonly string[])[];
  /** How they are used; default: the model's best. */
  readonly method?: string;
  /** One session was asked, under `courses`; it is answered without a list around it. */
  readonly single: boolean;
}

/** Limits on a question. */
export interface QuestionLimits {
  /** Sessions of a request. */
  readonly maxBatch: number;
  /** Courses recommended a session. */
  readonly maxTop: number;
}

/** Courses recommended when a question does not say. */
export const DEFAULT_TOP = 10;

const FIELDS = [
  "model",
  "courses",
  "sessions",
  "history",
  "method",
  "top",
  "exclude_seen",
  "on_unknown",
];

/** Checks the shape of a body. @throws HttpError 400 naming the field. */
export function parseQuestion(body: unknown, { maxBatch, maxTop }: QuestionLimits): Question {
  const fail = (field: string, value: unknown, wanted: string): never => {
    throw new HttpError(400, `${field} is ${kindOf(value)}; expected: ${wanted}`);
  };
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return fail("the body", body, "an object");
  }
  const unknown = Object.keys(body).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) {
    throw new HttpError(
      400,
      `the field ${JSON.stringify(unknown.slice(0, 80))} is unknown; expected: ${
        FIELDS.join(", ")
      }`,
    );
  }
  const {
    model,
    courses,
    sessions,
    history,
    method,
    top = Math.min(DEFAULT_TOP, maxTop),
    exclude_seen: excludeSeen = false,
    on_unknown: onUnknown = ON_UNKNOWN[0],
  } = body as Record<string, unknown>;
  if (model !== undefined && typeof model !== "string") {
    return fail("model", model, "a model's name");
  }
  if (typeof top !== "number" || !Number.isInteger(top) || top < 1 || top > maxTop) {
    return fail("top", top, `a whole number from 1 to ${maxTop}`);
  }
  if (typeof excludeSeen !== "boolean") return fail("exclude_seen", excludeSeen, "true or false");
  if (!isOnUnknown(onUnknown)) return fail("on_unknown", onUnknown, ON_UNKNOWN.join(" or "));
  if ((courses === undefined) === (sessions === undefined)) {
    throw new HttpError(
      400,
      `${
        courses === undefined ? "neither courses nor sessions is" : "both courses and sessions are"
      } there; expected: one`,
    );
  }
  const isNames = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((name) => typeof name === "string");
  const common = { model, top, excludeSeen, onUnknown };
  if (method !== undefined && typeof method !== "string") {
    return fail("method", method, "a method's name");
  }
  if (sessions === undefined) {
    if (!isNames(courses)) return fail("courses", courses, "a list of texts");
    const single = { ...common, sessions: [courses], single: true };
    if (history === undefined && method === undefined) return single;
    if (!Array.isArray(history)) return fail("history", history, "a list of sessions");
    const bad = history.findIndex((session) => !isNames(session));
    if (bad >= 0) return fail(`history[${bad}]`, history[bad], "a list of texts");
    if (history.length <= maxBatch) return { ...single, history, method };
    throw new HttpError(
      400,
      `${counted(history.length, "session")} of history; wanted: at most ${maxBatch}`,
    );
  }
  if (history !== undefined || method !== undefined) {
    throw new HttpError(400, "history and method are there with sessions; wanted: with courses");
  }
  if (!Array.isArray(sessions) || sessions.length === 0) {
    return fail("sessions", sessions, "a list of at least one session");
  }
  if (sessions.length > maxBatch) {
    throw new HttpError(
      400,
      `${counted(sessions.length, "session")}; expected: at most ${maxBatch} a request`,
    );
  }
  const bad = sessions.findIndex((session) => !isNames(session));
  return bad < 0
    ? { ...common, sessions, single: false }
    : fail(`sessions[${bad}]`, sessions[bad], "a list of texts");
}

function isOnUnknown(value: unknown): value is OnUnknown {
  return ON_UNKNOWN.some((one) => one === value);
}

/** What a JSON value is, for messages; a body may be nested too deep to be shown. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) {
    return value.length === 0 ? "an empty list" : "a list with something else in it";
  }
  if (typeof value === "object") return "an object";
  return typeof value === "string"
    ? `the text ${JSON.stringify(value.slice(0, 80))}`
    : String(value);
}

/** Sessions from JSON: an object a line, or a list of objects. */
import { InputError, messageOf, show } from "../../errors/input_error.ts";
import { decodeText, isRecord } from "../../files/json.ts";
import { type NamedSession, sessionsOfSteps } from "./named_sessions.ts";

const WANTED = 'objects such as {"session": "a", "courses": ["A", "B"]}, or ' +
  '{"session": "a", "course": "A"} a step, or a list of lists of courses';

/** An object and where it stands: its line, or its place in the list, from 1. */
interface Placed {
  readonly line: number;
  readonly value: unknown;
}

/**
 * The sessions of a JSON text, in order of first appearance: an object a session, with the list
 * `courses` and perhaps `session`, or an object a step, with `session` and `course`; or a list of
 * lists of courses, as a server takes a history. Numbers are names too.
 * @throws InputError naming the file, the line or element and what is wrong with it.
 */
export function parseJsonSessions(bytes: Uint8Array, path: string): NamedSession[] {
  const fail = (found: string, cause?: unknown): never => {
    throw new InputError({ doing: `reading the sessions in ${path}`, found, wanted: WANTED }, {
      cause,
    });
  };
  const text = textOf(bytes, fail);
  const isList = text.trimStart().startsWith("[");
  const place = (line: number) => `${isList ? "element" : "line"} ${line}`;
  const objects = isList ? elements(text, fail) : lines(text, fail);
  if (objects.length === 0) fail("it holds no session");
  const name = (line: number, key: string, value: unknown): string => {
    if (typeof value === "number") return String(value);
    return typeof value === "string"
      ? value
      : fail(`${place(line)}: ${show(key)} is ${show(value)}`);
  };
  if (isList && objects.every(({ value }) => Array.isArray(value))) {
    return objects.map(({ line, value }) => ({
      session: String(line),
      courses: (value as unknown[]).map((course) => name(line, "courses", course)),
    }));
  }
  const records = objects.map(({ line, value }) => {
    if (!isRecord(value)) fail(`${place(line)}: ${show(value)}`);
    return { line, value: value as Record<string, unknown> };
  });
  const session = (line: number, value: unknown): string =>
    name(line, "session", value) || fail(`${place(line)}: no session`);
  if (records.some(({ value }) => "courses" in value)) {
    return records.map(({ line, value }, i) => ({
      session: value.session === undefined ? String(i + 1) : session(line, value.session),
      courses: Array.isArray(value.courses)
        ? value.courses.map((course) => name(line, "courses", course))
        : fail(`${place(line)}: "courses" is ${show(value.courses)}`),
    }));
  }
  return sessionsOfSteps(records.map(({ line, value }) => ({
    line,
    session: session(line, value.session),
    course: value.course === null ? "" : name(line, "course", value.course),
  })));
}

type Fail = (found: string, cause?: unknown) => never;

function textOf(bytes: Uint8Array, fail: Fail): string {
  try {
    return decodeText(bytes);
  } catch (error) {
    return fail("it is not UTF-8", error);
  }
}

function elements(text: string, fail: Fail): Placed[] {
  const list: unknown = parsed(text, "it", fail);
  return (list as unknown[]).map((value, i) => ({ line: i + 1, value }));
}

function lines(text: string, fail: Fail): Placed[] {
  return text.split("\n").flatMap((line, i) =>
    line.trim() === "" ? [] : [{ line: i + 1, value: parsed(line, `line ${i + 1}`, fail) }]
  );
}

function parsed(text: string, what: string, fail: Fail): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail(`${what} is not JSON (${show(messageOf(error), 160)})`, error);
  }
}

/**
 * Sessions from text. A CSV file has a header and one of two layouts: a row a step (columns
 * `session` and `course`, in order; an empty course is none), or a row a session (column `courses`,
 * names between commas inside one quoted cell, and `session` if it likes). Other columns are left
 * alone.
 */
// @ts-types="./csv_parse.d.ts"
import { parse } from "csv-parse/sync";
import { InputError, messageOf, show } from "../../errors/input_error.ts";
import { decodeText } from "../../files/json.ts";

/** A session by its own name. */
export interface NamedSession {
  readonly session: string;
  readonly courses: readonly string[];
}

/**
 * Names between commas, or a JSON list of texts for names that hold a comma: `A,B` or `["A","B,
 * C"]`.
 * @throws InputError for a list that is not one of texts; `where` is for messages.
 */
export function parseCourses(text: string, where: string): string[] {
  if (!text.trimStart().startsWith("[")) {
    return text.split(",").map((name) => name.trim()).filter((name) => name !== "");
  }
  const wanted = 'names between commas, or a JSON list such as ["A","B, C"]';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError({
      doing: where,
      found: `it begins with [ and is not JSON (${show(messageOf(error))})`,
      wanted,
    }, { cause: error });
  }
  if (!Array.isArray(value) || !value.every((name) => typeof name === "string")) {
    throw new InputError({ doing: where, found: `it is ${show(value)}`, wanted });
  }
  return value;
}

/**
 * The sessions of a CSV file, in order of first appearance. @throws InputError naming the file and
 * what is wrong with it.
 */
export function parseSessions(bytes: Uint8Array, path: string): NamedSession[] {
  const doing = `reading the sessions in ${path}`;
  const fail = (found: string, wanted: string): never => {
    throw new InputError({ doing, found, wanted });
  };
  let rows: Record<string, string>[];
  try {
    rows = parse(decodeText(bytes), {
      columns: (header: string[]) => header.map((name) => name.trim()),
      bom: true,
      skip_empty_lines: true,
    });
  } catch (error) {
    return fail(show(messageOf(error), 200), "a CSV file in UTF-8 with a header");
  }
  if (rows.length === 0) fail("it holds no session", "a header and at least one row");
  const columns = Object.keys(rows[0]);
  if (columns.includes("courses")) {
    return rows.map((row, i) => ({
      session: row.session ?? String(i + 1),
      courses: parseCourses(row.courses, `${doing}, row ${i + 1}`),
    }));
  }
  if (!columns.includes("session") || !columns.includes("course")) {
    fail(
      `its columns are ${columns.map((name) => show(name)).join(", ")}`,
      "columns session and course, or a column courses",
    );
  }
  const sessions = new Map<string, string[]>();
  for (const { session, course } of rows) {
    const courses = sessions.get(session) ?? [];
    sessions.set(session, courses);
    if (course !== "") courses.push(course);
  }
  return Array.from(sessions, ([session, courses]) => ({ session, courses }));
}

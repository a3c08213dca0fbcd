/**
 * Sessions from text. A file of them (CSV, or with other separators) has a header and one of two
 * layouts: a row a step (columns `session` and `course`, in order; an empty course is none), or a
 * row a session (column `courses`, names between commas inside one quoted cell, and `session` if it
 * likes). Other columns are left alone.
 */
import { InputError, messageOf, show } from "../../errors/input_error.ts";
import { type Dialect, USUAL_SEPARATORS } from "../../prepare/text/dialect.ts";
import { parseTable, type TableRow } from "../../prepare/text/table.ts";

/** A session by its own name. */
export interface NamedSession {
  readonly session: string;
  readonly courses: readonly string[];
  /** Lines that name no course although others of the session do. */
  readonly lines_without_course?: readonly number[];
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

const CSV: Dialect = { separator: ",", quote: '"', header: true };

/**
 * The sessions of a delimited text, in order of first appearance. What stands between its fields is
 * told by the header, which has the columns with one separator only. @throws InputError naming the
 * file, the line and what is wrong with it.
 */
export function parseSessions(bytes: Uint8Array, path: string): NamedSession[] {
  const doing = `reading the sessions in ${path}`;
  const fail = (found: string, wanted: string, next?: string): never => {
    throw new InputError({ doing, found, wanted, next });
  };
  const { header, rows } = parseTable(bytes, path, dialectOf(bytes));
  const names = header.map((name) => name.trim());
  if (rows.length === 0) fail("it holds no session", "a header and at least one row");
  for (const name of names) {
    const places = names.flatMap((other, place) => other === name ? [place + 1] : []);
    if (NAMES.includes(name) && places.length > 1) {
      fail(`its columns ${places.join(" and ")} are both named ${show(name)}`, "one of that name");
    }
  }
  const column = (name: string) => names.indexOf(name);
  if (column("courses") >= 0) {
    return rows.map(({ line, fields }, i) => ({
      session: column("session") < 0 ? String(i + 1) : named(line, fields),
      courses: parseCourses(fields[column("courses")], `${doing}, line ${line}`),
    }));
  }
  if (column("session") < 0 || column("course") < 0) {
    fail(
      `its columns are ${names.map((name) => show(name)).join(", ")}`,
      "columns session and course, or a column courses",
      names.some((name) => NAMES.includes(name.toLowerCase()) && !NAMES.includes(name))
        ? "these names in small letters"
        : undefined,
    );
  }
  return sessionsOfSteps(rows, named, column("course"));

  function named(line: number, fields: readonly string[]): string {
    const name = fields[column("session")];
    return name !== "" ? name : fail(`line ${line}: no session`, "a name in the column session");
  }
}

/** The columns that are read. */
const NAMES = ["session", "course", "courses"];

function sessionsOfSteps(
  rows: readonly TableRow[],
  named: (line: number, fields: readonly string[]) => string,
  course: number,
): NamedSession[] {
  const sessions = new Map<string, { courses: string[]; without: number[] }>();
  for (const { line, fields } of rows) {
    const session = named(line, fields);
    const found = sessions.get(session) ?? { courses: [], without: [] };
    sessions.set(session, found);
    if (fields[course] === "") found.without.push(line);
    else found.courses.push(fields[course]);
  }
  return Array.from(sessions, ([session, { courses, without }]) => ({
    session,
    courses,
    // a session that names none at all is one without courses
    ...(courses.length === 0 || without.length === 0 ? {} : { lines_without_course: without }),
  }));
}

/** The dialect with which the first line has the columns; CSV where none does. */
function dialectOf(bytes: Uint8Array): Dialect {
  const text = new TextDecoder().decode(bytes.subarray(0, 10_000));
  const [first] = text.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  const separator = [",", ...USUAL_SEPARATORS].find((separator) => {
    const names = (first ?? "").split(separator).map((name) => name.trim().replaceAll('"', ""));
    return names.includes("courses") || (names.includes("session") && names.includes("course"));
  });
  return { ...CSV, separator: separator ?? "," };
}

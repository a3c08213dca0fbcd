/**
 * Sessions from text. A file of them (CSV, with other separators, or JSON) has one of two layouts:
 * a row a step (columns `session` and `course`, in order; an empty course is none), or a row a
 * session (column `courses`, names between commas inside one quoted cell or a list of JSON, and
 * `session` if it likes). Other columns are left alone.
 */
import { InputError, messageOf, show } from "../../errors/input_error.ts";
import { type Dialect, USUAL_SEPARATORS } from "../../prepare/text/dialect.ts";
import { parseTable } from "../../prepare/text/table.ts";
import { type NamedSession, sessionsOfSteps } from "./named_sessions.ts";
import { parseJsonSessions } from "./read_json_sessions.ts";

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
 * The sessions of a text, in order of first appearance: JSON where it begins as such, else
 * delimited; what stands between its fields is told by the header, which has the columns with one
 * separator only. @throws InputError naming the file, the line and what is wrong with it.
 */
export function parseSessions(bytes: Uint8Array, path: string): NamedSession[] {
  if (/^\s*[[{]/.test(new TextDecoder().decode(bytes.subarray(0, 1000)))) {
    return parseJsonSessions(bytes, path);
  }
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
  return sessionsOfSteps(
    rows.map(({ line, fields }) => ({
      line,
      session: named(line, fields),
      course: fields[column("course")],
    })),
  );

  function named(line: number, fields: readonly string[]): string {
    const name = fields[column("session")];
    return name !== "" ? name : fail(`line ${line}: no session`, "a name in the column session");
  }
}

/** The columns that are read. */
const NAMES = ["session", "course", "courses"];

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

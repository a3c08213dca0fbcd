/** Sessions from a Parquet file: the columns of a CSV file, texts or whole numbers. */
import { openParquet, type ParquetFile } from "../../dataset/parquet/file.ts";
import { readTexts } from "../../dataset/parquet/columns.ts";
import { InputError, show } from "../../errors/input_error.ts";
import { type NamedSession, sessionsOfSteps } from "./named_sessions.ts";
import { parseCourses } from "./read_sessions.ts";

/**
 * The sessions of a Parquet file, in order of first appearance: a row a step (`session` and
 * `course`, in order), or a row a session (`courses` as one text, and `session` if it likes). Read
 * as a data folder's files are. @throws InputError naming the file, the column and the row.
 */
export function parquetSessions(bytes: Uint8Array<ArrayBuffer>, path: string): NamedSession[] {
  const doing = `reading the sessions in ${path}`;
  const file = openParquet(bytes, path);
  const has = (name: string) => file.columns.includes(name);
  const isSteps = has("session") && has("course");
  if (!isSteps && !has("courses")) {
    throw new InputError({
      doing,
      found: `its columns are ${file.columns.map((name) => show(name)).join(", ")}`,
      wanted: "columns session and course, or a column courses",
    });
  }
  if (file.rows === 0) {
    throw new InputError({ doing, found: "it holds no session", wanted: "at least one row" });
  }
  const sessions = has("session") ? textsOf(file, "session") : undefined;
  if (sessions?.includes("")) {
    const line = sessions.indexOf("") + 1;
    throw new InputError({
      doing,
      found: `row ${line}: no session`,
      wanted: "a name in the column session",
    });
  }
  if (has("courses")) {
    return textsOf(file, "courses").map((courses, i) => ({
      session: sessions?.[i] ?? String(i + 1),
      courses: parseCourses(courses, `${doing}, row ${i + 1}`),
    }));
  }
  const courses = textsOf(file, "course");
  return sessionsOfSteps(
    sessions!.map((session, i) => ({ line: i + 1, session, course: courses[i] })),
  );
}

/** A column as a text a row. */
function textsOf(file: ParquetFile, column: string): string[] {
  try {
    const { distinct, codes } = readTexts(file, column);
    return Array.from(codes, (code) => distinct[code]);
  } catch (error) {
    if (!(error instanceof InputError) || column !== "courses") throw error;
    const next = "a row a step instead, with the columns session and course";
    throw new InputError({ ...error.fault, next }, { cause: error });
  }
}

/** Bad rows: found in the database, placed in their file, told in words. */
import { InputError, show } from "../errors/input_error.ts";
import type { Database } from "./database.ts";
import type { Input } from "./inputs.ts";
import type { Columns } from "./options.ts";
import { linesOf } from "./records.ts";

/** A row that cannot be used. */
export interface BadRow {
  readonly file: string;
  /** "line 7", "row 7" (Parquet) or a course, user and session (XuetangX). */
  readonly place: string;
  /** What is wrong, with the value. */
  readonly fault: string;
}

/** Part of a file that could not even be split into its fields. */
export interface Reject {
  /** Where it begins, in bytes of the decompressed file. */
  readonly offset: number;
  /** Where that is for the reader; absent for records of a text file, which lie on a line. */
  readonly place?: string;
  readonly fault: string;
}

const TIME_FORMS = "epoch seconds or milliseconds, ISO 8601, or YYYY-MM-DD HH:MM:SS";

/** The error that a bad row is when bad rows are not left out; `count` is how many the file has. */
export function badRowError(bad: BadRow, count: number): InputError {
  return new InputError({
    doing: `reading ${bad.file}`,
    found: `${bad.place}: ${bad.fault}${
      count > 1 ? ` (and ${count - 1} more bad rows in this file)` : ""
    }`,
    wanted: `rows with a user, an item and a time (${TIME_FORMS})`,
    next: "mend the row, or leave bad rows out with --on-error skip, which counts and lists them",
  });
}

interface LoggedRow {
  readonly row: number;
  readonly user_id: string | null;
  readonly item: string | null;
  readonly session_id: string | null;
  readonly time: number | null;
  readonly bad_time: string | null;
}

/**
 * How many rows are bad of those that a file brought into `log`, from rowid `first` on, and the
 * first `wanted` of them.
 */
export async function badRowsOf(
  database: Database,
  input: Input,
  first: number,
  rejects: readonly Reject[],
  wanted: number,
  columns: Columns,
): Promise<{ count: number; bad: BadRow[] }> {
  const isBad = `rowid >= ${first} AND (user_id IS NULL OR item IS NULL OR time IS NULL)`;
  const [{ n }] = await database.rows<{ n: number }>(
    `SELECT count(*) AS n FROM log WHERE ${isBad}`,
  );
  const rows = n === 0 || wanted === 0 ? [] : await database.rows<LoggedRow>(
    `SELECT rowid - ${first} AS row, * FROM log WHERE ${isBad} ORDER BY rowid LIMIT ${wanted}`,
  );
  const bad =
    (await placed(input, rows, rejects, wanted, (row) => faultOf(row, columns, input.format)))
      .slice(0, wanted);
  return {
    count: n + rejects.length,
    bad: bad.map(({ place, fault }) => ({ file: input.path, place, fault })),
  };
}

/**
 * Bad rows and the first `few` rejects with the places where a reader finds them, in the order of
 * the file.
 */
async function placed(
  { path, format }: Input,
  rows: readonly LoggedRow[],
  rejects: readonly Reject[],
  few: number,
  fault: (row: LoggedRow) => string,
): Promise<{ place: string; fault: string }[]> {
  if (format === "xuetangx") {
    const place = (row: LoggedRow) =>
      `course ${show(row.item)}, user ${show(row.user_id)}, session ${show(row.session_id)}`;
    const broken = rejects.map((reject) => ({
      place: reject.place ?? `byte ${reject.offset}`,
      fault: reject.fault,
    }));
    return [...broken, ...rows.map((row) => ({ place: place(row), fault: fault(row) }))];
  }
  if (format === "parquet") {
    return rows.map((row) => ({ place: `row ${row.row + 1}`, fault: fault(row) }));
  }
  const delimiter = { csv: ",", tsv: "\t", ndjson: undefined }[format];
  const layout = {
    delimiter,
    header: delimiter === undefined ? 0 : 1,
    rejected: rejects.map((reject) => reject.offset),
  };
  const lines = await linesOf(path, rows.map(({ row }) => row), layout, few);
  return [
    ...lines.rejected.map((line, i) => ({ line, fault: rejects[i].fault })),
    ...lines.rows.map((line, i) => ({ line, fault: fault(rows[i]) })),
  ].sort((a, b) => a.line - b.line).map(({ line, fault }) => ({ place: `line ${line}`, fault }));
}

function faultOf(row: LoggedRow, columns: Columns, format: Input["format"]): string {
  if (
    format === "ndjson" && row.user_id === null && row.item === null && row.time === null &&
    row.bad_time === null
  ) {
    return `it is no JSON object with ${show(columns.user)}, ${show(columns.item)} and ${
      show(columns.time)
    }`;
  }
  if (row.user_id === null) return `no user in ${show(columns.user)}`;
  if (row.item === null) return `no item in ${show(columns.item)}`;
  return row.bad_time === null
    ? `no time in ${show(columns.time)}`
    : `${show(row.bad_time)} in ${show(columns.time)} is no time`;
}

/** Reads the rows of all input files into the database, one file after the other, and tells of those that are bad. */
import { InputError, show } from "../errors/input_error.ts";
import { type Database, identifier, literal } from "./database.ts";
import type { Input } from "./inputs.ts";
import type { Columns, PrepareOptions } from "./options.ts";
import { headerOf, linesOf } from "./records.ts";
import { type EventType, readXuetangX } from "./read_xuetangx.ts";

/** A row that cannot be used. */
export interface BadRow {
  readonly file: string;
  /** "line 7", "row 7" (Parquet) or a course, user and session (XuetangX). */
  readonly place: string;
  /** What is wrong, with the value. */
  readonly fault: string;
}

/** What reading found. */
export interface LogReport {
  /** Rows of all files, the bad ones too. */
  readonly rows: number;
  readonly badRows: number;
  /** The first hundred. */
  readonly badRowsListed: readonly BadRow[];
  /** How many events of each type a XuetangX log has, and whether they were kept. */
  readonly eventTypes?: readonly EventType[];
}

/** Bad rows that a report lists; it counts all. */
const LISTED = 100;

const TIME_FORMS = "epoch seconds or milliseconds, ISO 8601, or YYYY-MM-DD HH:MM:SS";

/** Fills the table `log`. @throws InputError for a file that cannot be read, and for the first bad row unless they are to be skipped. */
export async function readLog(
  database: Database,
  inputs: readonly Input[],
  options: PrepareOptions,
  progress: (message: string) => void,
): Promise<LogReport> {
  const listed: BadRow[] = [];
  let badRows = 0, rejectedRows = 0, eventTypes: readonly EventType[] | undefined;
  for (const input of inputs) {
    const first = await countOf(database);
    let rejects: Reject[] = [];
    if (input.format === "xuetangx") {
      const result = await readXuetangX(database, input.path, options.eventPrefixes, progress);
      eventTypes = addTypes(eventTypes ?? [], result.eventTypes);
      rejects = result.malformed;
    } else {
      await database.run(`CREATE OR REPLACE TEMP VIEW source AS ${await sourceOf(database, input, options.columns)}`);
      await database.runFile("1_log.sql");
      if (input.format === "csv" || input.format === "tsv") rejects = await csvRejects(database);
    }
    rejectedRows += rejects.length;
    const wanted = options.onError === "stop" ? 1 : LISTED - listed.length;
    const { count, bad } = await badRowsOf(database, input, first, rejects, wanted, options.columns);
    badRows += count;
    listed.push(...bad);
    if (bad.length > 0 && options.onError === "stop") throw badRowError(bad[0], count);
    progress(`read ${input.path}: ${(await countOf(database) - first).toLocaleString("en")} rows${count > 0 ? `, ${count} bad` : ""}`);
  }
  return { rows: await countOf(database) + rejectedRows, badRows, badRowsListed: listed, eventTypes };
}

/** A record that could not even be split into its fields. `line` orders it among the others; 0 where there are no lines. */
export interface Reject {
  readonly line: number;
  readonly place: string;
  readonly fault: string;
}

function badRowError(bad: BadRow, count: number): InputError {
  return new InputError({
    doing: `reading ${bad.file}`,
    found: `${bad.place}: ${bad.fault}${count > 1 ? ` (and ${count - 1} more bad rows in this file)` : ""}`,
    wanted: `rows with a user, an item and a time (${TIME_FORMS})`,
    next: "mend the row, or leave bad rows out with --on-error skip, which counts and lists them",
  });
}

async function countOf(database: Database): Promise<number> {
  return (await database.rows<{ n: number }>("SELECT count(*) AS n FROM log"))[0].n;
}

/** The query that gives a file's rows as texts. @throws InputError when a column is not there. */
async function sourceOf(database: Database, { path, format }: Input, columns: Columns): Promise<string> {
  const file = literal(path.replaceAll(/[*?[]/g, "[$&]")); // or DuckDB would take it for a pattern
  if (format === "ndjson") {
    const field = (name: string) => `json ->> ${literal(/^[$/]/.test(name) ? `$."${name}"` : name)}`;
    return selectOf(columns, field) + ` FROM read_ndjson_objects(${file}, ignore_errors = true)`;
  }
  if (format === "parquet") {
    const reader = `read_parquet(${file})`;
    const names = (await database.rows<{ column_name: string }>(`DESCRIBE SELECT * FROM ${reader}`)).map((row) => row.column_name);
    checkColumns(path, names, columns);
    return selectOf(columns, (name) => `${identifier(name)}::VARCHAR`) + ` FROM ${reader}`;
  }
  const delimiter = format === "csv" ? "," : "\t";
  const names = await headerOf(path, delimiter);
  checkColumns(path, names, columns);
  const types = names.map((name) => `${literal(name)}: 'VARCHAR'`).join(", ");
  return selectOf(columns, identifier) + ` FROM read_csv(${file}, columns = {${types}}, header = true, delim = ${literal(delimiter)}, ` +
    `quote = '"', escape = '"', auto_detect = false, store_rejects = true)`;
}

function selectOf(columns: Columns, field: (name: string) => string): string {
  const session = columns.session === undefined ? "NULL::VARCHAR" : field(columns.session);
  return `SELECT ${field(columns.user)} AS user_id, ${field(columns.item)} AS item, ${session} AS session_id, ${
    field(columns.time)
  } AS time`;
}

function checkColumns(path: string, names: readonly string[], columns: Columns): void {
  for (const [flag, name] of Object.entries(columns)) {
    if (name !== undefined && names.filter((other) => other === name).length !== 1) {
      throw new InputError({
        doing: `reading ${path}`,
        found: `${names.includes(name) ? "more than one column" : "no column"} is named ${show(name)} among ${show(names, 400)}`,
        wanted: `one column with the ${flag}`,
        next: `name it with --${flag}`,
      });
    }
  }
}

async function csvRejects(database: Database): Promise<Reject[]> {
  const rows = await database.rows<{ line: number; csv_line: string; error_message: string }>(
    `SELECT line, any_value(csv_line) AS csv_line, first(error_message) AS error_message FROM reject_errors GROUP BY line ORDER BY line`,
  );
  await database.run("DROP TABLE reject_errors");
  return rows.map(({ line, csv_line, error_message }) => ({ line, place: `line ${line}`, fault: `${error_message} in ${show(csv_line)}` }));
}

interface LoggedRow {
  readonly row: number;
  readonly user_id: string | null;
  readonly item: string | null;
  readonly session_id: string | null;
  readonly time: number | null;
  readonly bad_time: string | null;
}

async function badRowsOf(
  database: Database,
  input: Input,
  first: number,
  rejects: readonly Reject[],
  wanted: number,
  columns: Columns,
): Promise<{ count: number; bad: BadRow[] }> {
  const isBad = `rowid >= ${first} AND (user_id IS NULL OR item IS NULL OR time IS NULL)`;
  const [{ n }] = await database.rows<{ n: number }>(`SELECT count(*) AS n FROM log WHERE ${isBad}`);
  const rows = n === 0 || wanted === 0 ? [] : await database.rows<LoggedRow>(
    `SELECT rowid - ${first} AS row, * FROM log WHERE ${isBad} ORDER BY rowid LIMIT ${wanted}`,
  );
  const lines = await placesOf(input, rows, rejects);
  const logged = rows.map((row, i) => ({ ...lines[i], fault: faultOf(row, columns, input.format) }));
  const bad = [...rejects.slice(0, wanted), ...logged].sort((a, b) => a.line - b.line).slice(0, wanted);
  return { count: n + rejects.length, bad: bad.map(({ place, fault }) => ({ file: input.path, place, fault })) };
}

async function placesOf(input: Input, rows: readonly LoggedRow[], rejects: readonly Reject[]): Promise<{ line: number; place: string }[]> {
  if (input.format === "xuetangx") {
    return rows.map((row) => ({ line: 0, place: `course ${show(row.item)}, user ${show(row.user_id)}, session ${show(row.session_id)}` }));
  }
  if (input.format === "parquet") return rows.map(({ row }) => ({ line: row + 1, place: `row ${row + 1}` }));
  const layout = input.format === "ndjson" ? {} : {
    delimiter: input.format === "csv" ? "," : "\t",
    header: 1,
    rejected: new Set(rejects.map((reject) => reject.line)),
  };
  return (await linesOf(input.path, rows.map(({ row }) => row), layout)).map((line) => ({ line, place: `line ${line}` }));
}

function faultOf(row: LoggedRow, columns: Columns, format: Input["format"]): string {
  if (format === "ndjson" && row.user_id === null && row.item === null && row.time === null && row.bad_time === null) {
    return `it is no JSON object with ${show(columns.user)}, ${show(columns.item)} and ${show(columns.time)}`;
  }
  if (row.user_id === null) return `no user in ${show(columns.user)}`;
  if (row.item === null) return `no item in ${show(columns.item)}`;
  return row.bad_time === null ? `no time in ${show(columns.time)}` : `${show(row.bad_time)} in ${show(columns.time)} is no time`;
}

function addTypes(a: readonly EventType[], b: readonly EventType[]): EventType[] {
  const sums = new Map(a.map((entry) => [entry.type, entry]));
  for (const entry of b) sums.set(entry.type, { ...entry, events: entry.events + (sums.get(entry.type)?.events ?? 0) });
  return [...sums.values()].sort((x, y) => y.events - x.events);
}

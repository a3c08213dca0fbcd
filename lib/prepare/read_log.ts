/**
 * Reads the rows of all input files into the database, one file after the other, and tells of those
 * that are bad.
 */
import { InputError, messageOf, show } from "../errors/input_error.ts";
import { type BadRow, badRowError, badRowsOf, type Reject } from "./bad_rows.ts";
import { type Database, identifier, literal } from "./database.ts";
import type { Input } from "./inputs.ts";
import type { Columns, PrepareOptions } from "./options.ts";
import { headerOf } from "./records.ts";
import { type EventType, readXuetangX } from "./read_xuetangx.ts";

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

/**
 * Fills the table `log`. @throws InputError for a file that cannot be read, and for the first bad
 * row unless they are to be skipped.
 */
export async function readLog(
  database: Database,
  inputs: readonly Input[],
  options: PrepareOptions,
  progress: (message: string) => void,
): Promise<LogReport> {
  const listed: BadRow[] = [];
  let badRows = 0;
  let rejectedRows = 0;
  let eventTypes: readonly EventType[] | undefined;
  for (const input of inputs) {
    const first = await countOf(database);
    let rejects: Reject[] = [];
    if (input.format === "xuetangx") {
      const result = await readXuetangX(database, input.path, options.eventPrefixes, progress);
      eventTypes = addTypes(eventTypes ?? [], result.eventTypes);
      rejects = result.malformed;
    } else {
      await readRows(database, input, options.columns);
      if (input.format === "csv" || input.format === "tsv") rejects = await csvRejects(database);
    }
    rejectedRows += rejects.length;
    const wanted = options.onError === "stop" ? 1 : LISTED - listed.length;
    const { count, bad } = await badRowsOf(
      database,
      input,
      first,
      rejects,
      wanted,
      options.columns,
    );
    badRows += count;
    listed.push(...bad);
    if (bad.length > 0 && options.onError === "stop") throw badRowError(bad[0], count);
    progress(
      `read ${input.path}: ${(await countOf(database) - first).toLocaleString("en")} rows${
        count > 0 ? `, ${count} bad` : ""
      }`,
    );
  }
  return {
    rows: await countOf(database) + rejectedRows,
    badRows,
    badRowsListed: listed,
    eventTypes,
  };
}

async function readRows(database: Database, input: Input, columns: Columns): Promise<void> {
  try {
    await database.run(
      `CREATE OR REPLACE TEMP VIEW source AS ${await sourceOf(database, input, columns)}`,
    );
    await database.runFile("1_log.sql");
  } catch (error) {
    const message = messageOf(error);
    if (
      error instanceof InputError ||
      !/^(Invalid Input|Invalid|IO|Serialization) Error/.test(message)
    ) throw error;
    const next = "look whether the file is whole, or say how it is written with --format";
    throw new InputError({
      doing: `reading ${input.path}`,
      found: message.split("\n")[0],
      wanted: `a ${input.format} file`,
      next,
    }, {
      cause: error,
    });
  }
}

async function countOf(database: Database): Promise<number> {
  return (await database.rows<{ n: number }>("SELECT count(*) AS n FROM log"))[0].n;
}

/** The query that gives a file's rows as texts. @throws InputError when a column is not there. */
async function sourceOf(
  database: Database,
  { path, format }: Input,
  columns: Columns,
): Promise<string> {
  const file = literal(path.replaceAll(/[*?[]/g, "[$&]")); // or DuckDB would take it for a pattern
  if (format === "ndjson") {
    const field = (name: string) =>
      `json ->> ${literal(/^[$/]/.test(name) ? `$."${name}"` : name)}`;
    return selectOf(columns, field) + ` FROM read_ndjson_objects(${file}, ignore_errors = true)`;
  }
  if (format === "parquet") {
    const reader = `read_parquet(${file})`;
    const names = (await database.rows<{ column_name: string }>(`DESCRIBE SELECT * FROM ${reader}`))
      .map((row) => row.column_name);
    checkColumns(path, names, columns);
    return selectOf(columns, (name) => `${identifier(name)}::VARCHAR`) + ` FROM ${reader}`;
  }
  const delimiter = format === "csv" ? "," : "\t";
  const names = await headerOf(path, delimiter);
  checkColumns(path, names, columns);
  const types = names.map((name) => `${literal(name)}: 'VARCHAR'`).join(", ");
  return selectOf(columns, identifier) +
    ` FROM read_csv(${file}, columns = {${types}}, header = true, delim = ${literal(delimiter)}, ` +
    `quote = '"', escape = '"', auto_detect = false, store_rejects = true)`;
}

function selectOf(columns: Columns, field: (name: string) => string): string {
  const session = columns.session === undefined ? "NULL::VARCHAR" : field(columns.session);
  return `SELECT ${field(columns.user)} AS user_id, ${
    field(columns.item)
  } AS item, ${session} AS session_id, ${field(columns.time)} AS time`;
}

function checkColumns(path: string, names: readonly string[], columns: Columns): void {
  for (const [flag, name] of Object.entries(columns)) {
    if (name !== undefined && names.filter((other) => other === name).length !== 1) {
      throw new InputError({
        doing: `reading ${path}`,
        found: `${names.includes(name) ? "more than one column" : "no column"} is named ${
          show(name)
        } among ${show(names, 400)}`,
        wanted: `one column with the ${flag}`,
        next: `name it with --${flag}`,
      });
    }
  }
}

async function csvRejects(database: Database): Promise<Reject[]> {
  // DuckDB's own line numbers do not count line ends inside quotes; its bytes, from 1, are right
  const rows = await database.rows<{ position: number; csv_line: string; error_message: string }>(
    `SELECT line_byte_position AS position, first(csv_line) AS csv_line,
       first(error_message) AS error_message
     FROM reject_errors GROUP BY position ORDER BY position`,
  );
  await database.run("DROP TABLE reject_errors");
  return rows.map(({ position, csv_line, error_message }) => {
    // of a line end of two characters, the second goes with the next record
    const lead = /^[\r\n]*/.exec(csv_line)![0].length;
    return {
      offset: position - 1 + lead,
      fault: `${error_message} in ${show(csv_line.slice(lead))}`,
    };
  });
}

function addTypes(a: readonly EventType[], b: readonly EventType[]): EventType[] {
  const sums = new Map(a.map((entry) => [entry.type, entry]));
  for (const entry of b) {
    sums.set(entry.type, { ...entry, events: entry.events + (sums.get(entry.type)?.events ?? 0) });
  }
  return [...sums.values()].sort((x, y) => y.events - x.events);
}

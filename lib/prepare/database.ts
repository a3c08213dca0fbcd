/** The database of a preparation, as the steps see it. There is one today: DuckDB, in duckdb.ts. */

/** A value of a session variable, which SQL reads with `getvariable`. */
export type Variable = string | number | bigint | boolean | null;

/** A value of a row that is added to a table: VARCHAR, BIGINT or BLOB. */
export type Cell = string | bigint | Uint8Array;

/** An open database. It holds state on disk only; `close` before its folder goes. */
export interface Database {
  /** The database's version, such as `v1.5.4`. */
  readonly version: string;
  /**
   * Runs statements. @throws InputError for a full disk or too little memory; the signal's reason
   * when it is aborted.
   */
  run(sql: string): Promise<void>;
  /** Runs one of the files in sql/ with variables set. */
  runFile(name: string, variables?: Readonly<Record<string, Variable>>): Promise<void>;
  /** The rows of a query; 64-bit integers as numbers. */
  rows<T>(sql: string): Promise<T[]>;
  /** Adds rows to a table, cells in the order of its columns. */
  append(table: string, rows: Iterable<readonly Cell[]>): Promise<void>;
  close(): void;
}

/** A value as an SQL literal. */
export function literal(value: Variable): string {
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  return value === null ? "NULL" : String(value);
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

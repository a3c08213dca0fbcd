/**
 * DuckDB for one preparation: a database file and a spill folder in a folder of the run, SQL from
 * files, values as session variables.
 */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { InputError, messageOf } from "../errors/input_error.ts";

/** What DuckDB may use. */
export interface Resources {
  /** DuckDB's own limit, as it writes sizes: "400MB". The process takes some 400 MB more. */
  readonly memory: string;
  readonly threads: number;
}

/** A value of a session variable, which SQL reads with `getvariable`. */
export type Variable = string | number | bigint | boolean | null;

/** An open database. It holds state on disk only; `close` before its folder goes. */
export interface Database {
  readonly connection: DuckDBConnection;
  /** DuckDB's version. */
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
  close(): void;
}

/**
 * Opens a new database in `folder`, which must exist and be empty. Nothing is read from or fetched
 * over a network.
 */
export async function openDatabase(
  folder: string,
  resources: Resources,
  signal?: AbortSignal,
): Promise<Database> {
  const instance = await DuckDBInstance.create(`${folder}/work.duckdb`, {
    memory_limit: resources.memory,
    threads: String(resources.threads),
    temp_directory: `${folder}/spill`,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  const interrupt = () => connection.interrupt();
  signal?.addEventListener("abort", interrupt);
  const run = async (sql: string) => {
    signal?.throwIfAborted();
    try {
      return await connection.runAndReadAll(sql);
    } catch (error) {
      signal?.throwIfAborted();
      throw explained(error);
    }
  };
  const rows = async <T>(sql: string) =>
    (await run(sql)).getRowObjectsJS().map((row) => numbersOf(row) as T);
  const [{ version }] = await rows<{ version: string }>("SELECT version() AS version");
  return {
    connection,
    version,
    run: async (sql) => void await run(sql),
    runFile: async (name, variables = {}) => {
      const settings = Object.entries(variables).map(([key, value]) =>
        `SET VARIABLE ${key} = ${literal(value)};\n`
      );
      const file = await Deno.readTextFile(new URL(`./sql/${name}`, import.meta.url));
      await run(settings.join("") + file);
    },
    rows,
    close: () => {
      signal?.removeEventListener("abort", interrupt);
      connection.closeSync();
      instance.closeSync();
    },
  };
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

function numbersOf(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map((
      [key, value],
    ) => [key, typeof value === "bigint" ? Number(value) : value]),
  );
}

/** A failure that the user can do something about, told so; anything else as it is. */
function explained(error: unknown): unknown {
  const message = messageOf(error);
  const doing = "preparing the data";
  if (
    /no space left|disk full|could not write|failed to write|max_temp_directory_size/i.test(message)
  ) {
    const next =
      "free some space, or choose a folder on a larger disk with --out; what was there before is untouched";
    return new InputError({
      doing,
      found: message,
      wanted: "room for the data and for sorting them",
      next,
    }, { cause: error });
  }
  if (/out of memory/i.test(message)) {
    return new InputError({
      doing,
      found: message,
      wanted: "more memory for DuckDB",
      next: "give more with --memory 2GB; a session of n visits needs some 100,000·n bytes",
    }, {
      cause: error,
    });
  }
  return error;
}

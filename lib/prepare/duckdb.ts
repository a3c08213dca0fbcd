/**
 * DuckDB for one preparation: a database file and a spill folder in a folder of the run, SQL from
 * files, values as session variables.
 */
import type { DuckDBAppender } from "@duckdb/node-api";
import { InputError, messageOf } from "../errors/input_error.ts";
import { type Cell, type Database, literal } from "./database.ts";

/** What DuckDB may use. */
export interface Resources {
  /** DuckDB's own limit, as it writes sizes: "400MB". The process takes some 400 MB more. */
  readonly memory: string;
  readonly threads: number;
}

/**
 * Opens a new database in `folder`, which must exist and be empty. Nothing is read from or fetched
 * over a network.
 */
export async function openDuckDb(
  folder: string,
  resources: Resources,
  signal?: AbortSignal,
): Promise<Database> {
  // loaded when it is needed: a file of all programs has others that may load no native code
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: resources.memory,
    threads: String(resources.threads),
    temp_directory: `${folder}/spill`,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  // nothing is recovered from a preparation that ends early, and a log of writes costs a tenth
  await connection.run(
    `ATTACH ${literal(`${folder}/work.duckdb`)} AS work (RECOVERY_MODE no_wal_writes); USE work`,
  );
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
    append: async (table, rows) => {
      const appender = await connection.createAppender(table);
      for (const row of rows) {
        for (const cell of row) appendCell(appender, cell);
        appender.endRow();
      }
      appender.closeSync();
    },
    close: () => {
      signal?.removeEventListener("abort", interrupt);
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function appendCell(appender: DuckDBAppender, cell: Cell): void {
  if (typeof cell === "string") appender.appendVarchar(cell);
  else if (typeof cell === "bigint") appender.appendBigInt(cell);
  else appender.appendBlob(cell);
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
  const found = messageOf(error);
  const doing = "preparing the data";
  if (
    /no space left|disk full|could not write|failed to write|max_temp_directory_size/i.test(found)
  ) {
    return new InputError({
      doing,
      found,
      wanted: "room for the data and for sorting them",
      next: "free some space, or choose a folder on a larger disk with --out; " +
        "what was there before is untouched",
    }, { cause: error });
  }
  if (/out of memory/i.test(found)) {
    return new InputError({
      doing,
      found: found.split("\n")[0],
      wanted: "more memory for DuckDB",
      next: "more with --memory 2GB; a session of n visits takes some 50,000·n bytes",
    }, { cause: error });
  }
  return error;
}

/**
 * In place of `lib/prepare/duckdb.ts` in a page: DuckDB's WebAssembly build, in memory. It lacks
 * extensions, which it would fetch: Parquet files are written by our own writer, and what the steps
 * ask of a file they wrote is answered from what is known of it.
 */
import { encodeParquet, type WrittenColumn } from "../dataset/parquet/write.ts";
import { InputError, messageOf } from "../errors/input_error.ts";
import { writeAtomic } from "../files/atomic.ts";
import { host } from "../files/host.ts";
import { type Cell, type Database, literal, type Variable } from "../prepare/database.ts";
import {
  type Bindings,
  BROWSER_RUNTIME,
  type Connection,
  createDuckDB,
  type Result,
  VoidLogger,
} from "./duckdb_module.ts";
import { heard } from "./host.ts";

let program: Uint8Array<ArrayBuffer> | undefined;
let opened: Promise<Bindings> | undefined;
let steps: Readonly<Record<string, string>> = {};

/** What the database is made of: its WebAssembly module, and the SQL of the steps by file name. */
export function useDuckDb(
  module: Uint8Array<ArrayBuffer>,
  sql: Readonly<Record<string, string>>,
): void {
  program = module;
  steps = sql;
}

async function instantiate(): Promise<Bindings> {
  const address = URL.createObjectURL(new Blob([program!], { type: "application/wasm" }));
  const bundle = { mainModule: address, mainWorker: "" };
  const db = await createDuckDB({ mvp: bundle, eh: bundle }, new VoidLogger(), BROWSER_RUNTIME);
  await db.instantiate(() => {});
  URL.revokeObjectURL(address);
  return db;
}

/** Bytes of memory that a database may keep for the next one: WebAssembly gives none back. */
const KEPT = 256 << 20;

/** Empties a database for the next preparation, or lets it go with its memory. */
function forget(db: Bindings): void {
  opened = undefined;
  if (db.mod.HEAPU8.length > KEPT) return;
  db.dropFiles();
  db.reset();
  opened = Promise.resolve(db);
}

/** Opens a new database. `folder` and `resources` are for one that spills to a disk. */
export async function openDuckDb(
  _folder: string,
  _resources: unknown,
  signal?: AbortSignal,
): Promise<Database> {
  const db = await (opened ??= instantiate());
  const connection = db.connect();
  connection.query(START);
  const query = (sql: string): Result => {
    signal?.throwIfAborted();
    try {
      return connection.query(sql);
    } catch (error) {
      throw explained(error);
    }
  };
  const [{ version }] = objectsOf(query("SELECT version() AS version")) as { version: string }[];
  const run = async (sql: string) => {
    for (const [, path] of sql.matchAll(/read_csv\('((?:[^']|'')+)'/g)) {
      db.dropFile(path);
      db.registerFileBuffer(path, await host.readFile(path));
    }
    try {
      await inSteps(connection, sql, signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw explained(error);
    }
  };
  return {
    version,
    run,
    async runFile(name, variables = {}) {
      const settings = Object.entries(variables).map(([key, value]) =>
        `SET VARIABLE ${key} = ${literal(value)};\n`
      );
      if (settings.length > 0) query(settings.join(""));
      const copied = COPY.exec(steps[name])?.groups;
      if (copied === undefined) return await run(steps[name]);
      await writeRows(query, copied.rows, variables);
    },
    rows: <T>(sql: string) => Promise.resolve(objectsOf(query(sql)) as T[]),
    append: (table, rows) => {
      for (const values of insertions(rows)) query(`INSERT INTO ${table} VALUES ${values}`);
      return Promise.resolve();
    },
    close: () => {
      connection.close();
      forget(db);
    },
  };
}

/** Milliseconds of work after which a message is let in. */
const PATIENCE = 50;

/** Runs statements so that they can be stopped in the middle. @throws the signal's reason. */
async function inSteps(
  connection: Connection,
  sql: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await heard();
  signal?.throwIfAborted();
  const step = (call: (db: Bindings, number: number) => Uint8Array | null) =>
    connection.useUnsafe(call);
  let result = step((db, number) => db.startPendingQuery(number, sql, false));
  for (let since = performance.now(); result === null;) {
    result = step((db, number) => db.pollPendingQuery(number));
    if (performance.now() - since < PATIENCE) continue;
    await heard();
    since = performance.now();
    if (!signal?.aborted) continue;
    connection.useUnsafe((db, number) => db.cancelPendingQuery(number));
    signal.throwIfAborted();
  }
}

/** Nothing is fetched; what a step asks of a Parquet file that it wrote is remembered. */
const START = `SET autoinstall_known_extensions = false;
SET autoload_known_extensions = false;
CREATE TABLE written (path VARCHAR, num_rows BIGINT);
CREATE MACRO parquet_file_metadata(file) AS TABLE SELECT num_rows FROM written WHERE path = file;`;

/** A step whose result is a Parquet file, as those in `lib/prepare/sql` have it. */
const COPY = /^COPY \((?<rows>[\s\S]*)\n\) TO \(getvariable\('path'\)\) \(FORMAT parquet/m;

/** Writes the rows of a query to the step's path. */
async function writeRows(
  query: (sql: string) => Result,
  rows: string,
  { path, meaning }: Readonly<Record<string, Variable>>,
): Promise<void> {
  const table = query(rows);
  const notes = typeof meaning === "string" ? { label_ts_epoch: meaning } : undefined;
  const columns = table.schema.fields.map(({ name, type }, i): WrittenColumn => {
    const column = table.getChildAt(i)!;
    if (/^Utf8/.test(String(type))) {
      return { name, kind: "text", value: (row) => column.get(row) as string };
    }
    return /^List/.test(String(type))
      ? { name, kind: "list", value: (row) => [...column.get(row) as Iterable<bigint>] }
      : { name, kind: "int64", value: (row) => BigInt(column.get(row) as bigint) };
  });
  await writeAtomic(path as string, encodeParquet(columns, table.numRows, notes));
  query(`INSERT INTO written VALUES (${literal(path)}, ${table.numRows})`);
}

/** The rows of a result; 64-bit integers as numbers. */
function objectsOf(result: Result): Record<string, unknown>[] {
  return result.toArray().map((row) =>
    Object.fromEntries(
      Object.entries(row.toJSON()).map(([key, value]) => [
        key,
        typeof value === "bigint" ? Number(value) : value,
      ]),
    )
  );
}

/** Rows of an INSERT at once. */
const INSERTED = 1000;

function* insertions(rows: Iterable<readonly Cell[]>): Generator<string> {
  let some: string[] = [];
  for (const row of rows) {
    some.push(`(${row.map((cell) => literal(valueOf(cell))).join(", ")})`);
    if (some.length === INSERTED) {
      yield some.join(",");
      some = [];
    }
  }
  if (some.length > 0) yield some.join(",");
}

function valueOf(cell: Cell): Variable {
  if (!(cell instanceof Uint8Array)) return cell;
  throw new TypeError("the database of a page takes no bytes: the XuetangX log is read elsewhere");
}

/** A failure that the user can do something about, told so; anything else as it is. */
function explained(error: unknown): unknown {
  const found = messageOf(error).split("\n")[0];
  if (!/out of memory|allocation/i.test(found)) return error;
  return new InputError({
    doing: "preparing the data",
    found,
    wanted: "a log that fits into the memory of a tab",
    next: "prepare it with deno task prepare, and drop the folder",
  }, { cause: error });
}

/**
 * DuckDB's WebAssembly build, called without a worker of its own: this is one already. A bundle for
 * browsers takes the package's browser build in place of this module, which has its types only: the
 * package brings types of Node that are older than Deno's.
 */

/** A column of a result. */
export interface Column {
  get(row: number): unknown;
}

/** A result: a table of Apache Arrow. */
export interface Result {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type: object }[] };
  getChildAt(index: number): Column;
  toArray(): { toJSON(): Record<string, unknown> }[];
}

/** A connection. */
export interface Connection {
  query(sql: string): Result;
  /** Calls with the database and the number by which it knows the connection. */
  useUnsafe<T>(call: (bindings: Bindings, connection: number) => T): T;
  close(): void;
}

/** A database. */
export interface Bindings {
  readonly mod: { readonly HEAPU8: Uint8Array };
  instantiate(onProgress: () => void): Promise<unknown>;
  connect(): Connection;
  registerFileBuffer(path: string, bytes: Uint8Array): void;
  dropFile(path: string): void;
  dropFiles(): void;
  /** Forgets everything but the files. */
  reset(): void;
  /** Begins statements and takes a step of the work; null until it is done. */
  startPendingQuery(connection: number, sql: string, streams: boolean): Uint8Array | null;
  pollPendingQuery(connection: number): Uint8Array | null;
  cancelPendingQuery(connection: number): boolean;
}

interface Program {
  readonly mainModule: string;
  readonly mainWorker: string;
}

/** Makes a database, not instantiated yet. */
export const createDuckDB: (
  bundles: { readonly mvp: Program; readonly eh: Program },
  logger: object,
  runtime: object,
) => Promise<Bindings> = () => {
  throw new TypeError("DuckDB's build for browsers is in a bundle only");
};
/** The functions that DuckDB calls for files. */
export const BROWSER_RUNTIME: object = {};
/** A logger that says nothing. */
export class VoidLogger {}

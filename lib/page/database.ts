/// <reference lib="dom" />
/** Loads DuckDB, which few visits to the page need. */

/** What `duckdb.js` holds. */
interface Packed {
  /** The module, gzip in base64. */
  readonly module: string;
  readonly sql: Readonly<Record<string, string>>;
}

/** DuckDB's module and the SQL of the steps. @throws Error when the script cannot be loaded. */
export async function loadDatabase(): Promise<{
  readonly module: Uint8Array<ArrayBuffer>;
  readonly sql: Packed["sql"];
}> {
  const script = document.createElement("script");
  script.src = "duckdb.js";
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error("loading duckdb.js: it is not beside the page"));
    document.head.append(script);
  });
  const { module, sql } = (globalThis as unknown as { readonly DUCKDB: Packed }).DUCKDB;
  const packed = new Blob([Uint8Array.fromBase64(module)]).stream();
  const unpacked = packed.pipeThrough(new DecompressionStream("gzip"));
  return { module: new Uint8Array(await new Response(unpacked).arrayBuffer()), sql };
}

/**
 * The suite as a page for browsers. Its programs are bundled by `deno bundle`, which is esbuild in
 * the version that Deno pins; modules that ask a system are replaced by those of `lib/page`.
 */
import { jsonText } from "../../lib/files/json.ts";
import { STYLE } from "../../lib/report/style.ts";

/** The page's files, by their names. */
export type PageFiles = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;

const ROOT = new URL("../../", import.meta.url);

/** What a page has in place of what a command line has. Paths are those of the project. */
const INSTEAD: Readonly<Record<string, string>> = {
  "node:path": "npm:pathe@2.0.3",
  "node:path/posix": "npm:pathe@2.0.3",
  "node:zlib": "lib/page/zlib.ts",
  "lib/files/host.ts": "lib/page/host.ts",
  "lib/engine/wasm/start_thread.ts": "lib/page/start_thread.ts",
  "lib/engine/tfjs/engine.ts": "lib/page/no_tfjs.ts",
  "node:buffer": "lib/page/buffer.ts",
  "node:crypto": "lib/page/crypto.ts",
  "lib/prepare/duckdb.ts": "lib/page/duckdb.ts",
  "lib/prepare/parquet_relation.ts": "lib/page/parquet_relation.ts",
  "lib/prepare/json_sql.ts": "lib/page/json_sql.ts",
  "lib/prepare/inputs/decompress.ts": "lib/page/decompress.ts",
};

/** DuckDB 1.4.3 for browsers; `lib/page/duckdb_module.ts` says why no import has it. */
const DUCKDB = "npm:@duckdb/duckdb-wasm@1.32.0";

/** Bundles the page. @throws Error with the bundler's words. */
export async function bundlePage(): Promise<PageFiles> {
  const folder = await Deno.makeTempDir();
  try {
    const map = `${folder}/import_map.json`;
    const duckdb = await packageFolder(DUCKDB);
    await Deno.writeTextFile(map, jsonText({ imports: await importsOfPage(duckdb) }));
    const [thread, worker, page] = await Promise.all(
      ["lib/engine/wasm/worker.ts", "lib/page/worker.ts", "lib/page/page.ts"].map((entry) =>
        bundle(entry, map, `${folder}/${entry.replaceAll("/", "_")}.js`)
      ),
    );
    const programs = `globalThis.PROGRAMS = ${JSON.stringify({ thread, worker })};\n`;
    const style = await Deno.readTextFile(new URL("lib/page/page.css", ROOT));
    const markup = await Deno.readTextFile(new URL("lib/page/index.html", ROOT));
    const files = {
      "index.html": markup.replace("REPORT_STYLE", await hashOf(STYLE)),
      "page.css": STYLE + style,
      "programs.js": programs,
      "page.js": page,
      "duckdb.js": await databaseScript(duckdb),
    };
    return Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)]),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Bundles one program for browsers, as a script. */
export async function bundle(entry: string, map: string, file: string): Promise<string> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--platform=browser",
      "--format=iife",
      "--minify",
      `--import-map=${map}`,
      `--output=${file}`,
      entry,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`bundling ${entry}: ${new TextDecoder().decode(stderr)}`);
  return await Deno.readTextFile(file);
}

/** The project's imports, with what a page has in place of some of them. */
async function importsOfPage(duckdb: string): Promise<Record<string, string>> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const url = (place: string) => place.includes(":") ? place : new URL(place, ROOT).href;
  const instead = Object.entries(INSTEAD).map(([from, to]) => [url(from), url(to)]);
  return {
    ...imports,
    ...Object.fromEntries(instead),
    [url("lib/page/duckdb_module.ts")]: `file://${duckdb}/dist/duckdb-browser-blocking.mjs`,
  };
}

/** The folder of a package in Deno's cache, which it is fetched into. */
async function packageFolder(name: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", name],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(`fetching ${name}: ${new TextDecoder().decode(stderr)}`);
  const { npmPackages } = JSON.parse(new TextDecoder().decode(stdout));
  return npmPackages[name.slice("npm:".length)].localPath;
}

/**
 * DuckDB's module, packed, and the SQL of the steps, as a script that is loaded when a log is
 * dropped: a page from disk may read no other file.
 */
async function databaseScript(duckdb: string): Promise<string> {
  const module = await Deno.readFile(`${duckdb}/dist/duckdb-eh.wasm`);
  const packed = new Blob([module]).stream().pipeThrough(new CompressionStream("gzip"));
  const sql: Record<string, string> = {};
  const folder = new URL("lib/prepare/sql/", ROOT);
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".sql")) sql[name] = await Deno.readTextFile(new URL(name, folder));
  }
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  return `globalThis.DUCKDB = ${JSON.stringify({ module: bytes.toBase64(), sql })};\n`;
}

/** A source of a content security policy that allows this style sheet and no other. */
async function hashOf(style: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  return `'sha256-${new Uint8Array(digest).toBase64()}'`;
}

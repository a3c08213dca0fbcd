/** What the tests of `prepare` share: comparison of a written data folder with the reference. */
import { assertEquals } from "@std/assert";
import { DuckDBInstance } from "@duckdb/node-api";
import { SPLITS } from "../../lib/dataset/dataset.ts";
import { datasetFiles } from "../../lib/dataset/read_dataset.ts";
import { DEFAULTS, type PrepareOptions } from "../../lib/prepare/options.ts";
import { literal } from "../../lib/prepare/database.ts";
import { prepare } from "../../lib/prepare/prepare.ts";
import type { PrepareReport } from "../../lib/prepare/report.ts";
import { parquetRows } from "./parquet_rows.ts";
import type { Expected, Rules } from "./reference.ts";

/** Rules under which a small log fills every split. */
export const RULES: Rules = {
  gapMinutes: 30,
  minUserPairs: 1,
  minItemCount: 1,
  shares: { train: 0.6, val: 0.2, test: 0.2 },
  seed: 20260107,
  k: 2,
  q: 3,
};

/** Options of `prepare` for such rules. */
export function optionsOf(
  inputs: readonly string[],
  out: string,
  rules = RULES,
  more: Partial<PrepareOptions> = {},
): PrepareOptions {
  return { ...DEFAULTS, ...rules, k: [rules.k], q: [rules.q], inputs, out, ...more };
}

/** A log that was prepared. */
export interface Prepared {
  readonly report: PrepareReport;
  /** The data folder. */
  readonly out: string;
  readonly messages: readonly string[];
}

/** Prepares files of these names and contents, all of them as one log. */
export async function prepared(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  more: Partial<PrepareOptions> = {},
  rules = RULES,
): Promise<Prepared> {
  const inputs = [];
  for (const [name, contents] of Object.entries(files)) {
    const path = `${folder}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
    await Deno.writeFile(path, bytes);
    inputs.push(path);
  }
  const out = `${folder}/out`;
  const messages: string[] = [];
  const report = await prepare(
    optionsOf(inputs, out, rules, more),
    (message) => messages.push(message),
  );
  return { report, out, messages };
}

/** A Parquet file made by a query, such as "FROM (VALUES (1, 'a')) AS log(x, y)". */
export async function parquetOf(path: string, query: string, options = ""): Promise<string> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`COPY (${query}) TO ${literal(path)} (FORMAT parquet${options})`);
  connection.closeSync();
  instance.closeSync();
  return path;
}

/**
 * Fails unless the folder holds exactly what is expected: every file, column, row and their order.
 */
export async function assertFolder(
  folder: string,
  expected: Expected,
  { k, q }: { k: number; q: number } = RULES,
): Promise<void> {
  const files = datasetFiles(k, q);
  const lines = expected.courses.map((course, id) => `  ${JSON.stringify(course)}: ${id}`);
  assertEquals(
    await Deno.readTextFile(`${folder}/${files.vocabulary}`),
    `{\n${lines.join(",\n")}\n}`,
  );
  for (const split of SPLITS) {
    assertEquals(
      plain(await parquetRows(`${folder}/${files.pairs[split]}`)),
      expected.pairs[split],
      `pairs of ${split}`,
    );
    assertEquals(
      plain(await parquetRows(`${folder}/${files.episodes[split]}`)),
      expected.episodes[split],
      `episodes of ${split}`,
    );
  }
}

/**
 * Rows with numbers for 64-bit integers. @throws TypeError where a column is not of them: that is
 * how pandas reads int64.
 */
function plain(rows: readonly Record<string, unknown>[]): unknown[] {
  const convert = (value: unknown): unknown => {
    if (typeof value === "number") throw new TypeError(`a column of ${value} is not int64`);
    if (typeof value === "bigint") return Number(value);
    return Array.isArray(value) ? value.map(convert) : value;
  };
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, convert(value)]))
  );
}

/** Everything in a folder, by path relative to it: for "nothing has changed". */
export async function contentsOf(folder: string, prefix = ""): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  for await (const entry of Deno.readDir(`${folder}/${prefix}`)) {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory) Object.assign(contents, await contentsOf(folder, `${path}/`));
    else contents[path] = (await Deno.readFile(`${folder}/${path}`)).toHex();
  }
  return contents;
}

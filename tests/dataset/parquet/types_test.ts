/** Times by their type, and splits without rows as each program writes them. */
import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../../lib/errors/input_error.ts";
import { parseEpisodes } from "../../../lib/dataset/read_episodes.ts";
import { parsePairs } from "../../../lib/dataset/read_pairs.ts";
import { inFolder } from "../../in_folder.ts";
import { parquetOf } from "../../prepare/folder.ts";

/** Days and seconds of 2020 as label times: expressions over the row i, and what they mean. */
const START = Date.UTC(2020, 0, 1) / 1000;
const TIMES: [expression: string, seconds: (i: number) => number][] = [
  ["DATE '2020-01-01' + i", (i) => START + 86_400 * i],
  ["TIMESTAMP_S '2020-01-01' + to_seconds(i)", (i) => START + i],
  ["TIMESTAMPTZ '2020-01-01 02:00:00+02:00' + to_seconds(i)", (i) => START + i],
  ["(1577836800 + i)::DOUBLE", (i) => START + i],
  ["(1577836800 + i)::DECIMAL(18, 0)", (i) => START + i],
  ["(1577836800 + i)::UINTEGER", (i) => START + i],
];
for (const [expression, seconds] of TIMES) {
  Deno.test(`label_ts_epoch as ${expression} is read by its type`, () =>
    inFolder(async (folder) => {
      const path = await parquetOf(
        `${folder}/pairs.parquet`,
        `SELECT i::BIGINT AS pair_id, 'u' AS user_id, [i % 2] AS prefix, 1 - i % 2 AS label,
           ${expression} AS label_ts_epoch
         FROM (SELECT range::INTEGER AS i FROM range(5)) ORDER BY i`,
      );
      const { labelTime } = parsePairs(await Deno.readFile(path), path, 2);
      assertEquals([...labelTime], [0, 1, 2, 3, 4].map(seconds));
    }));
}

Deno.test("label_ts_epoch as a FLOAT or as text is refused: neither is a time", () =>
  inFolder(async (folder) => {
    for (const expression of ["1577836800::FLOAT", "'2020-01-01'", "true"]) {
      const path = await parquetOf(
        `${folder}/pairs.parquet`,
        `SELECT 0::BIGINT AS pair_id, 'u' AS user_id, [0] AS prefix, 1 AS label,
           ${expression} AS label_ts_epoch`,
      );
      const bytes = Deno.readFileSync(path);
      assertThrows(() => parsePairs(bytes, path, 2), InputError, "label_ts_epoch");
    }
  }));

const empty = new URL("../../fixtures/empty/", import.meta.url);
for (const writer of ["pandas", "pandas_index", "pandas_untyped", "pyarrow", "duckdb"]) {
  Deno.test(`a split without rows as ${writer} writes it has no pairs and no episodes`, () => {
    const read = (name: string) => Deno.readFileSync(new URL(`${name}_${writer}.parquet`, empty));
    const pairs = parsePairs(read("pairs"), writer, 17);
    assertEquals(pairs.count, 0);
    assertEquals(parseEpisodes(read("episodes"), writer, pairs).count, 0);
  });
}

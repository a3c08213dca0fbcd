/** Data folders that say the same in other ways are read the same; others get a sentence. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { type Dataset, prefixOf, SPLITS } from "../../lib/dataset/dataset.ts";
import { datasetFiles, readDataset } from "../../lib/dataset/read_dataset.ts";
import { literal } from "../../lib/prepare/database.ts";
import { inFolder } from "../in_folder.ts";
import { parquetOf } from "../prepare/folder.ts";
import { tinyFolder, writeFolder } from "./tiny.ts";

/** Everything that a data set says, in an order of its own. */
function contents({ courses, splits }: Dataset) {
  const by = <T extends readonly unknown[]>(rows: T[]) =>
    rows.sort((a, b) => Number(a[0]) - Number(b[0]));
  const places = (count: number) => Array.from({ length: count }, (_, i) => i);
  return {
    courses,
    splits: SPLITS.map((split) => {
      const { pairs, episodes } = splits[split];
      const user = (row: number) => pairs.users[pairs.user[row]];
      const ids = (offsets: Int32Array, rows: Int32Array, e: number) =>
        [...rows.subarray(offsets[e], offsets[e + 1])].map((row) => pairs.pairId[row]);
      return {
        pairs: by(
          places(pairs.count).map((row) => [
            pairs.pairId[row],
            user(row),
            [...prefixOf(pairs, row)],
            pairs.label[row],
            pairs.labelTime[row],
          ]),
        ),
        episodes: by(
          places(episodes.count).map((e) => [
            episodes.episodeId[e],
            ids(episodes.supportOffsets, episodes.supportRows, e),
            ids(episodes.queryOffsets, episodes.queryRows, e),
          ]),
        ),
      };
    }),
  };
}

/** The tiny folder, its users numbers, every table written by a query over `source`. */
async function rewritten(folder: string, pairs: string, episodes: string): Promise<string> {
  const base = await writeFolder(tinyFolder());
  const files = datasetFiles(1, 2);
  const number = `(CASE split_part(user_id, ' ', 1) WHEN 'train' THEN 1000 WHEN 'val' THEN 2000
    ELSE 3000 END + split_part(user_id, ' ', 3)::INTEGER)`;
  for (const name of ["vocab", "pairs", "episodes"]) {
    await Deno.mkdir(`${folder}/${name}`, { recursive: true });
  }
  await Deno.copyFile(`${base}/${files.vocabulary}`, `${folder}/${files.vocabulary}`);
  for (const split of SPLITS) {
    for (const [kind, query] of [["pairs", pairs], ["episodes", episodes]] as const) {
      const path = files[kind][split];
      const source = `SELECT * REPLACE (${number} AS user_id) FROM read_parquet(${
        literal(`${base}/${path}`)
      })`;
      await parquetOf(`${folder}/${path}`, `WITH source AS (${source}) ${query}`);
    }
  }
  await Deno.remove(base, { recursive: true });
  return folder;
}

const users = (type: string) =>
  `SELECT * REPLACE (${type.replaceAll("u", "user_id")} AS user_id) FROM source`;
const [TEXT_PAIRS, TEXT_EPISODES] = [users("u::VARCHAR"), users("u::VARCHAR")];

const VARIANTS: [what: string, pairs: string, episodes: string][] = [
  ["users as 64-bit integers", users("u::BIGINT"), users("u::BIGINT")],
  ["users as 16-bit integers", users("u::SMALLINT"), users("u::USMALLINT")],
  ["users as binary without a mark", users("encode(u::VARCHAR)"), users("encode(u::VARCHAR)")],
  [
    "rows in another order",
    `${TEXT_PAIRS} ORDER BY hash(pair_id)`,
    `${TEXT_EPISODES} ORDER BY 1 DESC`,
  ],
  [
    "columns in another order",
    "SELECT label_ts_epoch, label, prefix, user_id::VARCHAR AS user_id, pair_id FROM source",
    "SELECT query_pair_ids, support_pair_ids, user_id::VARCHAR AS user_id, episode_id FROM source",
  ],
  [
    "columns that nobody reads",
    TEXT_PAIRS.replace("SELECT *", "SELECT {a: [1]} AS note, [1.5] AS weights, *"),
    TEXT_EPISODES.replace("SELECT *", "SELECT map {'a': 1} AS note, *"),
  ],
  [
    "lists of a fixed length and of small numbers",
    TEXT_PAIRS.replace(" AS user_id)", " AS user_id, prefix::UTINYINT[] AS prefix)"),
    TEXT_EPISODES.replace(
      " AS user_id)",
      " AS user_id, query_pair_ids::BIGINT[2] AS query_pair_ids)",
    ),
  ],
];
for (const [what, pairs, episodes] of VARIANTS) {
  Deno.test(`a data folder with ${what} says the same`, () =>
    inFolder(async (folder) => {
      const read = async (name: string, ...queries: [string, string]) =>
        contents(
          (await readDataset(await rewritten(`${folder}/${name}`, ...queries), 1, 2)).dataset,
        );
      assertEquals(
        await read("variant", pairs, episodes),
        await read("base", TEXT_PAIRS, TEXT_EPISODES),
      );
    }));
}

/** Vocabularies of seven courses. */
const names = Array.from({ length: 7 }, (_, i) => `course ${i}`);
const VOCABULARIES: [what: string, text: string, message?: string][] = [
  ["with a byte order mark", `\ufeff${json(names.map((name, i) => [name, i]))}`],
  ["with ids as 3.0", json(names.map((name, i) => [name, i])).replaceAll(/(\d)([,}])/g, "$1.0$2")],
  ["in another order", json(names.map((name, i) => [name, i] as const).reverse())],
  ["that counts from 1", json(names.map((name, i) => [name, i + 1])), "taking 1 from every id"],
  ["the other way round", json(names.map((name, i) => [`${i}`, name])), "turning it round"],
];
for (const [what, text, message] of VOCABULARIES) {
  Deno.test(`a vocabulary ${what} is ${message === undefined ? "read" : "told"}`, async () => {
    const files = tinyFolder();
    files["vocab/course2id.json"] = new TextEncoder().encode(text);
    const folder = await writeFolder(files);
    const read = async () => (await readDataset(folder, 1, 2)).dataset.courses;
    if (message === undefined) assertEquals(await read(), names);
    else assertStringIncludes((await assertRejects(read, InputError)).message, message);
    await Deno.remove(folder, { recursive: true });
  });
}

function json(entries: readonly (readonly [string, unknown])[]): string {
  return JSON.stringify(Object.fromEntries(entries));
}

Deno.test("a table that Spark wrote as a folder is told, with how to write one file", async () => {
  const folder = await writeFolder(tinyFolder());
  const path = `${folder}/pairs/pairs_train.parquet`;
  await Deno.rename(path, `${folder}/part-0.parquet`);
  await Deno.mkdir(path);
  await Deno.rename(`${folder}/part-0.parquet`, `${path}/part-0.parquet`);
  const { message } = await assertRejects(() => readDataset(folder, 1, 2), InputError);
  for (const part of [path, "it is a folder, as Spark", "coalesce(1)"]) {
    assertStringIncludes(message, part);
  }
  await Deno.remove(folder, { recursive: true });
});

/** Parquet as other programs write it, read as a log; what is not read is told as such. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { parsePairs } from "../../lib/dataset/read_pairs.ts";
import { prepare } from "../../lib/prepare/prepare.ts";
import { inFolder } from "../in_folder.ts";
import { optionsOf, prepared } from "./folder.ts";

const fixtures = new URL("../fixtures/", import.meta.url).pathname;
/** Pairs as if they were a log. */
const COLUMNS = { user: "user_id", item: "label", time: "label_ts_epoch" };
/** DuckDB reads BYTE_STREAM_SPLIT of doubles only; a data folder may have it of integers. */
const UNSUPPORTED = "pairs_streams.parquet";

Deno.test("compressions, encodings, row groups and types of Parquet: all say the same", () =>
  inFolder(async (folder) => {
    const read = (names: readonly string[], out: string) => {
      const inputs = names.map((name) => `${fixtures}parquet/${name}`);
      return prepare(optionsOf(inputs, `${folder}/${out}`, undefined, { columns: COLUMNS }));
    };
    const { counts, splits } = await read(["pairs_plain.parquet"], "one");
    // the same rows from every writer: none is a course, a user or a time of its own
    const names = [...Deno.readDirSync(`${fixtures}parquet`)].map(({ name }) => name)
      .filter((name) => name.startsWith("pairs_") && name !== UNSUPPORTED);
    const all = await read(names, "all");
    assert(names.length >= 27);
    assertEquals(all.counts.rows, all.inputs.length * counts.rows);
    assertEquals(all.counts.bad_rows, 0);
    for (const what of ["visits", "courses", "users", "sessions", "pairs"] as const) {
      assertEquals(all.counts[what], counts[what], what);
    }
    assertEquals(all.splits, splits);
  }));

for (const name of ["footer", "one_column"]) {
  Deno.test(`encrypted Parquet, ${name}: not supported, as a log and in a data folder`, () =>
    inFolder(async (folder) => {
      const path = `${fixtures}encrypted/${name}.parquet`;
      const read = () => prepared(folder, {}, { inputs: [path], columns: COLUMNS });
      const { message } = await assertRejects(read, InputError);
      const bytes = Deno.readFileSync(path);
      const data = assertThrows(() => parsePairs(bytes, path, 17), InputError).message;
      for (const told of [message, data]) {
        assertStringIncludes(told, `${path}: it is encrypted, which is not supported`);
        assertStringIncludes(told, "Try: writing it again without encryption");
      }
    }));
}

Deno.test("what the database does not read is not supported, what is cut is not whole", () =>
  inFolder(async (folder) => {
    const input = `${fixtures}parquet/${UNSUPPORTED}`;
    const other = () => prepared(folder, {}, { inputs: [input], columns: COLUMNS });
    const { message } = await assertRejects(other, InputError);
    for (const part of [UNSUPPORTED, "is not supported", "zstd or snappy and the usual"]) {
      assertStringIncludes(message, part);
    }
    const bytes = Deno.readFileSync(`${fixtures}parquet/pairs_plain.parquet`).slice(0, 900);
    const cut = await assertRejects(() => prepared(folder, { "cut.parquet": bytes }), InputError);
    for (const part of ["cut.parquet", "whether the file is whole"]) {
      assertStringIncludes(cut.message, part);
    }
  }));

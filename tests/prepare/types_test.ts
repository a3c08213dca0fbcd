import { assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { encodeParquet, type WrittenColumn } from "../../lib/dataset/parquet/write.ts";
import { inFolder } from "../in_folder.ts";
import { assertFolder, parquetOf, prepared, RULES } from "./folder.ts";
import { lines, LOG, parquet } from "./number_log.ts";
import { type Event, referenceOf } from "./reference.ts";

const IDS: [string, string][] = [
  ["integers", "i"],
  ["texts", "i::VARCHAR"],
  ["binary without a mark", "encode(i::VARCHAR)"],
  ["whole doubles", "i::DOUBLE"],
  ["whole floats", "i::FLOAT"],
  ["decimals", "i::DECIMAL(10, 2)"],
  ["large unsigned integers", "i::UHUGEINT"],
  ["enums", "i::VARCHAR::ENUM (SELECT range::VARCHAR FROM range(20))"],
];
for (const [what, item] of IDS) {
  Deno.test(`ids in Parquet: ${what} are the texts that they are`, () =>
    inFolder(async (folder) => {
      const expression = what === "enums"
        ? `i::VARCHAR::ENUM(${Array.from({ length: 17 }, (_, i) => `'${i}'`).join(", ")})`
        : item;
      const input = await parquet(`${folder}/log.parquet`, "u::DOUBLE", expression);
      const { out } = await prepared(folder, {}, { inputs: [input] });
      await assertFolder(out, referenceOf(LOG, RULES));
    }));
}

Deno.test("ids as integers in one file and doubles or JSON numbers in another are the same", () =>
  inFolder(async (folder) => {
    const inputs = [
      await parquet(`${folder}/a.parquet`, "u", "i"),
      await parquet(`${folder}/b.parquet`, "u::DOUBLE", "i::DOUBLE"),
      `${folder}/c.ndjson`,
    ];
    const rows = LOG.map(({ user, item, time }) =>
      `{"user_id": ${user}.0, "item_id": ${item}.0, "timestamp": ${time}.0}`
    );
    await Deno.writeTextFile(`${folder}/c.ndjson`, rows.join("\n"));
    const { out } = await prepared(folder, {}, { inputs });
    await assertFolder(out, referenceOf([...LOG, ...LOG, ...LOG], RULES));
  }));

Deno.test("ids that may be meant alike, or stand for nothing, are told", () =>
  inFolder(async (folder) => {
    const rows = ["u,1,1600000000", "u,1.0,1600000060", "NULL,2,1600000000", "NULL,3,1600000060"];
    const { report } = await prepared(folder, {
      "log.csv": `user_id,item_id,timestamp\n${rows.join("\n")}\n`,
    }, { k: [1], q: [1] });
    const told = report.warnings.join("\n");
    assertStringIncludes(told, "1 items are written as whole numbers and with .0");
    assertStringIncludes(told, '"NULL" is taken for the name of one user');
  }));

/** What no id is, and the way on. */
const REFUSED: [string, string, string][] = [
  ["[i::VARCHAR]", 'the column "item_id" holds lists', "--explode item_id"],
  ["{id: i}", 'the column "item_id" holds structs', "--item item_id."],
  ["MAP {'a': i}", "values that are of no use here", "--item"],
];
for (const [item, found, next] of REFUSED) {
  Deno.test(`no id in Parquet: ${item}`, () =>
    inFolder(async (folder) => {
      const input = await parquet(`${folder}/log.parquet`, "u", item);
      const error = await assertRejects(
        () => prepared(folder, {}, { inputs: [input] }),
        InputError,
      );
      assertStringIncludes(error.message, found);
      assertStringIncludes(error.message, next);
    }));
}

Deno.test("no id in JSON: lists and objects are bad rows that lead on", () =>
  inFolder(async (folder) => {
    const fails = async (value: unknown, ...messages: string[]) => {
      const text = lines([{ user_id: "u", item_id: value, timestamp: 1 }]);
      const error = await assertRejects(() => prepared(folder, { "log.ndjson": text }), InputError);
      for (const message of messages) assertStringIncludes(error.message, message);
    };
    await fails(["A", "B"], 'line 1: "item_id" holds a list: ["A","B"]', "--explode item_id");
    await fails(
      { id: "C" },
      'line 1: "item_id" holds an object: {"id":"C"}',
      "with a dot: --item 'item_id.id'",
    );
  }));

Deno.test("no id in Parquet: floats that are not exact, bytes that are not UTF-8", () =>
  inFolder(async (folder) => {
    const rows = "('u', '\\xE9'::BLOB, 1.5::FLOAT), ('u', encode('b'), 20000001::FLOAT)";
    const input = await parquetOf(
      `${folder}/log.parquet`,
      `SELECT *, 1600000000 AS timestamp FROM (VALUES ${rows}) AS log(user_id, bytes, number)`,
    );
    const bad = async (item: string) => {
      const options = { inputs: [input], columns: { item }, onError: "skip" } as const;
      await assertRejects(() => prepared(folder, {}, options), InputError, "making pairs");
      return await assertRejects(
        () => prepared(folder, {}, { ...options, onError: "stop" }),
        InputError,
      );
    };
    assertStringIncludes((await bad("bytes")).message, 'row 1: "bytes" is not UTF-8');
    assertStringIncludes((await bad("number")).message, 'row 2: "number" is a FLOAT (32 bits)');
  }));

Deno.test("columns of Parquet whose names differ in capitals only are told apart", () =>
  inFolder(async (folder) => {
    const input = `${folder}/log.parquet`;
    const text = (name: string, value: (event: Event) => string): WrittenColumn => ({
      name,
      kind: "text",
      value: (row) => value(LOG[row]),
    });
    const columns: WrittenColumn[] = [
      text("User_ID", () => "x"),
      text("user_id", ({ user }) => user),
      text("USER_ID", () => "y"),
      text("item_id", ({ item }) => item),
      { name: "timestamp", kind: "int64", value: (row) => BigInt(LOG[row].time) },
    ];
    await Deno.writeFile(input, encodeParquet(columns, LOG.length));
    const { out } = await prepared(folder, {}, { inputs: [input] });
    await assertFolder(out, referenceOf(LOG, RULES));
  }));

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { encodeParquet, type WrittenColumn } from "../../lib/dataset/parquet/write.ts";
import type { PrepareOptions } from "../../lib/prepare/options.ts";
import { inFolder } from "../in_folder.ts";
import { assertFolder, parquetOf, prepared, RULES } from "./folder.ts";
import { awkwardLog, type Event, referenceOf } from "./reference.ts";

/** A log whose users and items are whole numbers. */
const LOG: Event[] = awkwardLog(71, 400).map((event, i) => ({
  ...event,
  user: `${100 + i % 6}`,
  item: `${(i * i) % 17}`,
}));

/** A Parquet file of the log; `user` and `item` are expressions over u, i and t. */
function parquet(path: string, user: string, item: string, more = ""): Promise<string> {
  const rows = LOG.map(({ user, item, time }) => `(${user}, ${item}, ${time})`).join(", ");
  return parquetOf(
    path,
    `SELECT ${user} AS user_id, ${item} AS item_id, t AS timestamp${more}
     FROM (VALUES ${rows}) AS log(u, i, t)`,
  );
}

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

/** Rows of the log by user, as other formats hold them. */
const byUser = [...Map.groupBy(LOG, (event) => event.user)].map(([user, own]) => ({ user, own }));
const inOrderOfUsers = byUser.flatMap(({ own }) => own);
const lines = (values: readonly unknown[]) =>
  values.map((value) => JSON.stringify(value)).join("\n");

const OPENED: [string, unknown[], Partial<PrepareOptions>][] = [
  [
    "parallel lists",
    byUser.map(({ user, own }) => ({
      id: user,
      courses: own.map(({ item }) => item),
      times: own.map(({ time }) => time),
    })),
    {
      explode: ["courses", "times"],
      columns: { user: "id", item: "courses", time: "times" },
    },
  ],
  [
    "lists of objects",
    byUser.map(({ user, own }) => ({
      user_id: Number(user),
      events: own.map(({ item, time }) => ({ aid: Number(item), at: { ms: 1000 * time } })),
    })),
    { explode: ["events"], columns: { item: "events.aid", time: "events.at.ms" } },
  ],
  [
    "lists inside objects",
    byUser.map(({ user, own }) => ({
      who: { id: user },
      "log.events": { list: own.map(({ item, time }) => [item, time]).map(([item]) => item) },
      at: own.map(({ time }) => `${time}`),
    })),
    {
      explode: ["/log.events/list", "at"],
      columns: { user: "$.who.id", item: "log.events.list", time: "at" },
    },
  ],
];
for (const [what, values, more] of OPENED) {
  Deno.test(`opens ${what} of JSON into rows`, () =>
    inFolder(async (folder) => {
      const empty = {
        id: "nobody",
        who: { id: "nobody" },
        user_id: "nobody",
        courses: [],
        times: [],
      };
      const nothing = { ...empty, events: [], "log.events": { list: [] }, at: [] };
      const { out, report } = await prepared(folder, {
        "log.ndjson": lines([nothing, ...values, nothing]),
      }, more);
      await assertFolder(out, referenceOf(inOrderOfUsers, RULES));
      assertEquals([report.counts.rows, report.counts.empty_lists], [LOG.length + 2, 2]);
    }));
}

Deno.test("opens lists of Parquet into rows, side by side and of structs", () =>
  inFolder(async (folder) => {
    const rows = inOrderOfUsers.map(({ user, item, time }) => `('${user}', ${item}, ${time})`);
    const log = `(FROM (VALUES ${rows.join(", ")}) AS log(u, i, t))`;
    const order = "(PARTITION BY u)";
    const numbered = `(SELECT *, row_number() OVER ${order} AS n FROM ${log})`;
    const lists = await parquetOf(
      `${folder}/lists.parquet`,
      `SELECT u AS user_id, list(i ORDER BY n) AS items, list(t ORDER BY n) AS times
       FROM ${numbered} GROUP BY u UNION ALL SELECT 'nobody', [], []`,
    );
    const { out, report } = await prepared(folder, {}, {
      inputs: [lists],
      explode: ["items", "times"],
      columns: { item: "items", time: "times" },
    });
    const expected = referenceOf(inOrderOfUsers, RULES);
    await assertFolder(out, expected);
    assertEquals(report.counts.empty_lists, 1);
    const structs = await parquetOf(
      `${folder}/structs.parquet`,
      `SELECT {name: u} AS who, list({item: i::DOUBLE, time: {s: t}} ORDER BY n) AS events
       FROM ${numbered} GROUP BY u`,
    );
    await prepared(folder, {}, {
      inputs: [structs],
      explode: ["events"],
      columns: { user: "who.name", item: "events.item", time: "events.time.s" },
    });
    await assertFolder(out, expected);
  }));

Deno.test("lists of different lengths, and what is no list, are bad rows with their place", () =>
  inFolder(async (folder) => {
    const good = byUser.map(({ user, own }) => ({
      user_id: user,
      items: own.map(({ item }) => item),
      times: own.map(({ time }) => time),
    }));
    const bad = [{ user_id: "u", items: [1, 2], times: [1] }, {
      user_id: "u",
      items: 1,
      times: [1],
    }, {
      user_id: "u",
      times: [1],
    }, { user_id: "u", items: [[1]], times: [1] }];
    const options: Partial<PrepareOptions> = {
      explode: ["items", "times"],
      columns: { item: "items", time: "times" },
      onError: "skip",
    };
    const { report, out } = await prepared(folder, {
      "log.ndjson": lines([...good.slice(0, 2), ...bad, ...good.slice(2)]),
    }, options);
    assertEquals(report.bad_rows_listed.map(({ place, fault }) => [place, fault]), [
      ["line 3", "lists of 2 and 1 values"],
      ["line 4", 'no list in "items" and in "times"'],
      ["line 5", 'no list in "items" and in "times"'],
      ["line 6", '"items" holds a list: [1]'],
    ]);
    await assertFolder(out, referenceOf(inOrderOfUsers, RULES));
    const path = await parquetOf(
      `${folder}/log.parquet`,
      "FROM (VALUES ('u', [1, 2], [1]), ('u', [1, 2], [1, 2])) AS log(user_id, items, times)",
    );
    const unequal = await prepared(folder, {}, { ...options, inputs: [path], k: [1], q: [1] })
      .catch((error) => error);
    // what is left has two courses within a minute, so only the report of the bad row counts
    assertEquals(unequal.report.bad_rows_listed.map(({ place }: { place: string }) => place), [
      "row 1",
    ]);
  }));

Deno.test("fields inside others by their path; a field whose own name has dots comes first", () =>
  inFolder(async (folder) => {
    const expected = referenceOf(LOG, RULES);
    const events = LOG.map(({ user, item, time }, i) => ({
      context: { user: { id: user }, course_id: item },
      ...i % 2 === 0 ? { "the.time": time } : { the: { time } },
    }));
    for (const prefix of ["", "$.", "/"]) {
      const path = (name: string) =>
        prefix === "/" ? `/${name.replaceAll(".", "/")}` : `${prefix}${name}`;
      const { out } = await prepared(folder, { "log.ndjson": lines(events) }, {
        columns: {
          user: path("context.user.id"),
          item: path("context.course_id"),
          time: "the.time",
        },
      });
      await assertFolder(out, expected);
    }
    const mongo = LOG.map(({ user, item, time }) => ({
      user_id: { $numberLong: user },
      item_id: { $oid: item },
      timestamp: { $date: new Date(1000 * time).toISOString() },
    }));
    const { out } = await prepared(folder, { "log.json": JSON.stringify(mongo) }, {
      columns: { user: "user_id.$numberLong", item: "item_id.$oid", time: "timestamp.$date" },
    });
    await assertFolder(out, expected);
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

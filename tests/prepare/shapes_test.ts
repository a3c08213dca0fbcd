import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { InputError } from "../../lib/errors/input_error.ts";
import type { PrepareOptions } from "../../lib/prepare/options.ts";
import { inFolder } from "../in_folder.ts";
import { assertFolder, parquetOf, prepared, RULES } from "./folder.ts";
import { zip } from "./inputs/zip.ts";
import { awkwardLog, type Event, referenceOf } from "./reference.ts";

/** A log whose names need no quotes. */
const LOG: Event[] = awkwardLog(51, 500).map((event) => ({
  ...event,
  user: event.user.replaceAll(/[,"\n' ]/g, "_"),
  item: event.item.replaceAll(/[,"\n' ]/g, "_"),
}));

function table(
  separator: string,
  fields: (event: Event) => (string | number)[],
  header?: readonly string[],
  end = "\n",
): string {
  const lines = LOG.map((event) => fields(event).join(separator));
  return [...header === undefined ? [] : [header.join(separator)], ...lines, ""].join(end);
}

const NAMES = ["user_id", "item_id", "timestamp"];
const plain = ({ user, item, time }: Event) => [user, item, time];
const json = (event: Event) =>
  JSON.stringify({ user_id: event.user, item_id: event.item, timestamp: event.time });
const csv = table(",", plain, NAMES);

/** What each shape is, its file, and the flags that it needs. */
const SHAPES: [string, string, string | Uint8Array, Partial<PrepareOptions>?][] = [
  ["semicolons", "log.csv", table(";", plain, NAMES), { separator: ";" }],
  ["two colons, no header, an unknown name", "log.dat", table("::", plain), {
    separator: "::",
    header: false,
    columns: { user: "1", item: "2", time: "3" },
  }],
  ["pipes, tab by its name", "log.txt", table("|", plain, NAMES), { separator: "pipe" }],
  [
    "no header in a TSV",
    "log.tsv",
    table("\t", ({ user, item, time }) => [time, "x", item, user]),
    {
      header: false,
      columns: { user: "4", item: "#3", time: "1" },
    },
  ],
  [
    "pandas' index column",
    "log.csv",
    table(",", (event) => [7, ...plain(event)], ["", ...NAMES]),
  ],
  [
    "columns that nobody wants with one name, and Excel's empty ones",
    "log.csv",
    table(",", (event) => ["a", ...plain(event), "b", "", ""], ["n", ...NAMES, "n", "", ""]),
  ],
  [
    "names that differ in capitals only",
    "log.csv",
    table(",", (event) => ["A", ...plain(event), "B"], ["User_ID", ...NAMES, "USER_ID"]),
  ],
  [
    "spaces around the names",
    "log.csv",
    table(",", plain, NAMES.map((name) => ` ${name} `)),
  ],
  [
    "a wanted name twice, told by its place",
    "log.csv",
    table(",", (event) => [...plain(event), "x"], [...NAMES, "user_id"]),
    { columns: { user: "#1" } },
  ],
  ["mixed line ends", "log.csv", csv.replaceAll(/(\d\n[^\n]*)\n/g, "$1\r\n")],
  ["returns only", "log.csv", csv.replaceAll("\n", "\r")],
  ["blank lines before the header and at the end", "log.csv", `\n\r\n  \n${csv}\n\n`],
  ["UTF-16, as Excel's Unicode text", "log.tsv", utf16(table("\t", plain, NAMES))],
  [
    "backslashes before quotes",
    "log.csv",
    table(",", ({ user, item, time }) => [
      user,
      `"${item}\\"\\\\"`,
      time,
    ], NAMES),
    { escape: "\\" },
  ],
  [
    "quotes that are text",
    "log.tsv",
    table("\t", ({ user, item, time }) => [
      user,
      `"${item}`,
      time,
    ], NAMES),
    { quote: "none" },
  ],
  [
    "quotes of another kind",
    "log.csv",
    table(",", ({ user, item, time }) => [
      `'${user}'`,
      `'${item}'`,
      time,
    ], NAMES),
    { quote: "'" },
  ],
  [
    "gzip of two members",
    "log.csv.gz",
    Buffer.concat([gzipSync(csv.slice(0, 5000)), gzipSync(csv.slice(5000))]),
  ],
  ["capitals", "LOG.CSV.GZ", gzipSync(csv)],
  ["Zstandard", "log.csv.zst", zstdCompressSync(csv)],
  ["zip", "logs.zip", zip({ name: "logs/log.csv", text: csv })],
  [
    "NDJSON with a byte order mark, \\r\\n and blank lines",
    "log.ndjson",
    `\ufeff${LOG.map(json).join("\r\n\r\n")}`,
  ],
  ["a list of objects", "log.json", `[${LOG.map(json).join(",")}]`],
  [
    "an indented list of objects, called lines",
    "log.ndjson",
    JSON.stringify(LOG.map((event) => JSON.parse(json(event))), null, 2),
  ],
  ["lines of objects in a .json", "log.json", LOG.map(json).join("\n")],
];
for (const [what, name, contents, more = {}] of SHAPES) {
  Deno.test(`reads ${what}`, () =>
    inFolder(async (folder) => {
      const { out, report } = await prepared(folder, { [name]: contents }, more);
      const item = { "quotes that are text": ['"', ""], "backslashes before quotes": ["", '"\\'] };
      const [before, after] = item[what as keyof typeof item] ?? ["", ""];
      const log = LOG.map((event) => ({ ...event, item: `${before}${event.item}${after}` }));
      await assertFolder(out, referenceOf(log, RULES));
      assertEquals([report.counts.rows, report.counts.bad_rows], [LOG.length, 0]);
    }));
}

Deno.test("reads a folder of parts, the user in the path or in the files' names", () =>
  inFolder(async (folder) => {
    const users = [...Map.groupBy(LOG, (event) => event.user)].filter(([user]) =>
      /^[\w-]+$/.test(user)
    );
    const log = users.flatMap(([, own]) => own);
    const rows = (own: readonly Event[]) =>
      `item_id,timestamp\n${own.map(({ item, time }) => `${item},${time}\n`).join("")}`;
    const byPath = Object.fromEntries(
      users.map(([user, own]) => [`log/user_id=${user}/part-0.csv`, rows(own)]),
    );
    const marks = { "log/_SUCCESS": "", "log/.part-0.csv.crc": "x" };
    const whole = { inputs: [`${folder}/log`] };
    const { out } = await prepared(folder, { ...byPath, ...marks }, whole);
    await assertFolder(out, referenceOf(log, RULES));
    await Deno.remove(`${folder}/log`, { recursive: true });
    const byName = Object.fromEntries(users.map(([user, own]) => [`log/${user}.csv`, rows(own)]));
    await prepared(folder, { ...byName, ...marks }, { ...whole, userFromFilename: true });
    await assertFolder(out, referenceOf(log, RULES));
    await Deno.remove(`${folder}/log`, { recursive: true });
    const objects = Object.fromEntries(users.map(([user, own]) => [
      `log/user_id=${user}/part.ndjson`,
      own.map(({ item, time }) => JSON.stringify({ item_id: item, timestamp: time })).join("\n"),
    ]));
    await prepared(folder, objects, whole);
    await assertFolder(out, referenceOf(log, RULES));
  }));

Deno.test("reads a folder of Parquet parts with columns in the path", () =>
  inFolder(async (folder) => {
    const log = LOG.map((event, i) => ({ ...event, user: `${i % 3}`, item: `i${i % 7}` }))
      .sort((a, b) => a.user.localeCompare(b.user));
    for (const [user, own] of Map.groupBy(log, (event) => event.user)) {
      await Deno.mkdir(`${folder}/log/user_id=${user}`, { recursive: true });
      const rows = own.map(({ item, time }) => `('${item}', ${time})`).join(", ");
      await parquetOf(
        `${folder}/log/user_id=${user}/part-0.snappy.parquet`,
        `FROM (VALUES ${rows}) AS log(item_id, timestamp)`,
      );
    }
    await Deno.writeTextFile(`${folder}/log/_SUCCESS`, "");
    const { out } = await prepared(folder, {}, { inputs: [`${folder}/log`] });
    await assertFolder(out, referenceOf(log, RULES));
  }));

/** Mistakes, and the way on that the error names. */
const LEADS: [string, string, string | Uint8Array, Partial<PrepareOptions>, string][] = [
  ["semicolons", "log.csv", table(";", plain, NAMES), {}, "Try: --separator ';'"],
  ["tabs", "log.csv", table("\t", plain, NAMES), {}, "Try: --separator tab"],
  ["two colons", "log.csv", table("::", plain), {}, "Try: --separator '::' --no-header --user 1"],
  ["no header", "log.csv", table(",", plain), {}, "Try: --no-header --user 1 --item 2 --time 3"],
  ["another name", "log.csv", table(",", plain, ["user", "item_id", "time"]), {}, "--user user"],
  ["no times", "log.csv", "user_id,item_id\nu,a\n", {}, "--order row, if its rows stand in order"],
  ["no times, no header", "log.csv", "u,a\n", {
    header: false,
    columns: { user: "1", item: "2" },
  }, "--order row"],
  ["no times in JSON", "log.ndjson", '{"user_id": "u", "item_id": "a"}', {}, "--order row"],
  [
    "times by another name",
    "log.csv",
    table(",", plain, ["user_id", "item_id", "created_at"]),
    {},
    "Try: --time created_at.",
  ],
  [
    "a name twice",
    "log.csv",
    table(",", (event) => [...plain(event), "x"], [...NAMES, "user_id"]),
    {},
    'the columns 1 and 4 are both named "user_id"',
  ],
  ["a place that is not there", "log.csv", csv, { columns: { user: "#4" } }, "it has 3, from 1 on"],
  ["a place from 0", "log.csv", table(",", plain), {
    header: false,
    columns: { user: "0", item: "1", time: "2" },
  }, "there is no column 0"],
  ["backslashes", "log.csv", `${csv}u,"a \\"b\\"",1\n`, {}, "Try: --escape '\\'"],
  ["quotes", "log.csv", `${csv}u,"a" b,1\n`, {}, "--quote none"],
  ["lists of lists", "log.json", '[["c", {}]]', {}, "--format xuetangx"],
  [
    "fields inside",
    "log.ndjson",
    '{"user": {"id": 1}, "course": "c", "at": [1]}',
    {},
    [
      '"user.id"',
      '"course"',
      '"at"',
    ].join(", "),
  ],
  ["Latin-1", "log.csv", Buffer.from(`${csv}u,caf\xe9,1\n`, "latin1"), {}, "iconv -f latin1"],
  ["bzip2", "log.csv.bz2", "BZh", {}, "Try: unpack it first"],
  ["a workbook", "log.xlsx", "PK", {}, "save the sheet as CSV"],
];
for (const [what, name, contents, more, message] of LEADS) {
  Deno.test(`leads on from ${what}`, () =>
    inFolder(async (folder) => {
      const error = await assertRejects(
        () => prepared(folder, { [name]: contents }, more),
        InputError,
      );
      assertStringIncludes(error.message, message);
      assertStringIncludes(error.message, `${folder}/${name}`);
    }));
}

function utf16(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(`\ufeff${text}`, "utf16le"));
}

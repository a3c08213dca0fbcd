import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { InputError } from "../../lib/errors/input_error.ts";
import { prepare } from "../../lib/prepare/prepare.ts";
import { inFolder } from "../in_folder.ts";
import { optionsOf, RULES } from "./folder.ts";

/** Good rows enough for a data folder, in user, item, time. */
const GOOD = Array.from(
  { length: 12 },
  (_, i) => [`u${i % 2}`, `c${i}`, `${1_600_000_000 + 60 * i}`] as const,
);

const CSV = [
  "user_id,item_id,timestamp", // line 1
  ...GOOD.slice(0, 6).map((row) => row.join(",")),
  "", // line 8: an empty line is no row
  'u1,"a name\nof two lines",1600000301', // lines 9 and 10
  "u1,c1,tomorrow", // line 11
  ",c1,1600000300", // 12
  "u1,,1600000300", // 13
  "u1,c1,", // 14
  "u1,c1", // 15
  "u1,c1,1600000300,more", // 16
  "u1,c1,2020-02-30 00:00:00", // 17
  "u1,c1,99999999999999999", // 18
  ...GOOD.slice(6).map((row) => row.join(",")),
  "u1,c1,epoch", // 25
  "",
].join("\n");

const CSV_FAULTS = [
  ["line 11", '"tomorrow" in "timestamp" is no time'],
  ["line 12", 'no user in "user_id"'],
  ["line 13", 'no item in "item_id"'],
  ["line 14", 'no time in "timestamp"'],
  ["line 15", '2 fields where the header has 3: "u1,c1"'],
  ["line 16", '4 fields where the header has 3: "u1,c1,1600000300,more"'],
  ["line 17", '"2020-02-30 00:00:00" in "timestamp" is no time'],
  ["line 18", '"99999999999999999" in "timestamp" is no time'],
  ["line 25", '"epoch" in "timestamp" is no time'],
];

const VARIANTS: Record<string, [name: string, bytes: (text: string) => Uint8Array]> = {
  "csv": ["log.csv", encoded],
  "csv, gzip": ["log.csv.gz", (text) => gzipSync(encoded(text))],
  "csv with CRLF": ["log.csv", (text) => encoded(text.replaceAll("\n", "\r\n"))],
  "csv with a byte order mark": ["log.csv", (text) => encoded(`\ufeff${text}`)],
};
for (const [variant, [name, bytesOf]] of Object.entries(VARIANTS)) {
  Deno.test(`${variant}: bad rows stop with file, line and value, or are left out and listed`, () =>
    inFolder(async (folder) => {
      const input = `${folder}/${name}`;
      await Deno.writeFile(input, bytesOf(CSV));
      const error = await assertRejects(
        () => prepare(optionsOf([input], `${folder}/out`)),
        InputError,
      );
      assertStringIncludes(
        error.message,
        `reading ${input}: line 11: "tomorrow" in "timestamp" is no time`,
      );
      assertStringIncludes(error.message, "--on-error skip");
      const report = await prepare(optionsOf([input], `${folder}/out`, RULES, { onError: "skip" }));
      assertEquals(report.bad_rows_listed.map(({ place, fault }) => [place, fault]), CSV_FAULTS);
      assertEquals([report.counts.rows, report.counts.bad_rows, report.counts.events], [
        13 + CSV_FAULTS.length,
        CSV_FAULTS.length,
        13,
      ]);
    }));
}

Deno.test("csv: of several files the bad rows of each are told with its own name and lines", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.csv`, CSV);
    await Deno.writeTextFile(
      `${folder}/b.csv`,
      "user_id,item_id,timestamp\nu1,c1,1600000000\nu1,c2\nu1,c3,never\n",
    );
    const report = await prepare(
      optionsOf([`${folder}/*.csv`], `${folder}/out`, RULES, { onError: "skip" }),
    );
    assertEquals(
      report.bad_rows_listed.map(({ file, place }) => [file.split("/").at(-1), place]),
      [...CSV_FAULTS.map(([place]) => ["a.csv", place]), ["b.csv", "line 3"], ["b.csv", "line 4"]],
    );
  }));

Deno.test("csv: every bad row is counted, a hundred are listed", () =>
  inFolder(async (folder) => {
    const bad = Array.from({ length: 150 }, (_, i) => `u1,c1,bad ${i}`);
    const good = GOOD.map((row) => row.join(","));
    await Deno.writeTextFile(
      `${folder}/log.csv`,
      ["user_id,item_id,timestamp", ...good, ...bad, ""].join("\n"),
    );
    const skip = (maxBad?: string) =>
      prepare(
        optionsOf([`${folder}/log.csv`], `${folder}/out`, RULES, { onError: "skip", maxBad }),
      );
    await assertRejects(() => skip(), InputError, "150 rows are bad (92.59 % of all)");
    await assertRejects(() => skip("149"), InputError, "Expected: at most 149");
    await assertRejects(() => skip("92%"), InputError, "--max-bad");
    const report = await skip("93%");
    assertEquals([report.counts.bad_rows, report.bad_rows_listed.length], [150, 100]);
    assertEquals(report.bad_rows_listed[99].place, "line 113");
  }));

Deno.test("ndjson: lines that are no objects, and objects without what is needed", () =>
  inFolder(async (folder) => {
    const line = ([user_id, item_id, timestamp]: readonly [string, string, string]) =>
      JSON.stringify({ user_id, item_id, timestamp });
    const lines = [
      ...GOOD.map(line),
      "",
      "{broken",
      "[1, 2]",
      '{"user_id": null, "item_id": "c", "timestamp": 1}',
      '{"user_id": "u"}',
      line(GOOD[0]),
    ];
    await Deno.writeTextFile(
      `${folder}/log.ndjson`,
      `${lines.join("\n")}\n{"user_id": "u", "item_id": "c", "timestamp": true}`,
    );
    const error = await assertRejects(
      () => prepare(optionsOf([`${folder}/log.ndjson`], `${folder}/out`)),
      InputError,
    );
    assertStringIncludes(error.message, "line 14: it is no JSON object");
    const report = await prepare(
      optionsOf([`${folder}/log.ndjson`], `${folder}/out`, RULES, { onError: "skip" }),
    );
    assertEquals(report.bad_rows_listed.map(({ place }) => place), [
      "line 14",
      "line 15",
      "line 16",
      "line 17",
      "line 19",
    ]);
    assertEquals(report.bad_rows_listed[2].fault, 'no user in "user_id"');
    assertEquals(report.bad_rows_listed[4].fault, '"true" in "timestamp" is no time');
  }));

Deno.test("parquet: rows with nothing in a column, by their number", () =>
  inFolder(async (folder) => {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const rows = GOOD.map(([user, item, time]) => `('${user}', '${item}', ${time})`);
    await connection.run(
      `COPY (FROM (VALUES ${
        rows.join(", ")
      }, (NULL, 'c', 5), ('u', 'c', NULL)) AS log(user_id, item_id, timestamp))
      TO '${folder}/log.parquet' (FORMAT parquet)`,
    );
    connection.closeSync();
    instance.closeSync();
    const report = await prepare(
      optionsOf([`${folder}/log.parquet`], `${folder}/out`, RULES, { onError: "skip" }),
    );
    assertEquals(report.bad_rows_listed.map(({ place, fault }) => [place, fault]), [
      ["row 13", 'no user in "user_id"'],
      ["row 14", 'no time in "timestamp"'],
    ]);
  }));

Deno.test("a file that is not what its name says is told, not crashed on", () =>
  inFolder(async (folder) => {
    for (const name of ["log.parquet", "log.csv.gz", "log.ndjson.gz"]) {
      await Deno.writeTextFile(`${folder}/${name}`, CSV);
      await assertRejects(
        () => prepare(optionsOf([`${folder}/${name}`], `${folder}/out`)),
        InputError,
        name,
      );
    }
    await Deno.writeFile(
      `${folder}/latin.csv`,
      new Uint8Array([...encoded(CSV), 117, 0xe9, 44, 99, 44, 49, 10]),
    );
    const report = await prepare(
      optionsOf([`${folder}/latin.csv`], `${folder}/out`, RULES, { onError: "skip" }),
    );
    assertEquals(report.bad_rows_listed.at(-1)?.place, "line 26");
  }));

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

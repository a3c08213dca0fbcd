/** Logs in the page: DuckDB and our readers make the rows that the command makes. */
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Page } from "playwright-core";
import { datasetFiles } from "../../lib/dataset/read_dataset.ts";
import { literal } from "../../lib/prepare/database.ts";
import { type Columns, DEFAULTS } from "../../lib/prepare/options.ts";
import { prepare } from "../../lib/prepare/prepare.ts";
import { settingName } from "../../lib/settings/settings.ts";
import { inFolder } from "../in_folder.ts";
import { optionsOf } from "../prepare/folder.ts";
import { parquetRows } from "../prepare/parquet_rows.ts";
import { awkwardLog } from "../prepare/reference.ts";
import { browserTest, commandRun, type Files, savedRun, told, write } from "./in_page.ts";
import { choose, type OpenPage, type Place, savedZip, waitFor } from "./open_page.ts";

const VOCABULARY = "vocab/course2id.json";

/** Parquet files of a data folder. */
const TABLES = Object.values(datasetFiles(2, 3)).flatMap((each) =>
  typeof each === "string" ? [] : Object.values(each)
);

/** Runs popularity on logs, with columns named; gives the page's prepared data. */
async function preparedInPage(
  page: Page,
  logs: readonly string[],
  columns: Columns,
): Promise<Files> {
  await page.setInputFiles("#log-file", [...logs]);
  await waitFor(page, /Ready/);
  for (const [role, name] of Object.entries(columns)) await page.fill(`#setting-${role}`, name);
  await choose(page, ["popularity"], { k: "2", q: "3" });
  await page.click("#run");
  await waitFor(page, /finished/);
  return await savedZip(page, "#data-zip");
}

/** Where the command's data of a log are. */
function commandData(folder: string, log: string): string {
  return `${folder}/of_${log.slice(log.lastIndexOf("/") + 1)}`;
}

/** Compares the page's data with the command's, from the same files: vocabulary, and all rows. */
async function assertSame(
  folder: string,
  data: Files,
  logs: readonly string[],
  columns: Columns,
): Promise<void> {
  const [here, there] = [await Deno.makeTempDir({ dir: folder }), commandData(folder, logs[0])];
  await write(here, data);
  await prepare({ ...optionsOf(logs, there), ...DEFAULTS, columns, k: [2], q: [3] });
  const name = logs[0];
  assertEquals(
    await Deno.readTextFile(`${here}/data/prepared/${VOCABULARY}`),
    await Deno.readTextFile(`${there}/${VOCABULARY}`),
    name,
  );
  for (const table of TABLES) {
    const wanted = await parquetRows(`${there}/${table}`);
    const rows = await parquetRows(`${here}/data/prepared/${table}`);
    assertEquals(rows, wanted, `${table} of ${name}`);
  }
}

/** One page for all logs: it loads DuckDB once, and each preparation follows another. */
let opened: Promise<OpenPage> | undefined;
const logPage = (place: Place) => opened ??= place.open("disk");

/** So many rows that DuckDB has work for a while; each learner takes every course. */
const MANY_ROWS = 250_000;

/** Stops the preparation of a long log; nothing of it is left. */
async function stopHalfWay(page: Page, folder: string): Promise<void> {
  const rows = Array.from(
    { length: MANY_ROWS },
    (_, i) => `u${i % 4001},c${i * 7919 % 997},${1_400_000_000 + i * 5000}\n`,
  );
  await Deno.writeTextFile(`${folder}/long.csv`, `user_id,item_id,timestamp\n${rows.join("")}`);
  await page.setInputFiles("#log-file", `${folder}/long.csv`);
  await waitFor(page, /Ready/);
  await choose(page, ["popularity"], { k: "2", q: "3" });
  await page.click("#run");
  await page.locator("#log").filter({ hasText: "250,000 rows" }).waitFor({ state: "attached" });
  await page.click("#stop");
  await waitFor(page, /Stopped while the log was prepared/);
  assertEquals(await page.locator("#fault").innerText(), "");
  for (const id of ["bars", "stop", "go-on", "result"]) {
    assert(await page.locator(`#${id}`).isHidden(), id);
  }
}

browserTest(
  "a log of one's own, after one that was stopped half way: the page makes the command's rows",
  async (place) => {
    const { page, heard } = await logPage(place);
    await inFolder(async (folder) => {
      await stopHalfWay(page, folder);
      const log = `${folder}/log.csv.gz`;
      const rows = awkwardLog(41, 4000).map(({ user, item, time }) =>
        [user, item].map((text) => `"${text.replaceAll('"', '""')}"`) + `,${time}`
      );
      const text = `learner,item_id,timestamp\n${rows.join("\n")}\n`;
      const members = [text.slice(0, 9999), text.slice(9999), ""].map((part) => gzipSync(part));
      await Deno.writeFile(log, Buffer.concat(members));
      await page.setInputFiles("#log-file", log);
      await waitFor(page, /Ready/);
      await choose(page, ["popularity", "markov"], { k: "2", q: "3" });
      await page.click("#run");
      // a column that is not there is told, and can be named
      await page.locator("#fault").filter({ hasText: "user_id" }).waitFor();
      await page.fill("#setting-user", "learner");
      await page.click("#run");
      await waitFor(page, /finished/);
      const saved = await savedRun(page);
      const data = await savedZip(page, "#data-zip");
      await assertSame(folder, data, [log], { user: "learner" });
      const flags = ["--models=popularity,markov", "--k=2", "--q=3"];
      const read = await commandRun(folder, flags, commandData(folder, log));
      const models = Object.keys(saved).filter((name) => name.startsWith("models/"));
      for (const file of models) assert(saved[file] === await read(file), file);
      assertEquals(told(saved["queries.json"]), told(await read("queries.json")));
    });
    assertEquals(heard, []);
  },
);

/** Beyond 2^53, each a neighbour of the next. */
const FIRST_ID = 2n ** 53n + 1n;

/** A file a form. */
type Forms = Readonly<Record<"csv" | "ndjson" | "parquet", string>>;

/**
 * A log whose order hangs on microseconds and whose learners on the last digit of 64 bits, in three
 * forms: an id is a number in JSON and Parquet, a course lies in a struct, a time is a timestamp.
 */
async function writeForms(folder: string): Promise<Forms> {
  const events = awkwardLog(41, 3000);
  const users = [...new Set(events.map(({ user }) => user))];
  const rows = events.map(({ user, item, time }, i) => {
    const second = new Date(1000 * Math.floor(time)).toISOString().slice(0, 19).replace("T", " ");
    // the later of two in a second comes first in the file
    const fraction = String(999_999 - i % 1000).padStart(6, "0");
    return { id: FIRST_ID + BigInt(users.indexOf(user)), item, at: `${second}.${fraction}` };
  });
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const csv = rows.map(({ id, item, at }) => `${id},${quoted(item)},${at}\n`).join("");
  const objects = rows.map(({ id, item, at }) =>
    `{"learner": ${id}, "event": {"course.id": ${JSON.stringify(item)}}, "at": "${at}"}\n`
  ).join("");
  const paths = {
    csv: `${folder}/log.csv`,
    ndjson: `${folder}/log.ndjson`,
    parquet: `${folder}/log.parquet`,
  };
  await Deno.writeTextFile(paths.csv, `learner,course,at\n${csv}`);
  await Deno.writeTextFile(paths.ndjson, objects);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT learner, struct_pack("course.id" := course, n := 1.5) AS "event", [1, 2] AS tags,
        "at", to_seconds(1) AS pause
      FROM read_csv(${literal(paths.csv)}, header = true,
        columns = {'learner': 'BIGINT', 'course': 'VARCHAR', 'at': 'TIMESTAMP'}))
      TO ${literal(paths.parquet)} (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
  );
  connection.closeSync();
  instance.closeSync();
  return paths;
}

browserTest(
  "CSV, JSON and Parquet of one log: the same bytes in the page, and the command's rows",
  async (place) => {
    const { page, heard } = await logPage(place);
    await inFolder(async (folder) => {
      const paths = await writeForms(folder);
      const named: Record<keyof Forms, Columns> = {
        csv: { user: "learner", item: "course", time: "at" },
        ndjson: { user: "learner", item: "/event/course.id", time: "at" },
        parquet: { user: "learner", item: "/event/course.id", time: "at" },
      };
      let first: Files | undefined;
      for (const form of ["csv", "ndjson", "parquet"] as const) {
        const data = await preparedInPage(page, [paths[form]], named[form]);
        await assertSame(folder, data, [paths[form]], named[form]);
        first ??= data;
        for (const table of [VOCABULARY, ...TABLES].map((name) => `data/prepared/${name}`)) {
          assertEquals(data[table], first[table], `${table} of ${form}`);
        }
      }
    });
    assertEquals(heard, []);
  },
);

/** Fields of an unusual log, and their flags of the command. */
const UNUSUAL = [
  [
    "no header, backslashes before quotes, times in letters, rows without a learner",
    { header: false, escape: "\\", timeFormat: "%d/%m/%y %H:%M:%S", missing: "skip" } as const,
    { user: "1", item: "2", time: "3" },
    (n: number, i: number) =>
      `${i === 6 ? "" : `u${n}`},"C \\"${i}\\"",01/02/26 10:1${i}:${10 + n}\n`,
  ],
  [
    "quotes that are text, rows in order",
    { header: false, quote: "none", order: "row" } as const,
    { user: "1", item: "2" },
    (n: number, i: number) => `u${n},"C${i}\n`,
  ],
] as const;

browserTest("logs that are written in an unusual way: the command's rows", async (place) => {
  const { page, heard } = await place.open("disk");
  await inFolder(async (folder) => {
    await page.evaluate(`document.getElementById("more").open = true`);
    for (const [what, options, columns, row] of UNUSUAL) {
      const log = `${folder}/unusual.csv`;
      const rows = Array.from(
        { length: 30 },
        (_, n) => [0, 1, 2, 3, 4, 5, 6].map((i) => row(n, i)),
      );
      await Deno.writeTextFile(log, rows.flat().join(""));
      await page.setInputFiles("#log-file", log);
      await waitFor(page, /Ready/);
      await page.evaluate(`document.getElementById("columns").reset()`);
      for (const [key, value] of Object.entries(options)) {
        const field = page.locator(`#setting-${settingName(key)}`);
        if (["header", "missing"].includes(key)) await field.selectOption(`${value}`);
        else await field.fill(`${value}`);
      }
      const data = await preparedInPage(page, [log], columns);
      const there = await Deno.makeTempDir({ dir: folder });
      await write(there, data);
      const out = `${there}/command`;
      await prepare({ ...optionsOf([log], out), ...DEFAULTS, columns, ...options, k: [2], q: [3] });
      for (const table of TABLES) {
        const rows = await parquetRows(`${there}/data/prepared/${table}`);
        assertEquals(rows, await parquetRows(`${out}/${table}`), `${table}: ${what}`);
      }
      const read = (path: string) => Deno.readTextFile(`${path}/${VOCABULARY}`);
      assertEquals(await read(`${there}/data/prepared`), await read(out), what);
    }
  });
  assertEquals(heard, []);
});

const FIXTURES = new URL("../fixtures/parquet/", import.meta.url).pathname;
/** DuckDB, with which the page is compared, reads BYTE_STREAM_SPLIT of doubles only. */
const OURS_ALONE = "pairs_streams.parquet";

browserTest(
  "Parquet of every writer, compression, encoding and type of time: the command's rows",
  async (place) => {
    const { page, heard } = await logPage(place);
    const logs = [...Deno.readDirSync(FIXTURES)].map(({ name }) => name).sort()
      .filter((name) => name.startsWith("pairs_") && name !== OURS_ALONE)
      .map((name) => FIXTURES + name);
    const columns = { user: "user_id", item: "label", time: "label_ts_epoch" };
    assert(logs.length >= 27);
    const data = await preparedInPage(page, logs, columns);
    await inFolder((folder) => assertSame(folder, data, logs, columns));
    assertEquals(heard, []);
  },
);

/** The same log in every form of times and files: the same data folder. */
import { assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { prepare } from "../../lib/prepare/prepare.ts";
import { inFolder } from "../in_folder.ts";
import { assertFolder, optionsOf, RULES } from "./folder.ts";
import { awkwardLog, type Event, referenceOf } from "./reference.ts";
import { delimited, ndjson, parquet, stamp, type Write, written } from "./write_log.ts";

const FORMS: Record<string, Write> = {
  "epoch milliseconds": ({ time }) => `${time * 1000}`,
  "epoch seconds with a fraction": ({ time }) => `${time}.25`,
  "YYYY-MM-DD HH:MM:SS": ({ time }) => stamp(time).replace("T", " "),
  "ISO 8601 without a zone": ({ time }) => stamp(time),
  "ISO 8601 in UTC": ({ time }) => `${stamp(time)}Z`,
  "ISO 8601 with an offset": ({ time }) => `${stamp(time + 2 * 3600)}+02:00`,
  "ISO 8601 with an offset and a fraction": ({ time }) => `${stamp(time - 5.5 * 3600)}.125-0530`,
};
for (const [name, form] of Object.entries(FORMS)) {
  Deno.test(`times as ${name}`, () =>
    inFolder(async (folder) => {
      const log = awkwardLog(7, 400);
      const input = `${folder}/log.csv`;
      await Deno.writeTextFile(input, delimited(log, ",", form));
      await prepare(optionsOf([input], `${folder}/out`));
      await assertFolder(`${folder}/out`, referenceOf(log, RULES));
    }));
}

Deno.test("times to the minute and to the day", () =>
  inFolder(async (folder) => {
    const minutes = awkwardLog(8, 400).map((event) => ({
      ...event,
      time: event.time - event.time % 60,
    }));
    for (const end of ["", "Z", "+00:00", "+00"]) {
      await Deno.writeTextFile(
        `${folder}/log.csv`,
        delimited(minutes, ",", ({ time }) => stamp(time).slice(0, 16) + end),
      );
      await prepare(optionsOf([`${folder}/log.csv`], `${folder}/out`));
      await assertFolder(`${folder}/out`, referenceOf(minutes, RULES));
    }
    const days = awkwardLog(9, 400).map((event, i) => ({
      ...event,
      time: 86400 * (16000 + i % 40),
    }));
    const rules = { ...RULES, gapMinutes: 5000 };
    await Deno.writeTextFile(
      `${folder}/log.csv`,
      delimited(days, ",", ({ time }) => stamp(time).slice(0, 10)),
    );
    await prepare(optionsOf([`${folder}/log.csv`], `${folder}/out`, rules));
    await assertFolder(`${folder}/out`, referenceOf(days, rules));
  }));

const CONTAINERS: Record<string, (path: string, log: readonly Event[]) => Promise<string>> = {
  "TSV": (path, log) => written(`${path}.tsv`, delimited(log, "\t")),
  "CSV with CRLF and a byte order mark": (path, log) =>
    written(
      `${path}.csv`,
      `\ufeff${
        delimited(log.map((event) => ({ ...event, user: event.user.replace("\n", " ") })))
          .replaceAll("\n", "\r\n")
      }`,
    ),
  "CSV, gzip": (path, log) => written(`${path}.csv.gz`, gzipSync(delimited(log))),
  "NDJSON": (path, log) => written(`${path}.ndjson`, ndjson(log)),
  "NDJSON, gzip": (path, log) => written(`${path}.jsonl.gz`, gzipSync(ndjson(log))),
  "Parquet of texts": (path, log) => parquet(`${path}.parquet`, log, "timestamp::VARCHAR"),
  "Parquet with epoch seconds": (path, log) => parquet(`${path}.parquet`, log, "timestamp"),
  "Parquet with epoch seconds as doubles": (path, log) =>
    parquet(`${path}.parquet`, log, "timestamp::DOUBLE"),
  "Parquet with timestamps": (path, log) =>
    parquet(`${path}.parquet`, log, "make_timestamp(timestamp * 1000000)"),
  "Parquet with timestamps in nanoseconds, gzip": (path, log) =>
    parquet(`${path}.parquet`, log, "make_timestamp(timestamp * 1000000)::TIMESTAMP_NS", "gzip"),
  "Parquet with timestamps in a zone, uncompressed": (path, log) =>
    parquet(
      `${path}.parquet`,
      log,
      "make_timestamp(timestamp * 1000000)::TIMESTAMPTZ",
      "uncompressed",
    ),
};
for (const [name, write] of Object.entries(CONTAINERS)) {
  Deno.test(`input as ${name}`, () =>
    inFolder(async (folder) => {
      const log = awkwardLog(10, 500).map((event) =>
        name.includes("CRLF") ? { ...event, user: event.user.replace("\n", " ") } : event
      );
      await prepare(optionsOf([await write(`${folder}/log`, log)], `${folder}/out`));
      await assertFolder(`${folder}/out`, referenceOf(log, RULES));
    }));
}

Deno.test("a pattern: its files in the order of their names, of several formats, each once", () =>
  inFolder(async (folder) => {
    const log = awkwardLog(11, 600);
    await Deno.mkdir(`${folder}/logs [1]`);
    // a name that is a pattern itself
    await written(`${folder}/logs [1]/a*.csv`, delimited(log.slice(0, 200)));
    await written(`${folder}/logs [1]/b.ndjson`, ndjson(log.slice(200, 400)));
    await written(`${folder}/logs [1]/c.tsv.gz`, gzipSync(delimited(log.slice(400), "\t")));
    const inputs = [`${folder}/logs [1]/a*.csv`, `${folder}/logs ?1]/*`];
    const report = await prepare(optionsOf(inputs, `${folder}/out`));
    assertEquals(report.inputs.map((input) => input.path.split("/").at(-1)), [
      "a*.csv",
      "b.ndjson",
      "c.tsv.gz",
    ]);
    await assertFolder(`${folder}/out`, referenceOf(log, RULES));
  }));

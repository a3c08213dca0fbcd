import process from "node:process";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import type { PrepareOptions } from "../../lib/prepare/options.ts";
import { timeWarnings } from "../../lib/prepare/warnings.ts";
import { inFolder } from "../in_folder.ts";
import { assertFolder, parquetOf, prepared, RULES } from "./folder.ts";
import { parquetRows } from "./parquet_rows.ts";
import { awkwardLog, type Event, referenceOf } from "./reference.ts";

const LOG: Event[] = awkwardLog(61, 400).map((event, i) => ({
  ...event,
  user: `u${i % 7}`,
  item: event.item.replaceAll(/[,"\n' ]/g, "_"),
}));
const csv = (time: (event: Event) => string) =>
  `user_id,item_id,timestamp\n${
    LOG.map((event) => `${event.user},${event.item},"${time(event)}"\n`).join("")
  }`;
const date = (seconds: number) => new Date(1000 * seconds);
const pad = (value: number) => String(value).padStart(2, "0");
const parts = (seconds: number) => {
  const [day, clock] = date(seconds).toISOString().slice(0, 19).split("T");
  const [year, month, ofMonth] = day.split("-");
  return { year, month, day: ofMonth, clock };
};
const EXCEL_EPOCH = Date.UTC(1899, 11, 30) / 1000;

/** Times of every form give the same folder. */
const FORMS: [string, (event: Event) => string, Partial<PrepareOptions>][] = [
  [
    "Moodle's day first, with a comma",
    ({ time }) => {
      const { year, month, day, clock } = parts(time);
      return `${day}/${month}/${year.slice(2)}, ${clock}`;
    },
    { timeFormat: "%d/%m/%y, %H:%M:%S" },
  ],
  [
    "in words, in twelve hours",
    ({ time }) => {
      const at = date(time);
      const month = at.toLocaleString("en", { month: "long", timeZone: "UTC" });
      const hour = at.getUTCHours();
      const clock = `${hour % 12 || 12}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())}`;
      return `${at.getUTCDate()} ${month} ${at.getUTCFullYear()}, ${clock} ${
        hour < 12 ? "AM" : "PM"
      }`;
    },
    { timeFormat: "%-d %B %Y, %-I:%M:%S %p" },
  ],
  [
    "with a zone",
    ({ time }) => {
      const { year, month, day, clock } = parts(time + 7200);
      return `${month}/${day}/${year} ${clock} +0200`;
    },
    { timeFormat: "%m/%d/%Y %H:%M:%S %z" },
  ],
  ["digits", ({ time }) => {
    const { year, month, day, clock } = parts(time);
    return `${year}${month}${day}${clock.replaceAll(":", "")}`;
  }, { timeFormat: "%Y%m%d%H%M%S" }],
  ["seconds with a fraction", ({ time }) => `${time}.123456`, {}],
  ["microseconds", ({ time }) => `${time}250000`, {}],
  ["nanoseconds", ({ time }) => `${time}250000000`, {}],
  ["milliseconds, told so", ({ time }) => `${time}999`, { timeUnit: "ms" }],
  ["nanoseconds, told so", ({ time }) => `${time}999999999`, { timeUnit: "ns" }],
  ["minutes with a fraction", ({ time }) => `${(time + 0.01) / 60}`, { timeUnit: "min" }],
  ["hours with a fraction", ({ time }) => `${(time + 0.01) / 3600}`, { timeUnit: "h" }],
  ["days with a fraction", ({ time }) => `${(time + 0.01) / 86400}`, { timeUnit: "day" }],
  [
    "a spreadsheet's numbers",
    ({ time }) => `${(time - EXCEL_EPOCH + 0.01) / 86400}`,
    { timeUnit: "excel" },
  ],
];
for (const [what, form, more] of FORMS) {
  Deno.test(`times: ${what}`, () =>
    inFolder(async (folder) => {
      const { out, report } = await prepared(folder, { "log.csv": csv(form) }, more);
      await assertFolder(out, referenceOf(LOG, RULES));
      const seconds = LOG.map(({ time }) => time);
      const stamp = (time: number) => date(time).toISOString().slice(0, 19).replace("T", " ");
      assertEquals([report.times.first, report.times.last], [
        stamp(Math.min(...seconds)),
        stamp(Math.max(...seconds)),
      ]);
      assertEquals(report.warnings.filter((warning) => warning.includes("1990")), []);
    }));
}

Deno.test("times: fractions decide which event came first, to the microsecond", () =>
  inFolder(async (folder) => {
    const rows = [["a", "0.000002"], ["b", "0.000001"], ["c", "1.5"], ["d", "1.4"]];
    const text = `user_id,item_id,timestamp\n${
      rows.map(([item, part]) =>
        `u,${item},${1_600_000_000 + Number(part.split(".")[0])}.${part.split(".")[1]}\n`
      ).join("")
    }`;
    const { out } = await prepared(folder, { "log.csv": text }, { k: [1], q: [1] });
    const pairs = (await Promise.all(
      ["train", "val", "test"].map((split) => parquetRows(`${out}/pairs/pairs_${split}.parquet`)),
    )).flat();
    // b before a and d before c; pairs of one second are no pairs
    assertEquals(pairs.map((row) => [row.prefix, row.label]), [[[1n, 0n], 3n]]);
  }));

/** Work of all threads, which other processes do not lengthen. */
function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

Deno.test("times: a fraction costs no more than a few whole numbers", () =>
  inFolder(async (folder) => {
    const rows = (time: (i: number) => string) =>
      `user_id,item_id,timestamp\n${
        Array.from({ length: 200_000 }, (_, i) => `u${i >> 4},c${i % 9},${time(i)}\n`).join("")
      }`;
    const measure = async (time: (i: number) => string) => {
      await Deno.writeTextFile(`${folder}/log.csv`, rows(time));
      const begin = cpuMilliseconds();
      const { messages } = await prepared(folder, {}, { inputs: [`${folder}/log.csv`] });
      assert(messages.some((message) => message.startsWith("times from 2020")));
      return cpuMilliseconds() - begin;
    };
    const whole = await measure((i) => `${1_600_000_000 + 60 * i}`);
    const fraction = await measure((i) => `${1_600_000_000 + 60 * i}.${i % 100}5`);
    // it was 25 times as long
    assert(fraction < 3 * whole, `${fraction} ms with fractions, ${whole} ms without`);
  }));

Deno.test("times: the first and last one are told, and those outside 1990 to now", async () => {
  const now = new Date("2024-01-01T00:00:00Z");
  const told = (first: string, last: string, more = {}) =>
    timeWarnings({ first, last }, { ...OPTIONS, ...more }, now).join();
  assertEquals(told("1990-01-01 00:00:00", "2024-01-01 10:00:00"), "");
  for (const span of [["1970-01-02", "2020-01-01"], ["2020-01-01", "2024-06-01"]] as const) {
    assertStringIncludes(told(span[0], span[1]), `from ${span[0]} to ${span[1]}`);
  }
  assertStringIncludes(told("1970-08-22", "1970-08-23"), "--time-unit day");
  assertEquals(told("1970-01-01", "1970-02-01", { timeUnit: "day" }), "");
  await inFolder(async (folder) => {
    const days = "user_id,item_id,timestamp\nu,a,-10\nu,b,-9\nu,c,5\n";
    const { report, messages } = await prepared(folder, { "log.csv": days }, { k: [1], q: [1] });
    assertEquals(report.times.first, "1969-12-31 23:59:50");
    assert(report.warnings.some((warning) => warning.includes("1969-12-31 23:59:50")));
    assert(messages.some((message) => message.startsWith("!! times lie outside")));
  });
});

const OPTIONS = { timeUnit: "auto" } as PrepareOptions;

/** Columns of a Parquet file that are times, by the type that they have. */
const TYPES: [string, string, boolean?][] = [
  ["timestamps in seconds", "make_timestamp(t * 1000000)::TIMESTAMP_S"],
  ["timestamps in milliseconds", "make_timestamp(t * 1000000)::TIMESTAMP_MS"],
  ["integers of 32 bits", "t::INTEGER"],
  ["unsigned integers", "t::UBIGINT"],
  ["decimals", "t::DECIMAL(18, 3)"],
  ["milliseconds as doubles", "t * 1000.0::DOUBLE"],
  ["nanoseconds as integers", "t * 1000000000"],
  ["texts without a mark", "encode(t::VARCHAR)"],
];
for (const [what, expression] of TYPES) {
  Deno.test(`times in Parquet: ${what}`, () =>
    inFolder(async (folder) => {
      const rows = LOG.map(({ user, item, time }) => `('${user}', '${item}', ${time}::BIGINT)`)
        .join(", ");
      const input = await parquetOf(
        `${folder}/log.parquet`,
        `SELECT u AS user_id, i AS item_id, ${expression} AS timestamp
         FROM (VALUES ${rows}) AS log(u, i, t)`,
      );
      const { out } = await prepared(folder, {}, { inputs: [input] });
      await assertFolder(out, referenceOf(LOG, RULES));
    }));
}

Deno.test("times in Parquet: dates as numbers by their form, and what can be no time", () =>
  inFolder(async (folder) => {
    const path = `${folder}/log.parquet`;
    const write = (time: string) =>
      parquetOf(
        path,
        `SELECT 'u' AS user_id, 'c' || i AS item_id, ${time} AS timestamp FROM range(9) AS r(i)`,
      );
    await write("20200101 + i");
    const options = { inputs: [path], gapMinutes: 2000, k: [1], q: [1] };
    const { report } = await prepared(folder, {}, { ...options, timeFormat: "%Y%m%d" });
    assertEquals([report.times.first, report.times.last], [
      "2020-01-01 00:00:00",
      "2020-01-09 00:00:00",
    ]);
    await write("(1577872800 + 60 * i)::FLOAT");
    const float = await assertRejects(() => prepared(folder, {}, options), InputError);
    assertStringIncludes(float.message, 'the column "timestamp" holds times as FLOAT (32 bits)');
    await write("i % 2 = 0");
    await assertRejects(() => prepared(folder, {}, options), InputError, "BOOLEAN");
    await write("TIME '10:00:00'");
    await assertRejects(() => prepared(folder, {}, options), InputError, "TIME");
  }));

Deno.test("times: a form that is none is refused before anything is read", () =>
  inFolder(async (folder) => {
    const fails = (more: Partial<PrepareOptions>, message: string) =>
      assertRejects(
        () => prepared(folder, { "log.csv": csv(() => "1") }, more),
        InputError,
        message,
      );
    await fails({ timeFormat: "%Q" }, "--time-format");
    await fails({ timeFormat: "%Y", timeUnit: "s" }, "--time-unit is given too");
    await fails({ timeFormat: "%d.%m.%Y" }, "in the form %d.%m.%Y");
    await fails({
      timeUnit: "ms",
      timeFormat: undefined,
      columns: { item: "timestamp", time: "item_id" },
    }, "in numbers of ms");
  }));

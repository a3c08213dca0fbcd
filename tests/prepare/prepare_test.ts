import { assert, assertEquals, assertRejects } from "@std/assert";
import { DuckDBInstance } from "@duckdb/node-api";
import { gzipSync } from "node:zlib";
import { readDataset } from "../../lib/dataset/read_dataset.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import { literal } from "../../lib/prepare/database.ts";
import { prepare } from "../../lib/prepare/prepare.ts";
import { inFolder } from "../in_folder.ts";
import { assertFolder, optionsOf, RULES } from "./folder.ts";
import { awkwardLog, coreOf, type Event, referenceOf } from "./reference.ts";

type Write = (event: Event) => string;
const stamp = (time: number) => new Date(time * 1000).toISOString().slice(0, 19);
const quoted = (text: string) => /[",\n\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** A log as delimited text; a column that nobody asks for stands first. */
function delimited(
  log: readonly Event[],
  separator = ",",
  time: Write = (event) => `${event.time}`,
): string {
  const rows = log.map((event) =>
    ["x", quoted(event.item), time(event), quoted(event.user), event.session ?? ""].join(separator)
  );
  return `${["other", "item_id", "timestamp", "user_id", "session"].join(separator)}\n${
    rows.join("\n")
  }\n`;
}

function ndjson(log: readonly Event[]): string {
  return log.map((event) =>
    JSON.stringify({
      user_id: event.user,
      item_id: event.item,
      timestamp: event.time,
      session: event.session,
    }) + "\n"
  )
    .join("");
}

for (const seed of [1, 2, 3]) {
  Deno.test(`csv, sessions by gap, log ${seed}: every file is what naive steps give`, () =>
    inFolder(async (folder) => {
      const log = awkwardLog(seed);
      const input = `${folder}/log.csv`;
      await Deno.writeTextFile(input, delimited(log));
      const report = await prepare(optionsOf([input], `${folder}/out`));
      const expected = referenceOf(log, RULES);
      assert(
        expected.episodes.test.length > 0 && expected.episodes.val.length > 0,
        "the log fills every split",
      );
      await assertFolder(`${folder}/out`, expected);
      // and it loads, every rule checked
      const { dataset } = await readDataset(`${folder}/out`, RULES.k, RULES.q);
      assertEquals(dataset.splits.test.episodes.count, expected.episodes.test.length);
      const { counts } = report;
      const pairs = Object.values(expected.pairs).flat();
      assertEquals(counts.rows, log.length);
      assertEquals(counts.duplicate_events, log.length - counts.events);
      assertEquals(counts.visits, counts.events - counts.consecutive_repeats);
      assertEquals(counts.pairs, pairs.length);
      assertEquals(counts.visits - counts.sessions, counts.pairs + counts.skipped_same_time);
      assert(
        counts.duplicate_events > 0 && counts.consecutive_repeats > 0 &&
          counts.skipped_same_time > 0,
        "the log has all of these",
      );
      const repeats = expected.pairs.train.filter((pair) =>
        pair.prefix.includes(pair.label)
      ).length;
      assertEquals(report.splits.train.repeat_rate, repeats / expected.pairs.train.length);
      assertEquals(report, JSON.parse(await Deno.readTextFile(`${folder}/out/prepare.json`)));
      assertEquals([...Deno.readDirSync(folder)].map((entry) => entry.name).sort(), [
        "log.csv",
        "out",
      ]); // nothing stays behind
    }));
}

Deno.test("with a session column: platform sessions, and the gap where a row has none", () =>
  inFolder(async (folder) => {
    const log = awkwardLog(4, 1500, true);
    const input = `${folder}/log.csv`;
    await Deno.writeTextFile(input, delimited(log));
    const options = optionsOf([input], `${folder}/out`);
    await prepare({ ...options, columns: { ...options.columns, session: "session" } });
    await assertFolder(`${folder}/out`, referenceOf(log, RULES));
  }));

Deno.test("a range of few events at a time gives what one range gives", () =>
  inFolder(async (folder) => {
    const log = awkwardLog(5);
    const input = `${folder}/log.csv`;
    await Deno.writeTextFile(input, delimited(log));
    await prepare(optionsOf([input], `${folder}/out`, RULES, { batchEvents: 100 }));
    await assertFolder(`${folder}/out`, referenceOf(log, RULES));
  }));

Deno.test("rare items are left out before sessions, rare users before the split", () =>
  inFolder(async (folder) => {
    for (const rare of [{ minItemCount: 60 }, { minUserPairs: 20 }]) {
      const rules = { ...RULES, ...rare };
      const log = awkwardLog(6);
      const input = `${folder}/log.csv`;
      await Deno.writeTextFile(input, delimited(log));
      const { counts } = await prepare(optionsOf([input], `${folder}/out`, rules));
      assert(counts.rare_item_events + counts.dropped_rare_users > 0);
      await assertFolder(`${folder}/out`, referenceOf(log, rules));
    }
  }));

Deno.test("rare items and rare users make each other: both go until both numbers hold", () =>
  inFolder(async (folder) => {
    const rules = { ...RULES, minItemCount: 45, minUserPairs: 38 };
    const log = awkwardLog(6, 2500);
    const core = coreOf(log, rules);
    const once = coreOf(log, { ...rules, minUserPairs: 1 });
    const users = (events: readonly Event[]) => new Set(events.map((event) => event.user)).size;
    assert(users(core) < users(once) && core.length < once.length, "one round is not enough");
    const input = await written(`${folder}/log.csv`, delimited(log));
    const rounds: string[] = [];
    const { counts } = await prepare(optionsOf([input], `${folder}/out`, rules), (message) => {
      if (message.includes("round")) rounds.push(message);
    });
    await assertFolder(`${folder}/out`, referenceOf(log, rules));
    assert(rounds.length >= 2, "the log shows how one goes on from the other");
    assertEquals(
      counts.rare_item_events + counts.rare_user_events,
      log.length - core.length,
    );
  }));

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

Deno.test("user and item ids that are numbers in the file stay the texts that they are", () =>
  inFolder(async (folder) => {
    const log = awkwardLog(12, 400).map((event, i) => ({
      ...event,
      user: `${7 + i % 5}`,
      item: `${(i * i) % 13}`,
    }));
    const text = log.map((e) => `{"user_id":${e.user},"item_id":${e.item},"timestamp":${e.time}}\n`)
      .join("");
    await prepare(optionsOf([await written(`${folder}/log.ndjson`, text)], `${folder}/out`));
    await assertFolder(`${folder}/out`, referenceOf(log, RULES));
  }));

Deno.test("several K and Q: a file for each, the counts in the report", () =>
  inFolder(async (folder) => {
    const log = awkwardLog(13);
    const input = await written(`${folder}/log.csv`, delimited(log));
    const report = await prepare({ ...optionsOf([input], `${folder}/out`), k: [1, 2], q: [3, 4] });
    for (const k of [1, 2]) {
      for (const q of [3, 4]) {
        const expected = referenceOf(log, { ...RULES, k, q });
        await assertFolder(`${folder}/out`, expected, { k, q });
        assertEquals(report.splits.train.episodes[`K${k}_Q${q}`], expected.episodes.train.length);
      }
    }
  }));

Deno.test("what cannot be prepared is told in a sentence, and writes nothing", () =>
  inFolder(async (folder) => {
    const input = await written(`${folder}/log.csv`, delimited(awkwardLog(14, 50)));
    const fails = (more: Parameters<typeof optionsOf>[3], message: string) =>
      assertRejects(
        () => prepare(optionsOf([input], `${folder}/out`, RULES, more)),
        InputError,
        message,
      );
    await fails({ inputs: [`${folder}/missing.csv`] }, "no file is named");
    await fails({ inputs: [await written(`${folder}/log.json`, "[]")] }, "it holds no row");
    await fails({ inputs: [await written(`${folder}/log.txt`, "a b")] }, "--format");
    await fails(
      { columns: { user: "user", item: "item_id", time: "timestamp" } },
      'no column is named "user"; its columns are "other", "item_id"',
    );
    await fails({
      columns: { user: "user_id", item: "item_id", time: "timestamp", session: "visit" },
    }, "--session");
    await fails({ shares: { train: 0.8, val: 0.1, test: 0.2 } }, "--split");
    await fails({ k: [0] }, "--k");
    await fails({ memory: "much" }, "--memory");
    await fails({ minUserPairs: 1e6 }, "no user has the 1,000,000 pairs of --min-user-pairs");
    await fails({ minItemCount: 1e6 }, "no event is left");
    await fails({ inputs: [await written(`${folder}/empty.csv`, "")] }, "it holds no row");
    await fails(
      { inputs: [await written(`${folder}/none.csv`, "user_id,item_id,timestamp\n")] },
      "it holds a header and no row",
    );
    const two = "user_id,item_id,timestamp\nu,a,1600000000\nu,b,1600009000\n";
    const apart = await written(`${folder}/two.csv`, two);
    await fails({ inputs: [apart] }, "the closest of one user lie 150 minutes apart");
    await prepare(optionsOf([apart], `${folder}/out150`, undefined, { gapMinutes: 150 }));
    await Deno.remove(`${folder}/out150`, { recursive: true });
    const alone = await written(`${folder}/alone.csv`, two.replace(",b,", ",a,"));
    await fails({ inputs: [alone] }, "as it is, no user or session has two");
    const tied = two.replace("1600009000", "1600000000");
    await fails({ inputs: [await written(`${folder}/tied.csv`, tied)] }, "--order row");
    assertEquals([...Deno.readDirSync(folder)].filter((entry) => entry.isDirectory), []);
  }));

async function written(path: string, contents: string | Uint8Array): Promise<string> {
  await Deno.writeFile(
    path,
    typeof contents === "string" ? new TextEncoder().encode(contents) : contents,
  );
  return path;
}

async function parquet(
  path: string,
  log: readonly Event[],
  time: string,
  compression = "zstd",
): Promise<string> {
  const json = await written(`${path}.ndjson`, ndjson(log));
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const columns = "{user_id: 'VARCHAR', item_id: 'VARCHAR', timestamp: 'BIGINT'}";
  await connection.run(
    `COPY (SELECT user_id, item_id, ${time} AS timestamp FROM read_ndjson(${
      literal(json)
    }, columns = ${columns}))
     TO ${literal(path)} (FORMAT parquet, COMPRESSION ${compression})`,
  );
  connection.closeSync();
  instance.closeSync();
  return path;
}

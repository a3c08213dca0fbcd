import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { prepareSummary } from "../../lib/jobs/prepare/summary.ts";
import { LEARNING_EVENTS, type PrepareOptions } from "../../lib/prepare/options.ts";
import { inFolder } from "../in_folder.ts";
import { assertFolder, parquetOf, prepared, RULES } from "./folder.ts";
import { awkwardLog, type Event, referenceOf } from "./reference.ts";

const LOG: Event[] = awkwardLog(91, 400).map((event, i) => ({
  ...event,
  user: `${1 + i % 6}`,
  item: `${(i * i) % 19}`,
}));
const ofSessions = LOG.map((event) => ({ ...event, session: event.user }));
const table = (separator: string, fields: (event: Event) => unknown[], header?: string) =>
  [
    ...header === undefined ? [] : [header],
    ...LOG.map((event) => fields(event).join(separator)),
    "",
  ]
    .join("\n");
const rated = ({ user, item, time }: Event) => [user, item, 3.5, time];
const lines = (values: readonly unknown[]) =>
  values.map((value) => JSON.stringify(value)).join("\n");

/** Files as their sources publish them; no flag but the format's name. */
const FORMATS: [PrepareOptions["format"], string, string, Event[]][] = [
  ["movielens", "ratings.dat", table("::", rated), LOG],
  ["movielens", "u.data", table("\t", rated), LOG],
  ["movielens", "ratings.csv", table(",", rated, "userId,movieId,rating,timestamp"), LOG],
  [
    "recbole",
    "ml.inter",
    table("\t", rated, "user_id:token\titem_id:token\trating:float\ttimestamp:float"),
    LOG,
  ],
  [
    "session-rec",
    "train.tsv",
    table("\t", ({ user, item, time }) => [user, item, `${time}.25`], "SessionId\tItemId\tTime"),
    ofSessions,
  ],
  [
    "otto",
    "otto.jsonl",
    lines(
      [...Map.groupBy(LOG, ({ user }) => user)].map(([user, own]) => ({
        session: Number(user),
        events: own.map(({ item, time }) => ({
          aid: Number(item),
          ts: 1000 * time,
          type: "clicks",
        })),
      })),
    ),
    [...Map.groupBy(ofSessions, ({ user }) => user)].flatMap(([, own]) => own),
  ],
  [
    "edx",
    "tracking.log",
    lines(LOG.flatMap(({ user, item, time }, i) => {
      const at = `${new Date(1000 * time).toISOString().slice(0, 19)}.${i % 9}41616+00:00`;
      const event = { time: at, event_type: "play_video", agent: "" };
      return [
        { ...event, username: user, context: { course_id: item, org_id: "x" } },
        ...i % 3 === 0 ? [{ ...event, username: "", context: { course_id: item } }] : [],
        ...i % 5 === 0 ? [{ ...event, username: user, context: { course_id: "", path: "/" } }] : [],
      ];
    })),
    LOG.map((event, i) => ({ ...event, time: event.time + (i % 9 * 1e5 + 41616) / 1e6 })),
  ],
];
for (const [format, name, contents, log] of FORMATS) {
  Deno.test(`--format ${format} reads ${name}`, () =>
    inFolder(async (folder) => {
      const { out, report } = await prepared(folder, { [name]: contents }, { format });
      await assertFolder(out, referenceOf(log, RULES));
      assertEquals(report.inputs.map((input) => input.format), [format]);
      assertEquals(report.counts.bad_rows, 0);
    }));
}

Deno.test("--format otto reads the Parquet files that are made of it", () =>
  inFolder(async (folder) => {
    const rows = LOG.map(({ user, item, time }) => `(${user}, ${item}, ${1000 * time})`).join(", ");
    const input = await parquetOf(
      `${folder}/train.parquet`,
      `FROM (VALUES ${rows}) AS log(session, aid, ts)`,
    );
    const { out, report } = await prepared(folder, {}, { inputs: [input], format: "otto" });
    await assertFolder(out, referenceOf(ofSessions, RULES));
    assertEquals(prepareSummary(report).filter((line) => line.includes("hold lists")), []);
  }));

Deno.test("flags count before the format's own", () =>
  inFolder(async (folder) => {
    const files = { "ratings.dat": table(";", ({ user, item, time }) => [time, user, item]) };
    const { out } = await prepared(folder, files, {
      format: "movielens",
      separator: ";",
      columns: { user: "2", item: "3", time: "1" },
    });
    await assertFolder(out, referenceOf(LOG, RULES));
  }));

Deno.test("--event-type and --events choose rows of any format, and are counted by type", () =>
  inFolder(async (folder) => {
    const types = ["play_video", "problem_check", "page_close", "/courses/x"];
    const typed = LOG.map((event, i) => ({ ...event, type: types[(i * 3 + i % 7) % 4] }));
    const learning = typed.filter(({ type }) =>
      LEARNING_EVENTS.some((kept) => type.startsWith(kept))
    );
    const json = lines(typed.map(({ user, item, time, type }) => ({
      user_id: user,
      item_id: item,
      timestamp: time,
      context: { kind: type },
    })));
    const csv = typed.map(({ user, item, time, type }) => `${type},${user},${item},${time}\n`);
    const rows = typed.map(({ user, item, time, type }) =>
      `('${type}', '${user}', '${item}', ${time})`
    );
    const parquet = await parquetOf(
      `${folder}/typed.parquet`,
      `FROM (VALUES ${rows.join(", ")}) AS log(kind, user_id, item_id, timestamp)`,
    );
    const expected = referenceOf(learning, RULES);
    const inputs: [Record<string, string>, Partial<PrepareOptions>][] = [
      [{ "log.ndjson": json }, { columns: { event: "context.kind" } }],
      [{ "log.csv": `kind,user_id,item_id,timestamp\n${csv.join("")}` }, {
        columns: { event: "kind" },
      }],
      [{}, { inputs: [parquet], columns: { event: "kind" } }],
    ];
    for (const [files, more] of inputs) {
      const { out, report } = await prepared(folder, files, more);
      await assertFolder(out, expected);
      assertEquals(report.counts.other_events, LOG.length - learning.length);
      assertEquals(
        report.event_types!.map(({ type, kept }) => [type, kept]).sort(),
        [["/courses/x", false], ["page_close", false], ["play_video", true], [
          "problem_check",
          true,
        ]],
      );
    }
    const all = await prepared(folder, inputs[0][0], { ...inputs[0][1], eventPrefixes: ["*"] });
    await assertFolder(all.out, referenceOf(LOG, RULES));
  }));

Deno.test("a row without user or item is bad, or with --missing skip left out and counted", () =>
  inFolder(async (folder) => {
    const rows = LOG.map(({ user, item, time }) => `${user},${item},${time}`);
    const missing = [",c,1600000000", "u,,1600000000", ",,1600000000"];
    const file = {
      "log.csv": `user_id,item_id,timestamp\n${[...missing, ...rows, ...missing].join("\n")}\n`,
    };
    const error = await assertRejects(() => prepared(folder, file), InputError);
    assertStringIncludes(error.message, 'line 2: no user in "user_id"');
    assertStringIncludes(error.message, "--missing skip");
    const { out, report } = await prepared(folder, file, { missing: "skip" });
    await assertFolder(out, referenceOf(LOG, RULES));
    assertEquals([report.counts.missing_events, report.counts.bad_rows], [6, 0]);
  }));

import { assertEquals } from "@std/assert";
import type { PrepareOptions } from "../../lib/prepare/options.ts";
import { inFolder } from "../in_folder.ts";
import { assertFolder, parquetOf, prepared, RULES } from "./folder.ts";
import { lines, LOG } from "./number_log.ts";
import { referenceOf } from "./reference.ts";

/** Rows of the log by user, as other formats hold them. */
const byUser = [...Map.groupBy(LOG, (event) => event.user)].map(([user, own]) => ({ user, own }));
const inOrderOfUsers = byUser.flatMap(({ own }) => own);

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

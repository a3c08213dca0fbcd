import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { readDataset } from "../../lib/dataset/read_dataset.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import { syntheticOr } from "../../lib/jobs/baselines/documents.ts";
import { prepareSummary } from "../../lib/jobs/prepare/summary.ts";
import type { PrepareOptions } from "../../lib/prepare/options.ts";
import { inFolder } from "../in_folder.ts";
import { assertFolder, parquetOf, prepared, RULES } from "./folder.ts";
import { awkwardLog, type Event, referenceOf } from "./reference.ts";

/** Rows in order, without times: what they are read as is the place of each in its user's rows. */
const ROWS = awkwardLog(81, 600, true).map(({ user, item, session }, i) => ({
  user: `u${user.length}${i % 5}`,
  item: item.replaceAll(/[,"\n' ]/g, "_"),
  session,
}));
/** The gap never ends a session, and no two places are the same. */
const ORDERED = { ...RULES, gapMinutes: Infinity };

function placed(rows: typeof ROWS): Event[] {
  const next = new Map<string, number>();
  return rows.map((row) => {
    const place = next.get(row.user) ?? 0;
    next.set(row.user, place + 1);
    return { user: row.user, item: row.item, time: place };
  });
}

const csv = (events: readonly Event[], more: (event: Event) => string = () => "") =>
  `user_id,item_id,place\n${
    events.map((event) => `${event.user},${event.item},${more(event)}\n`).join("")
  }`;

Deno.test("--order row: a user's rows are one session, places stand for times, in every file", () =>
  inFolder(async (folder) => {
    const { out, report } = await prepared(folder, { "log.csv": csv(placed(ROWS)) }, {
      order: "row",
    });
    const expected = referenceOf(placed(ROWS), ORDERED);
    await assertFolder(out, expected);
    assertEquals(report.counts.skipped_same_time, 0);
    assertEquals(report.times, { kind: "places in the log's order", order: "row" });
    assertEquals([report.leaks.times, report.leaks.spans], [undefined, undefined]);
    const { dataset } = await readDataset(out, RULES.k, RULES.q);
    assertEquals(dataset.ordered, true);
    assertEquals(syntheticOr(dataset), {
      synthetic: false,
      label_times: "places in the log's order",
    });
    const summary = prepareSummary(report).join("\n");
    assertStringIncludes(summary, "ordered by row, without times");
    assert(!/19\d\d|20\d\d-/.test(summary), "no date is told");
  }));

Deno.test("--order COLUMN: its numbers order the rows, in text, JSON and Parquet", () =>
  inFolder(async (folder) => {
    const events = placed(ROWS);
    const expected = referenceOf(events, ORDERED);
    // in the file they stand in another order
    const shuffled = events.map((event, i) => ({ event, key: (i * 7919) % 601 }))
      .sort((a, b) => a.key - b.key).map(({ event }) => event);
    const order = { order: "place" };
    const text = { "log.csv": csv(shuffled, ({ time }) => `${time}`) };
    const { out } = await prepared(folder, text, order);
    await assertFolder(out, expected);
    const json = shuffled.map(({ user, item, time }) =>
      JSON.stringify({ user_id: user, item_id: item, place: `${time}` })
    ).join("\n");
    await prepared(folder, { "log.ndjson": json }, order);
    await assertFolder(out, expected);
    const rows = shuffled.map(({ user, item, time }) => `('${user}', '${item}', ${time})`);
    const input = await parquetOf(
      `${folder}/log.parquet`,
      `SELECT user_id, item_id, place::DOUBLE AS place
       FROM (VALUES ${rows.join(", ")}) AS log(user_id, item_id, place)`,
    );
    await prepared(folder, {}, { ...order, inputs: [input] });
    await assertFolder(out, expected);
  }));

Deno.test("--order with ties: the rows' own order decides, and no pair or episode goes", () =>
  inFolder(async (folder) => {
    const events = placed(ROWS).map((event) => ({ ...event, time: event.time >> 1 }));
    const { out, report } = await prepared(folder, {
      "log.csv": csv(events, ({ time }) => `${time}`),
    }, { order: "place" });
    assertEquals(report.counts.skipped_same_time, 0);
    assertEquals(report.counts.pairs, report.counts.visits - report.counts.sessions);
    // as many pairs a user as episodes need make an episode, wherever the ties lie
    const { dataset } = await readDataset(out, RULES.k, RULES.q);
    const { pairs, episodes } = dataset.splits.test;
    const enough = pairs.users.filter((_, user) =>
      pairs.user.filter((of) => of === user).length >= RULES.k + RULES.q
    );
    assertEquals(episodes.count, enough.length);
  }));

Deno.test("--order with the platform's sessions keeps them", () =>
  inFolder(async (folder) => {
    const lines = ROWS.map(({ user, item, session }) =>
      JSON.stringify({ user_id: user, item_id: item, session: session ?? "none" })
    );
    const { out, report } = await prepared(folder, { "log.ndjson": lines.join("\n") }, {
      order: "row",
      columns: { session: "session" },
    });
    const events = placed(ROWS).map((event, i) => ({
      ...event,
      session: ROWS[i].session ?? "none",
    }));
    await assertFolder(out, referenceOf(events, ORDERED));
    assert(report.counts.sessions > report.counts.users);
  }));

Deno.test("--order: what is no place is a bad row; times and a split by time exclude it", () =>
  inFolder(async (folder) => {
    const fails = (more: Partial<PrepareOptions>, message: string, place = "1.5") =>
      assertRejects(
        () => prepared(folder, { "log.csv": `user_id,item_id,place\nu,a,${place}\n` }, more),
        InputError,
        message,
      );
    await fails({ order: "place" }, 'line 2: "1.5" in "place" is no place');
    await fails({ order: "place" }, 'line 2: no place in "place"', "");
    await fails({ order: "place" }, "is no place", "9999999999999");
    await fails({ order: "row", splitBy: "time" }, "--split-by time is given too");
    await fails({ order: "row", columns: { time: "place" } }, "--time is given too");
    await fails({ order: "nowhere" }, 'no column is named "nowhere"');
  }));

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { prepareSummary } from "../../lib/jobs/prepare/summary.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import type { PrepareReport } from "../../lib/prepare/report.ts";
import { inFolder } from "../in_folder.ts";
import { assertFolder, optionsOf, prepared, RULES } from "./folder.ts";
import { prepare } from "../../lib/prepare/prepare.ts";
import { type Event, referenceOf } from "./reference.ts";

/** Learners who take courses one after the other, a minute each. */
const LOG: Event[] = Array.from({ length: 4000 }, (_, i) => ({
  user: `u${Math.floor(i / 10)}`,
  item: `c${(7 * i) % 31}`,
  time: 1_600_000_000 + 60 * i,
}));
const line = ({ user, item, time }: Event) => `${user}\t${item}\t${time}`;
const tsv = (rows: readonly string[]) => `user_id\titem_id\ttimestamp\n${rows.join("\n")}\n`;

/** Every row read is kept, bad, filtered or a repeat. */
function assertAccounts({ counts }: PrepareReport): void {
  const filtered = counts.other_events + counts.missing_events + counts.empty_lists +
    counts.rare_item_events + counts.unknown_item_events + counts.rare_user_events;
  const repeats = counts.duplicate_events + counts.consecutive_repeats;
  assertEquals(counts.rows, counts.visits + counts.bad_rows + filtered + repeats);
}

const STRAYS: [string, (rows: string[]) => void, number[]][] = [
  ["one stray quote", (rows) => rows[10] = `u1\t"Heroes\t1600000600`, [12]],
  ["two, one at the end of a field far away", (rows) => {
    rows[10] = `u1\t"Heroes\t1600000600`;
    rows[3000] = `u300\tLow"\t1600180000`;
  }, [12]],
  ["text behind a quote", (rows) => rows[10] = `u1\t"Weird Al" Yankovic\t1600000600`, [12]],
  ["a row of 20 MB", (rows) => rows[10] = `u1\t${"x".repeat(20 << 20)}\t1600000600`, [12]],
  ["a row that is too short", (rows) => rows[10] = "u1\tc1", [12]],
];
for (const [what, change, bad] of STRAYS) {
  Deno.test(`${what} in 4,000 rows: stop names its line, skip loses it alone`, () =>
    inFolder(async (folder) => {
      const rows = LOG.map(line);
      change(rows);
      const input = `${folder}/log.tsv`;
      await Deno.writeTextFile(input, tsv(rows));
      const options = optionsOf([input], `${folder}/out`);
      const error = await assertRejects(() => prepare(options), InputError, "line 12: ");
      assertStringIncludes(error.message, input);
      const report = await prepare({ ...options, onError: "skip" });
      assertEquals(report.bad_rows_listed.map(({ place }) => place), bad.map((n) => `line ${n}`));
      assertEquals([report.counts.rows, report.counts.bad_rows], [LOG.length, bad.length]);
      assertAccounts(report);
      const read = LOG.filter((_, i) => !bad.includes(i + 2)).map((event, i) =>
        what.startsWith("two") && i === 2999 ? { ...event, item: 'Low"' } : event
      );
      await assertFolder(`${folder}/out`, referenceOf(read, RULES));
    }));
}

Deno.test("what is left out is counted, and lines and rows add up, in the report and aloud", () =>
  inFolder(async (folder) => {
    const rows = [
      "",
      "user_id,item_id,timestamp,kind",
      "u,a,1600000000,watch",
      'u,"b\nof two lines",1600000060,watch',
      "u,a,1600000000,watch", // again
      "u,a,1600000030,watch", // one right after the other
      "u,a,1600000090,click", // of another type
      ",a,1600000120,watch", // without a user
      ",,,", // nothing but separators
      "v,a,never,watch", // bad
      "v,a,1600000000,watch",
      "v,d,1600000060,watch",
      "",
    ];
    const { report } = await prepared(folder, { "log.csv": `${rows.join("\n")}\n` }, {
      columns: { event: "kind" },
      eventPrefixes: ["watch"],
      missing: "skip",
      onError: "skip",
    });
    assertEquals(report.lines, { lines: 14, header: 1, blank: 3, continued: 1, rows: 9 });
    const { counts } = report;
    assertEquals(
      [counts.rows, counts.visits, counts.bad_rows, counts.other_events, counts.missing_events],
      [9, 4, 1, 1, 1],
    );
    assertEquals([counts.duplicate_events, counts.consecutive_repeats], [1, 1]);
    assertAccounts(report);
    assertEquals(report.event_types, [{ type: "watch", kept: true, events: 8 }, {
      type: "click",
      kept: false,
      events: 1,
    }]);
    const summary = prepareSummary(report).join("\n");
    assertStringIncludes(summary, "14 lines = 9 rows + 1 of headers + 3 blank + 1 inside quotes");
    assertStringIncludes(
      summary,
      "9 rows read = 4 kept + 1 bad + 2 filtered (1 of other types, 1 without user or item) + " +
        "2 repeats (1 exact, 1 in a row)",
    );
    assertStringIncludes(summary, "left out: " + `${folder}/log.csv, line 11: "never"`);
  }));

Deno.test("many small files: bad rows are told with their own file and line", () =>
  inFolder(async (folder) => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [
        `part-${String(i).padStart(2, "0")}.tsv`,
        tsv(LOG.slice(50 * i, 50 * i + 50).map(line).concat(i % 20 === 7 ? ["u\tc\tx", "u"] : [])),
      ]),
    );
    const { report, out, messages } = await prepared(folder, files, { onError: "skip" });
    assertEquals(
      report.bad_rows_listed.map(({ file, place }) => `${file.slice(folder.length + 1)} ${place}`),
      ["07", "27", "47"].flatMap((part) => [
        `part-${part}.tsv line 52`,
        `part-${part}.tsv line 53`,
      ]),
    );
    await assertFolder(out, referenceOf(LOG.slice(0, 3000), RULES));
    assert(messages.length < 40, "not a line for every file");
  }));

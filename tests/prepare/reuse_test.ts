import { prepareSummary } from "../../lib/jobs/prepare/summary.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { compareCodePoints, SPLITS } from "../../lib/dataset/dataset.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import type { PrepareOptions } from "../../lib/prepare/options.ts";
import { inFolder } from "../in_folder.ts";
import { assertFolder, prepared, RULES } from "./folder.ts";
import { awkwardLog, type Event, referenceOf } from "./reference.ts";

const LOG: Event[] = awkwardLog(101, 600).map((event, i) => ({
  ...event,
  user: `u${i % 9}`,
  item: `c${(i * i) % 23}`,
}));
const csv = (events: readonly Event[], session = false) =>
  `user_id,item_id,timestamp,session\n${
    events.map((event) =>
      `${event.user},${event.item},${event.time},${session ? event.session ?? "" : ""}\n`
    ).join("")
  }`;

Deno.test("--vocabulary: the ids of an earlier folder, events of other courses left out", () =>
  inFolder(async (folder) => {
    // courses that the log has and has not, in an order that is not theirs
    const courses = ["zz-unseen", "c4", "c1", "c0", "c9", "another", "c16", "c13"];
    const ids = Object.fromEntries(courses.map((course, id) => [course, id]));
    await Deno.mkdir(`${folder}/before/vocab`, { recursive: true });
    await Deno.writeTextFile(`${folder}/before/vocab/course2id.json`, JSON.stringify(ids));
    const known = LOG.filter((event) => courses.includes(event.item));
    const sorted = [...new Set(known.map(({ item }) => item))].sort(compareCodePoints);
    const own = referenceOf(known, RULES);
    const renumber = (id: number) => ids[sorted[id]];
    const pairs = Object.fromEntries(SPLITS.map((split) => [
      split,
      own.pairs[split].map((pair) => ({
        ...pair,
        prefix: pair.prefix.map(renumber),
        label: renumber(pair.label),
      })),
    ]));
    // as a run keeps it
    await Deno.writeTextFile(`${folder}/vocabulary.json`, JSON.stringify(courses));
    const paths = ["before", "before/", "before/vocab/course2id.json", "vocabulary.json"];
    for (const path of paths) {
      const { out, report } = await prepared(folder, { "log.csv": csv(LOG) }, {
        vocabulary: `${folder}/${path}`,
      });
      await assertFolder(out, { ...own, courses, pairs });
      assertEquals(report.counts.unknown_item_events, LOG.length - known.length);
      assertEquals(report.counts.rare_item_events, 0);
    }
    const fails = (more: Partial<PrepareOptions>, message: string) =>
      assertRejects(() => prepared(folder, { "log.csv": csv(LOG) }, more), InputError, message);
    await fails({ vocabulary: `${folder}/nowhere` }, "course2id.json");
    await fails(
      { vocabulary: `${folder}/before`, minItemCount: 2 },
      "--min-item-count is given too",
    );
  }));

Deno.test("leaks: users, sessions and times that splits share are counted and named", () =>
  inFolder(async (folder) => {
    // one session id for users of several splits, else a session a user
    const log = LOG.map((event, i) => ({
      ...event,
      session: i % 7 === 0 ? "shared" : `own-${event.user}`,
    }));
    const { report } = await prepared(folder, { "log.csv": csv(log, true) }, {
      columns: { session: "session" },
    });
    const { pairs } = referenceOf(log, RULES);
    const all = SPLITS.flatMap((split) => pairs[split].map((pair) => ({ ...pair, split })));
    const shared = [...Map.groupBy(all, (pair) => pair.session_id)].filter(([, own]) =>
      new Set(own.map(({ split }) => split)).size > 1
    ).map(([session]) => session).sort();
    assertEquals(shared, ["shared"], "the log has one");
    const { users, sessions, sessions_listed, times, spans } = report.leaks;
    assertEquals([users, sessions, sessions_listed], [0, 1, shared]);
    const iso = (seconds: number) => new Date(1000 * seconds).toISOString().replace(".000Z", "Z");
    const of = (split: string) => pairs[split].map((pair) => pair.label_ts_epoch);
    for (const split of SPLITS) {
      const [first, last] = [Math.min(...of(split)), Math.max(...of(split))];
      assertEquals(spans?.[split], [iso(first), iso(last)]);
    }
    const later = of("train").filter((time) => time > Math.min(...of("test")));
    assertEquals(times?.find(({ between }) => between.join() === "train,test"), {
      between: ["train", "test"],
      later_pairs: later.length,
      share: later.length / of("train").length,
    });
  }));

Deno.test("leaks: a split by time shares nothing", () =>
  inFolder(async (folder) => {
    const log = awkwardLog(31, 2500).map((event, i) => ({
      ...event,
      item: event.item.replaceAll(/[,"\n' ]/g, "_"),
      user: `u${(i * i * 13) % (10 + Math.floor(i / 40))}`,
    }));
    const { report } = await prepared(folder, { "log.csv": csv(log) }, { splitBy: "time" });
    const { users, sessions, times } = report.leaks;
    assertEquals([users, sessions, times], [0, 0, []]);
  }));

Deno.test("a K and Q that no user satisfies is told at once, with what works", () =>
  inFolder(async (folder) => {
    const { pairs } = referenceOf(LOG, RULES);
    const most = (split: string) =>
      Math.max(
        0,
        ...[...Map.groupBy(pairs[split], (pair) => pair.user_id).values()].map((own) => own.length),
      );
    const { report, messages } = await prepared(folder, { "log.csv": csv(LOG) }, {
      k: [2, 50],
      q: [3, 40],
    });
    const wanted =
      `no episode of train and test for K=50 and Q=40: it takes 90 pairs of one user, ` +
      `and the most that one has is ${most("train")} in train and ${most("test")} in test; ` +
      `K + Q up to ${Math.min(most("train"), most("test"))} works`;
    assert(report.warnings.includes(wanted), report.warnings.join("\n"));
    const at = (text: string) => messages.findIndex((message) => message.includes(text));
    assert(at("K=50 and Q=40") < at("wrote train"));
    assertEquals(report.warnings.filter((text) => text.includes("K=2 and Q=3")), []);
  }));

Deno.test("episodes that are lost to ties are told", () =>
  inFolder(async (folder) => {
    // three pairs a user, the last two in one second: a window of one and one has no end
    const rows = Array.from({ length: 30 }, (_, user) =>
      [["a", 0], ["b", 60], ["c", 120]].flatMap(([item, time]) => [
        `u${user},${item}${user},${1_600_000_000 + Number(time)},s`,
        `u${user},x${item},${1_600_000_000 + Number(time)},t`,
      ])).flat();
    const { report } = await prepared(folder, {
      "log.csv": `user_id,item_id,timestamp,session\n${rows.join("\n")}\n`,
    }, { columns: { session: "session" }, k: [3], q: [1] });
    assertEquals(report.splits.test.episodes, { K3_Q1: 0 });
    assertStringIncludes(
      report.warnings.join("\n"),
      "no episode of test for K=3 and Q=1: in every",
    );
    assertStringIncludes(
      prepareSummary(report).join("\n"),
      "no episode of val for K=3 and Q=1: --validate, --patience and fewshot",
    );
  }));

import { assert, assertEquals, assertRejects } from "@std/assert";
import { readDataset } from "../../lib/dataset/read_dataset.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import { prepare } from "../../lib/prepare/prepare.ts";
import { inFolder } from "../in_folder.ts";
import { assertFolder, optionsOf, RULES } from "./folder.ts";
import { awkwardLog, coreOf, type Event, referenceOf } from "./reference.ts";
import { delimited, written } from "./write_log.ts";

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

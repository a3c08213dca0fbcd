import { assert, assertEquals, assertRejects } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { SPLITS } from "../../lib/dataset/dataset.ts";
import { prepare } from "../../lib/prepare/prepare.ts";
import { inFolder } from "../in_folder.ts";
import { assertFolder, optionsOf, prepared, RULES } from "./folder.ts";
import { awkwardLog, type PairRow, referenceOf } from "./reference.ts";

/** The split by time written down naively, over the pairs of all splits by user. */
function byTime(
  all: readonly PairRow[],
): { pairs: Record<string, PairRow[]>; valFrom: number; testFrom: number; dropped: number } {
  const arrival = new Map<string, number>();
  for (const pair of all) {
    arrival.set(pair.user_id, Math.min(arrival.get(pair.user_id) ?? Infinity, pair.label_ts_epoch));
  }
  const arrivals = [...arrival.values()].sort((a, b) => a - b);
  const n = arrivals.length;
  const place = Math.floor(RULES.shares.train * n);
  const next = place + Math.floor(RULES.shares.val * n);
  const valFrom = arrivals[place];
  const testFrom = arrivals[next];
  const splitOf = ({ user_id }: PairRow) => {
    if (arrival.get(user_id)! < valFrom) return "train";
    return arrival.get(user_id)! < testFrom ? "val" : "test";
  };
  const until = { train: valFrom, val: testFrom, test: Infinity };
  const pairs: Record<string, PairRow[]> = { train: [], val: [], test: [] };
  let dropped = 0;
  for (const pair of all) {
    pair.label_ts_epoch < until[splitOf(pair)] ? pairs[splitOf(pair)].push(pair) : dropped++;
  }
  return { pairs, valFrom, testFrom, dropped };
}

Deno.test("--split-by time: users by arrival, no train or val pair after the cut", () =>
  inFolder(async (folder) => {
    // users that come one after the other, and stay
    const log = awkwardLog(31, 2500).map((event, i) => ({
      ...event,
      user: `u${(i * i * 13) % (10 + Math.floor(i / 40))}`,
    }));
    const rows = log.map((event) =>
      `${event.user},"${event.item.replaceAll('"', '""')}",${event.time}`
    );
    await Deno.writeTextFile(
      `${folder}/log.csv`,
      `user_id,item_id,timestamp\n${rows.join("\n")}\n`,
    );
    const report = await prepare(
      optionsOf([`${folder}/log.csv`], `${folder}/out`, RULES, { splitBy: "time" }),
    );
    const reference = referenceOf(log, RULES);
    const all = SPLITS.flatMap((split) => reference.pairs[split]).sort((a, b) =>
      a.pair_id - b.pair_id
    );
    const { pairs, valFrom, testFrom, dropped } = byTime(all);
    assert(
      dropped > 0 && SPLITS.every((split) => pairs[split].length > 0),
      "the log shows every case",
    );
    const episodes = Object.fromEntries(
      SPLITS.map((split) => [split, episodesOf(pairs[split], split === "train")]),
    );
    await assertFolder(`${folder}/out`, { courses: reference.courses, pairs, episodes });
    assertEquals([
      report.split_policy.by,
      report.split_policy.val_from,
      report.split_policy.test_from,
    ], ["time", valFrom, testFrom]);
    assertEquals(
      report.split_policy.val_from_iso,
      new Date(valFrom * 1000).toISOString().replace(".000", ""),
    );
    assertEquals(report.counts.dropped_after_cut, dropped);
    for (const split of SPLITS) {
      assertEquals(
        report.splits[split].users,
        new Set(pairs[split].map((pair) => pair.user_id)).size,
      );
    }
    // what it is for
    const latest = (split: string) => Math.max(...pairs[split].map((pair) => pair.label_ts_epoch));
    const earliest = (split: string) =>
      Math.min(...pairs[split].map((pair) => pair.label_ts_epoch));
    assert(latest("train") < earliest("val") && latest("val") < earliest("test"));
  }));

/** The folder of users who arrive at these seconds, each with three courses a day apart. */
function arriving(arrivals: readonly number[]): string {
  const rows = arrivals.flatMap((arrival, user) =>
    [0, 1, 2].map((day) => `u${user},c${(user + day) % 5},${1_600_000_000 + arrival + 86400 * day}`)
  );
  return `user_id,item_id,timestamp\n${rows.join("\n")}\n`;
}

Deno.test("--split-by time: who arrives in one second stays together, and is told", () =>
  inFolder(async (folder) => {
    const split = (arrivals: readonly number[]) =>
      prepared(folder, { "log.csv": arriving(arrivals) }, {
        splitBy: "time",
        gapMinutes: 10_000,
        shares: { train: 0.8, val: 0.1, test: 0.1 },
        k: [1],
        q: [1],
      });
    const of = (count: number, arrival: (i: number) => number) =>
      Array.from({ length: count }, (_, i) => arrival(i));
    const users = async (arrivals: readonly number[]) => {
      const { report } = await split(arrivals);
      const told = report.warnings.filter((warning) => warning.startsWith("train, val and test"));
      return { users: SPLITS.map((name) => report.splits[name].users), told: told.length };
    };
    // 20, then 170 in one second, then one after the other
    const crowd = [...of(20, (i) => i), ...of(170, () => 1000), ...of(10, (i) => 2000 + i)];
    assertEquals(await users(crowd), { users: [190, 1, 9], told: 1 });
    // a tie of a few at the cut moves it to the nearer side
    const few = [...of(79, (i) => i), ...of(3, () => 500), ...of(18, (i) => 1000 + i)];
    assertEquals(await users(few), { users: [79, 11, 10], told: 0 });
    const more = [...of(77, (i) => i), ...of(4, () => 500), ...of(19, (i) => 1000 + i)];
    assertEquals(await users(more), { users: [81, 9, 10], told: 0 });
    // two seconds make two splits
    const two = [...of(90, () => 0), ...of(10, () => 100)];
    assertEquals(await users(two), { users: [90, 0, 10], told: 1 });
    await assertRejects(
      () => split(of(50, () => 7)),
      InputError,
      "all 50 users arrive in one second",
    );
  }));

function episodesOf(pairs: readonly PairRow[], allWindows: boolean): Record<string, unknown>[] {
  const episodes: Record<string, unknown>[] = [];
  const { k: K, q: Q } = RULES;
  for (const [user_id, own] of [...Map.groupBy(pairs, (pair) => pair.user_id)]) {
    const sorted = own.toSorted((a, b) => a.label_ts_epoch - b.label_ts_epoch);
    const last = own.length - K - Q;
    for (let start = allWindows ? 0 : last; last >= 0 && start <= last; start++) {
      const support = sorted.slice(start, start + K);
      const query = sorted.slice(start + K, start + K + Q);
      const support_max_ts = support[K - 1].label_ts_epoch;
      const query_min_ts = query[0].label_ts_epoch;
      if (support_max_ts >= query_min_ts) continue;
      const ids = {
        support_pair_ids: support.map((pair) => pair.pair_id),
        query_pair_ids: query.map((pair) => pair.pair_id),
      };
      episodes.push({
        episode_id: episodes.length,
        user_id,
        K,
        Q,
        ...ids,
        support_max_ts,
        query_min_ts,
      });
    }
  }
  return episodes;
}

/**
 * Sessions → pairs → splits → episodes in memory, by the steps that prepare real data: the
 * strict-time rule, NumPy's shuffle of users.
 */
import {
  compareCodePoints,
  type Dataset,
  type Episodes,
  type Pairs,
  type Split,
  type SplitName,
  SPLITS,
  type SyntheticMark,
} from "../dataset.ts";
import { dealUsers } from "../deal_users.ts";
import type { LearnerSession } from "./learners.ts";

/** Shares of the users in each split. */
const SHARES = { train: 0.8, val: 0.1, test: 0.1 };

/** A session, and the number of pairs in all sessions before it. */
interface Placed {
  readonly session: LearnerSession;
  readonly firstPair: number;
}

/**
 * Assembles a data set. Courses that no session has are dropped; vocabulary, users and sessions are
 * in the order of their names.
 */
export function assemble(
  sessions: readonly LearnerSession[],
  names: readonly string[],
  k: number,
  q: number,
  mark: SyntheticMark,
): Dataset {
  const opened = new Uint8Array(names.length);
  for (const { items } of sessions) for (const item of items) opened[item] = 1;
  const courses = names.filter((_, item) => opened[item] === 1).sort(compareCodePoints);
  const idOfName = new Map(courses.map((name, id) => [name, id]));
  const idOf = names.map((name) => idOfName.get(name) ?? -1);
  const ordered = [...sessions].sort((a, b) =>
    compareCodePoints(a.user, b.user) || compareCodePoints(a.session, b.session)
  );
  const users = [
    ...new Set(ordered.filter((session) => pairsOf(session) > 0).map(({ user }) => user)),
  ];
  const dealt = dealUsers(users.length, SHARES, mark.seed);
  const splitOfUser = new Map(users.map((user, i) => [user, dealt[i]]));
  const sessionsOf: Record<SplitName, Placed[]> = { train: [], val: [], test: [] };
  let pairs = 0;
  for (const session of ordered) {
    const split = splitOfUser.get(session.user);
    if (split !== undefined) sessionsOf[split].push({ session, firstPair: pairs });
    pairs += pairsOf(session);
  }
  const splits = Object.fromEntries(
    SPLITS.map((split) => [split, splitOf(sessionsOf[split], idOf, k, q, split === "train")]),
  );
  return { path: "", k, q, courses, splits: splits as Record<SplitName, Split>, synthetic: mark };
}

/** Pairs of a session: courses that came strictly later than the one before. */
function pairsOf({ times }: LearnerSession): number {
  let count = 0;
  for (let t = 1; t < times.length; t++) if (times[t] > times[t - 1]) count++;
  return count;
}

function splitOf(
  sessions: readonly Placed[],
  idOf: readonly number[],
  k: number,
  q: number,
  everyWindow: boolean,
): Split {
  const users: string[] = [];
  let count = 0;
  let size = 0;
  for (const { session } of sessions) {
    size += session.items.length;
    count += pairsOf(session);
  }
  const ints = () => new Int32Array(count);
  const pool = new Int32Array(size);
  const pairId = new Float64Array(count);
  const labelTime = new Float64Array(count);
  const pairs: Pairs = {
    count,
    pairId,
    users,
    user: ints(),
    items: pool,
    prefixStart: ints(),
    prefixLength: ints(),
    label: ints(),
    labelTime,
  };
  let row = 0;
  let start = 0;
  for (const { session: { user, items, times }, firstPair } of sessions) {
    if (users.at(-1) !== user) users.push(user);
    items.forEach((item, t) => pool[start + t] = idOf[item]);
    for (let t = 1, id = firstPair; t < items.length; t++) {
      if (times[t] <= times[t - 1]) continue;
      pairId[row] = id++;
      pairs.user[row] = users.length - 1;
      pairs.prefixStart[row] = start;
      pairs.prefixLength[row] = t;
      pairs.label[row] = idOf[items[t]];
      labelTime[row++] = times[t];
    }
    start += items.length;
  }
  return { pairs, episodes: episodesOf(pairs, k, q, everyWindow) };
}

function episodesOf(pairs: Pairs, k: number, q: number, everyWindow: boolean): Episodes {
  const { count, user, labelTime } = pairs;
  const episodeUser: number[] = [];
  const support: number[] = [];
  const query: number[] = [];
  for (let begin = 0, end = 0; begin < count; begin = end) {
    while (end < count && user[end] === user[begin]) end++;
    const rows = Array.from({ length: end - begin }, (_, i) => begin + i).sort((a, b) =>
      labelTime[a] - labelTime[b] || a - b
    );
    for (
      let at = everyWindow ? 0 : Math.max(0, rows.length - k - q);
      at + k + q <= rows.length;
      at++
    ) {
      if (labelTime[rows[at + k - 1]] >= labelTime[rows[at + k]]) continue;
      episodeUser.push(user[begin]);
      for (let i = 0; i < k; i++) support.push(rows[at + i]);
      for (let i = k; i < k + q; i++) query.push(rows[at + i]);
    }
  }
  const episodes = episodeUser.length;
  return {
    count: episodes,
    episodeId: Float64Array.from({ length: episodes }, (_, i) => i),
    user: Int32Array.from(episodeUser),
    supportOffsets: Int32Array.from({ length: episodes + 1 }, (_, i) => i * k),
    supportRows: Int32Array.from(support),
    queryOffsets: Int32Array.from({ length: episodes + 1 }, (_, i) => i * q),
    queryRows: Int32Array.from(query),
  };
}

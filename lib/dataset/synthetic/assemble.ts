/** Sessions → pairs → splits → episodes in memory, by the steps that prepare real data: the strict-time rule, NumPy's shuffle of users. */
import { fromNumPySeed } from "../../random/mt19937.ts";
import { shuffle } from "../../random/numpy.ts";
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
import type { WalkSession } from "./walk.ts";

/** Assembles a data set. Courses that no session has are dropped; the others keep their order. */
export function assemble(
  sessions: readonly WalkSession[],
  courseName: (item: number) => string,
  k: number,
  q: number,
  mark: SyntheticMark,
): Dataset {
  const names = new Map([...new Set(sessions.flatMap(({ items }) => items))].map((item) => [item, courseName(item)]));
  const courses = [...names.values()].sort(compareCodePoints), idOf = new Map(courses.map((name, id) => [name, id]));
  const inOrder = [...sessions].sort((a, b) => compareCodePoints(a.user, b.user) || compareCodePoints(a.session, b.session));
  const rows: Row[] = [];
  for (const { user, items, times } of inOrder) {
    const ids = Int32Array.from(items, (item) => idOf.get(names.get(item)!)!);
    for (let t = 1; t < ids.length; t++) {
      if (times[t] > times[t - 1]) rows.push({ id: rows.length, user, ids, length: t, label: ids[t], time: times[t] });
    }
  }
  const users = shuffle(fromNumPySeed(mark.seed), [...new Set(rows.map(({ user }) => user))].sort(compareCodePoints));
  const cuts = [0, Math.floor(0.8 * users.length), Math.floor(0.8 * users.length) + Math.floor(0.1 * users.length), users.length];
  const splits = Object.fromEntries(SPLITS.map((split, i) => {
    const own = new Set(users.slice(cuts[i], cuts[i + 1]));
    return [split, splitOf(rows.filter(({ user }) => own.has(user)), k, q, split === "train")];
  })) as Record<SplitName, Split>;
  return { path: "", k, q, courses, splits, synthetic: mark };
}

interface Row {
  readonly id: number;
  readonly user: string;
  readonly ids: Int32Array;
  readonly length: number;
  readonly label: number;
  readonly time: number;
}

function splitOf(rows: readonly Row[], k: number, q: number, everyWindow: boolean): Split {
  const users = [...new Set(rows.map(({ user }) => user))].sort(compareCodePoints), userOf = new Map(users.map((name, i) => [name, i]));
  const starts = new Map<Int32Array, number>(), pool: number[] = [];
  for (const { ids } of rows) {
    if (starts.has(ids)) continue;
    starts.set(ids, pool.length);
    for (const id of ids) pool.push(id);
  }
  const pairs: Pairs = {
    count: rows.length,
    pairId: Float64Array.from(rows, ({ id }) => id),
    users,
    user: Int32Array.from(rows, ({ user }) => userOf.get(user)!),
    items: Int32Array.from(pool),
    prefixStart: Int32Array.from(rows, ({ ids }) => starts.get(ids)!),
    prefixLength: Int32Array.from(rows, ({ length }) => length),
    label: Int32Array.from(rows, ({ label }) => label),
    labelTime: Float64Array.from(rows, ({ time }) => time),
  };
  return { pairs, episodes: episodesOf(pairs, k, q, everyWindow) };
}

function episodesOf(pairs: Pairs, k: number, q: number, everyWindow: boolean): Episodes {
  const byUser = pairs.users.map(() => [] as number[]), windows: { user: number; rows: number[] }[] = [];
  for (let row = 0; row < pairs.count; row++) byUser[pairs.user[row]].push(row);
  byUser.forEach((rows, user) => {
    rows.sort((a, b) => pairs.labelTime[a] - pairs.labelTime[b] || a - b);
    for (let at = everyWindow ? 0 : Math.max(0, rows.length - k - q); at + k + q <= rows.length; at++) {
      const window = rows.slice(at, at + k + q);
      if (pairs.labelTime[window[k - 1]] < pairs.labelTime[window[k]]) windows.push({ user, rows: window });
    }
  });
  return {
    count: windows.length,
    episodeId: Float64Array.from(windows, (_, i) => i),
    user: Int32Array.from(windows, ({ user }) => user),
    supportOffsets: Int32Array.from({ length: windows.length + 1 }, (_, i) => i * k),
    supportRows: Int32Array.from(windows.flatMap(({ rows }) => rows.slice(0, k))),
    queryOffsets: Int32Array.from({ length: windows.length + 1 }, (_, i) => i * q),
    queryRows: Int32Array.from(windows.flatMap(({ rows }) => rows.slice(k))),
  };
}

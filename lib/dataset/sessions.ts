/**
 * Whole sessions from pairs. A file of pairs names no sessions, but the prefixes of one are nested:
 * a session is a learner's longest such prefix with its label.
 */
import type { Pairs } from "./dataset.ts";

/** Sessions, one after the other: of each learner in turn, by the time of their first label. */
export interface Sessions {
  /** Number of sessions. */
  readonly count: number;
  /** [sessions + 1] session s is items[offsets[s] .. offsets[s + 1]). */
  readonly offsets: Int32Array;
  /** [events] courses, each session's in order. */
  readonly items: Int32Array;
  /**
   * [events] when each was taken, in epoch seconds: the label's time. A course that is no pair's
   * label has the time of the event before it, a session's first course that of the next.
   */
  readonly times: Float64Array;
}

/**
 * The sessions of all pairs, in whatever order the pairs stand. A pair goes on with a session of
 * its learner when its prefix begins with all that the session has so far; where several of the
 * learner's sessions began alike, with the one that was active last.
 *
 * @example
 * ```ts
 * import { sessionsOf } from "./sessions.ts";
 * import { synthesize } from "./synthetic/synthesize.ts";
 *
 * const { pairs } = synthesize("demo", 5, 10).splits.train;
 * const { count, offsets, items } = sessionsOf(pairs);
 * const first = items.subarray(offsets[0], offsets[1]); // the courses of the first session
 * if (first.length < 2 || offsets[count] !== items.length) throw new Error("unexpected sessions");
 * ```
 */
export function sessionsOf(pairs: Pairs): Sessions {
  const { sessionOf, lastRow } = chain(pairs);
  const count = lastRow.length;
  const offsets = new Int32Array(count + 1);
  lastRow.forEach((row, s) => offsets[s + 1] = offsets[s] + pairs.prefixLength[row] + 1);
  const items = new Int32Array(offsets[count]);
  lastRow.forEach((row, s) => {
    const start = pairs.prefixStart[row];
    items.set(pairs.items.subarray(start, start + pairs.prefixLength[row]), offsets[s]);
    items[offsets[s + 1] - 1] = pairs.label[row];
  });
  const times = new Float64Array(items.length).fill(NaN);
  for (let row = 0; row < pairs.count; row++) {
    times[offsets[sessionOf[row]] + pairs.prefixLength[row]] = pairs.labelTime[row];
  }
  for (let s = 0; s < count; s++) fillTimes(times.subarray(offsets[s], offsets[s + 1]));
  return { count, offsets, items, times };
}

const SECONDS_A_DAY = 86_400;

/**
 * The events of the last days: from midnight UTC, `days` before the day of the newest event, on.
 * Sessions without one are left out.
 */
export function lastDays({ count, offsets, items, times }: Sessions, days: number): Sessions {
  const newest = times.reduce((max, time) => Math.max(max, time), -Infinity);
  const from = (Math.floor(newest / SECONDS_A_DAY) - days) * SECONDS_A_DAY;
  const keptOffsets = [0];
  const kept: number[] = [];
  for (let s = 0; s < count; s++) {
    for (let i = offsets[s]; i < offsets[s + 1]; i++) if (times[i] >= from) kept.push(i);
    if (kept.length > keptOffsets[keptOffsets.length - 1]) keptOffsets.push(kept.length);
  }
  return {
    count: keptOffsets.length - 1,
    offsets: Int32Array.from(keptOffsets),
    items: Int32Array.from(kept, (i) => items[i]),
    times: Float64Array.from(kept, (i) => times[i]),
  };
}

/** Sessions as bags: each course once, with how often the session has it. */
export interface Bags extends Omit<Sessions, "times"> {
  /** [entries] */
  readonly counts: Int32Array;
}

/** The sessions as bags, courses in order of their first appearance. */
export function bagsOf({ count, offsets, items }: Sessions, nItems: number): Bags {
  const bagOffsets = new Int32Array(count + 1);
  const bagItems = new Int32Array(items.length);
  const counts = new Int32Array(items.length);
  const entryOf = new Int32Array(nItems).fill(-1);
  let filled = 0;
  for (let s = 0; s < count; s++) {
    for (let i = offsets[s]; i < offsets[s + 1]; i++) {
      const item = items[i];
      if (entryOf[item] < bagOffsets[s]) {
        entryOf[item] = filled;
        bagItems[filled++] = item;
      }
      counts[entryOf[item]]++;
    }
    bagOffsets[s + 1] = filled;
  }
  return {
    count,
    offsets: bagOffsets,
    items: bagItems.slice(0, filled),
    counts: counts.slice(0, filled),
  };
}

/** Unknown times become those of the event before; leading ones that of the first known. */
function fillTimes(times: Float64Array): void {
  const known = times.findIndex((time) => !Number.isNaN(time));
  times.fill(times[known], 0, known);
  for (let i = known + 1; i < times.length; i++) {
    if (Number.isNaN(times[i])) times[i] = times[i - 1];
  }
}

/** The session of each pair, and each session's pair with the longest prefix. */
interface Chains {
  readonly sessionOf: Int32Array;
  readonly lastRow: readonly number[];
}

function chain(pairs: Pairs): Chains {
  const sessionOf = new Int32Array(pairs.count);
  const lastRow: number[] = [];
  const waiting = waitingSessions(pairs, lastRow);
  let user = -1;
  let current = -1;
  for (const row of byUserAndTime(pairs)) {
    if (pairs.user[row] !== user) {
      user = pairs.user[row];
      current = -1;
      waiting.clear();
    }
    if (current < 0 || !continues(pairs, lastRow[current], row)) {
      const earlier = waiting.take(row);
      if (current >= 0) waiting.add(current);
      current = earlier ?? lastRow.length;
    }
    lastRow[current] = row;
    sessionOf[row] = current;
  }
  return { sessionOf, lastRow };
}

/** Sessions of one learner that another has interrupted. */
interface WaitingSessions {
  clear(): void;
  add(session: number): void;
  /** Takes out the session that the pair goes on with: the longest, of those the newest. */
  take(row: number): number | undefined;
}

function waitingSessions(pairs: Pairs, lastRow: readonly number[]): WaitingSessions {
  const { items, prefixStart, prefixLength, label } = pairs;
  const byEnd = new Map<number, number[]>();
  return {
    clear: () => byEnd.clear(),
    add(session) {
      const row = lastRow[session];
      const key = endKey(label[row], prefixLength[row] + 1);
      const others = byEnd.get(key);
      if (others === undefined) byEnd.set(key, [session]);
      else others.push(session);
    },
    take(row) {
      if (byEnd.size === 0) return undefined;
      for (let length = prefixLength[row]; length >= 2; length--) {
        const ends = byEnd.get(endKey(items[prefixStart[row] + length - 1], length)) ?? [];
        const at = ends.findLastIndex((session) => continues(pairs, lastRow[session], row));
        if (at >= 0) return ends.splice(at, 1)[0];
      }
      return undefined;
    },
  };
}

/** Sessions that a pair may go on with are found by their last course and length. */
const endKey = (item: number, length: number) => item * 0x200000 + length;

/** Whether the prefix of `next` begins with the prefix and label of `previous`. */
function continues(pairs: Pairs, previous: number, next: number): boolean {
  const { items, prefixStart, prefixLength, label } = pairs;
  const length = prefixLength[previous];
  const from = prefixStart[previous];
  const to = prefixStart[next];
  if (prefixLength[next] <= length || items[to + length] !== label[previous]) return false;
  if (from === to) return true;
  for (let i = 0; i < length; i++) if (items[from + i] !== items[to + i]) return false;
  return true;
}

/** The pairs by learner; each one's by label time, equal times by prefix length. */
function byUserAndTime({ count, users, user, labelTime, prefixLength }: Pairs): Int32Array {
  const ends = new Int32Array(users.length + 1);
  for (let row = 0; row < count; row++) ends[user[row] + 1]++;
  for (let u = 0; u < users.length; u++) ends[u + 1] += ends[u];
  const order = new Int32Array(count);
  const next = ends.slice();
  for (let row = 0; row < count; row++) order[next[user[row]]++] = row;
  const compare = (a: number, b: number) =>
    labelTime[a] - labelTime[b] || prefixLength[a] - prefixLength[b] || a - b;
  for (let u = 0; u < users.length; u++) {
    let sorted = true;
    for (let i = ends[u] + 1; sorted && i < ends[u + 1]; i++) {
      sorted = compare(order[i - 1], order[i]) <= 0;
    }
    if (!sorted) order.subarray(ends[u], ends[u + 1]).sort(compare);
  }
  return order;
}

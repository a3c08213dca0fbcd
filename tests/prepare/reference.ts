/**
 * The steps of the specification written down naively over arrays: what `prepare` must give for a
 * small log.
 */
import { compareCodePoints, SPLITS } from "../../lib/dataset/dataset.ts";
import { dealUsers } from "../../lib/dataset/deal_users.ts";

/** A row of a log; `time` in seconds, perhaps with a fraction. */
export interface Event {
  readonly user: string;
  readonly item: string;
  readonly session?: string;
  readonly time: number;
}

/** What decides the result; as in the options of `prepare`. */
export interface Rules {
  readonly gapMinutes: number;
  readonly minUserPairs: number;
  readonly minItemCount: number;
  readonly shares: { readonly train: number; readonly val: number; readonly test: number };
  readonly seed: number;
  readonly k: number;
  readonly q: number;
}

/** A row of a pairs file. */
export interface PairRow {
  readonly pair_id: number;
  readonly user_id: string;
  readonly session_id: string;
  readonly prefix: number[];
  readonly label: number;
  readonly label_ts_epoch: number;
  readonly prefix_len: number;
}

/** Vocabulary, and rows of the six files by split. */
export interface Expected {
  readonly courses: string[];
  readonly pairs: Record<string, PairRow[]>;
  readonly episodes: Record<string, Record<string, unknown>[]>;
}

/** All files that follow from a log. */
export function referenceOf(log: readonly Event[], rules: Rules): Expected {
  return naively(coreOf(log, rules), { ...rules, minItemCount: 1 });
}

/**
 * The rows that are left of a log: those of items that are not rare; where users have a least
 * number of pairs too, again and again of users and items who are both not rare.
 */
export function coreOf(log: readonly Event[], rules: Rules): readonly Event[] {
  let kept = withoutRareItems(log, rules.minItemCount);
  if (rules.minItemCount === 1 || rules.minUserPairs === 1) return kept;
  for (;;) {
    const { pairs } = naively(kept, rules);
    const users = new Set(SPLITS.flatMap((split) => pairs[split].map((pair) => pair.user_id)));
    const ofUsers = kept.filter((event) => users.has(event.user));
    const next = withoutRareItems(ofUsers, rules.minItemCount);
    const items = new Set(next.map((event) => event.item));
    if (kept.every((event) => items.has(event.item))) return kept;
    kept = next;
  }
}

function withoutRareItems(log: readonly Event[], minItemCount: number): readonly Event[] {
  const counts = Map.groupBy(log, (event) => event.item);
  return log.filter((event) => counts.get(event.item)!.length >= minItemCount);
}

function naively(log: readonly Event[], rules: Rules): Expected {
  const key = (...parts: unknown[]) => JSON.stringify(parts);
  const seen = new Set<string>();
  const events = log.filter((event) => {
    const name = key(event.user, event.session, event.item, event.time);
    const isNew = !seen.has(name);
    seen.add(name);
    return isNew;
  });
  const courses = [...new Set(events.map((event) => event.item))].sort(compareCodePoints);
  const ids = new Map(courses.map((course, id) => [course, id]));

  const sessions: { user: string; session: string; events: Event[] }[] = [];
  for (
    const own of Map.groupBy(events, (event) => key(event.user, event.session ?? null)).values()
  ) {
    own.sort((a, b) => a.time - b.time); // stable
    let number = -1;
    own.forEach((event, i) => {
      if (
        i === 0 ||
        (event.session === undefined && event.time - own[i - 1].time > rules.gapMinutes * 60)
      ) {
        number++;
        sessions.push({
          user: event.user,
          session: event.session ?? `${event.user}_${number}`,
          events: [],
        });
      }
      const open = sessions.at(-1)!.events;
      if (open.at(-1)?.item !== event.item) open.push(event);
    });
  }
  sessions.sort((a, b) =>
    compareCodePoints(a.user, b.user) || compareCodePoints(a.session, b.session)
  );

  let pairs: Omit<PairRow, "pair_id">[] = [];
  for (const { user, session, events } of sessions) {
    for (let t = 1; t < events.length; t++) {
      const seconds = events.map((event) => Math.floor(event.time));
      const before = Math.max(...seconds.slice(0, t));
      if (before >= seconds[t]) continue;
      pairs.push({
        user_id: user,
        session_id: session,
        prefix: events.slice(0, t).map((event) => ids.get(event.item)!),
        label: ids.get(events[t].item)!,
        label_ts_epoch: seconds[t],
        prefix_len: t,
      });
    }
  }
  const perUser = Map.groupBy(pairs, (pair) => pair.user_id);
  pairs = pairs.filter((pair) => perUser.get(pair.user_id)!.length >= rules.minUserPairs);
  const numbered = pairs.map((pair, pair_id) => ({ pair_id, ...pair }));
  const users = [...new Set(pairs.map((pair) => pair.user_id))].sort(compareCodePoints);
  const dealt = dealUsers(users.length, rules.shares, rules.seed);
  const home = new Map(users.map((user, i) => [user, dealt[i]]));

  const result: Expected = { courses, pairs: {}, episodes: {} };
  for (const split of SPLITS) {
    const own = numbered.filter((pair) => home.get(pair.user_id) === split);
    result.pairs[split] = own;
    result.episodes[split] = [];
    for (const user of users) {
      const byTime = own.filter((pair) => pair.user_id === user).sort((a, b) =>
        a.label_ts_epoch - b.label_ts_epoch
      );
      const last = byTime.length - rules.k - rules.q;
      for (let start = split === "train" ? 0 : last; last >= 0 && start <= last; start++) {
        const support = byTime.slice(start, start + rules.k);
        const query = byTime.slice(start + rules.k, start + rules.k + rules.q);
        if (support.at(-1)!.label_ts_epoch >= query[0].label_ts_epoch) continue;
        result.episodes[split].push({
          episode_id: result.episodes[split].length,
          user_id: user,
          K: rules.k,
          Q: rules.q,
          support_pair_ids: support.map((pair) => pair.pair_id),
          query_pair_ids: query.map((pair) => pair.pair_id),
          support_max_ts: support.at(-1)!.label_ts_epoch,
          query_min_ts: query[0].label_ts_epoch,
        });
      }
    }
  }
  return result;
}

/**
 * A small log with everything that is awkward: ties in time, exact duplicates, repeats, returns,
 * gaps of exactly the limit.
 */
export function awkwardLog(seed: number, events = 1500, sessions = false): Event[] {
  const next = randomFrom(seed);
  const users = [
    "10",
    "9",
    "u_1",
    "u_10",
    "u_2",
    "é",
    "\u{1f393}",
    "\uffee",
    "o'brien",
    'a "b"',
    "x,y",
    "line\nend",
    ...names("learner", 12),
  ];
  const items = [
    "b",
    "B",
    "a",
    "10",
    "2",
    "course, with comma",
    'say "hi"',
    "\u{1f4da}",
    "\uff21",
    "__proto__",
    ...names("course-", 15),
  ];
  const log: Event[] = [];
  let time = 1_445_860_000;
  let user = users[0];
  for (let i = 0; i < events; i++) {
    if (next(8) === 0) user = users[next(users.length)];
    time += [0, 0, 1, 30, 60, 600, 1800, 1801, 4000][next(9)];
    const item = items[Math.min(next(items.length), next(items.length))];
    const session = sessions && next(10) > 0
      ? `s${Math.floor(time / 20_000)}_${next(2)}`
      : undefined;
    // not sorted by time throughout
    log.push({ user, item, session, time: time - (next(20) === 0 ? 5000 : 0) });
    if (next(12) === 0) log.push(log[log.length - 1 - next(Math.min(3, log.length))]);
  }
  return log;
}

function names(stem: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${stem}${i}`);
}

/** Small whole numbers, the same for a seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed * 2 + 1;
  return (below) => {
    state = Math.imul(state, 0x9e3779b1) + 0x7f4a7c15 | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) % below;
  };
}

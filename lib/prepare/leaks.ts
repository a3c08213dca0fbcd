/** What the splits share: users, sessions, stretches of time. None is best, the rest is named. */
import { type SplitName, SPLITS } from "../dataset/dataset.ts";
import type { Database } from "./database.ts";
import { iso } from "./split.ts";

/** Two splits that have times in common. */
export interface TimeOverlap {
  readonly between: readonly [SplitName, SplitName];
  /** Pairs of the earlier split that are later than the first of the other. */
  readonly later_pairs: number;
  readonly share: number;
}

/** The report on leaks. */
export interface LeakReport {
  /** Users who are in more than one split. */
  readonly users: number;
  /** Names of sessions that are in more than one split, of which users they be. */
  readonly sessions: number;
  readonly sessions_listed: readonly string[];
  /** The first and last label of each split; with `--order` there are no times to share. */
  readonly spans?: Readonly<Partial<Record<SplitName, readonly [string, string]>>>;
  readonly times?: readonly TimeOverlap[];
}

/** Sessions that the report names. */
const LISTED = 10;

/** What the splits share. `until`: label times from this second on are in no file. */
export async function findLeaks(
  database: Database,
  until: Readonly<Record<SplitName, bigint>>,
  ordered: boolean,
): Promise<LeakReport> {
  const [{ users }] = await database.rows<{ users: number }>(
    `SELECT count(*) AS users FROM
       (SELECT user_id FROM learners GROUP BY user_id HAVING count(DISTINCT split) > 1)`,
  );
  const shared = `SELECT session_id FROM sessions GROUP BY session_id
    HAVING min(split) <> max(split)`;
  const [{ n }] = await database.rows<{ n: number }>(`SELECT count(*) AS n FROM (${shared})`);
  const listed = n === 0 ? [] : await database.rows<{ session_id: string }>(
    `${shared} ORDER BY session_id LIMIT ${LISTED}`,
  );
  const found = { users, sessions: n, sessions_listed: listed.map((row) => row.session_id) };
  return ordered ? found : { ...found, ...await overlaps(database, until) };
}

async function overlaps(
  database: Database,
  until: Readonly<Record<SplitName, bigint>>,
): Promise<Pick<LeakReport, "spans" | "times">> {
  const times = `(SELECT split, unnest(times) AS time FROM learners)`;
  const spans: Partial<Record<SplitName, readonly [string, string]>> = {};
  const firsts = new Map<SplitName, number>();
  for (const split of SPLITS) {
    const [{ first, last }] = await database.rows<{ first: number | null; last: number | null }>(
      `SELECT min(time) AS first, max(time) AS last FROM ${times}
       WHERE split = '${split}' AND time < ${until[split]}`,
    );
    if (first === null || last === null) continue;
    firsts.set(split, first);
    spans[split] = [iso(first), iso(last)];
  }
  const found: TimeOverlap[] = [];
  for (const between of [["train", "val"], ["train", "test"], ["val", "test"]] as const) {
    const [earlier, other] = between;
    const from = firsts.get(other);
    if (from === undefined || !firsts.has(earlier)) continue;
    const [{ later, all }] = await database.rows<{ later: number; all: number }>(
      `SELECT count(*) FILTER (time > ${from}) AS later, count(*) AS all FROM ${times}
       WHERE split = '${earlier}' AND time < ${until[earlier]}`,
    );
    if (later > 0) found.push({ between, later_pairs: later, share: later / all });
  }
  return { spans, times: found };
}

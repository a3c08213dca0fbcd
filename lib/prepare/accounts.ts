/** Where every row of the log went. */
import type { Database } from "./database.ts";
import type { LogReport } from "./read_log.ts";

/** Rows by what became of them; all but `rows` add up to `rows`. */
export interface Accounts {
  /** Of all files, opened where they hold lists. */
  readonly rows: number;
  readonly bad_rows: number;
  /** Of a type that is not learning. */
  readonly other_events: number;
  /** Without a user or an item, where those are left out. */
  readonly missing_events: number;
  /** Rows of lists that hold nothing. */
  readonly empty_lists: number;
  /** Of items that are too rare, or not in the vocabulary that was given. */
  readonly rare_item_events: number;
  readonly unknown_item_events: number;
  /** Of users with too few pairs, where items have a least number too. */
  readonly rare_user_events: number;
  /** The same user, session, item and time again. */
  readonly duplicate_events: number;
  /** The same item again, one right after the other. */
  readonly consecutive_repeats: number;
  /** What sessions are made of. */
  readonly visits: number;
}

/**
 * Counts each by itself. @throws Error when they do not add up: a row was lost, which is a defect.
 */
export async function accountsOf(database: Database, log: LogReport): Promise<Accounts> {
  const one = async (query: string) => (await database.rows<{ n: number }>(query))[0].n;
  const leftOut = (reason: string) =>
    one(`SELECT coalesce(sum(n), 0)::BIGINT AS n FROM left_out WHERE reason = '${reason}'`);
  const stage = (name: string) =>
    one(`SELECT coalesce(sum(n), 0)::BIGINT AS n FROM counts WHERE stage = '${name}'`);
  const events = await one("SELECT count(*) AS n FROM events");
  const distinct = await stage("distinct_events");
  const visits = await stage("visits");
  const known = await one(
    "SELECT count(*) AS n FROM information_schema.tables WHERE table_name = 'vocabulary'",
  );
  const ofItems = await leftOut("item");
  const accounts: Accounts = {
    rows: log.rows,
    bad_rows: log.badRows,
    other_events: log.otherEvents,
    missing_events: log.missing,
    empty_lists: log.empty,
    rare_item_events: known === 0 ? ofItems : 0,
    unknown_item_events: known === 0 ? 0 : ofItems,
    rare_user_events: await leftOut("user"),
    duplicate_events: events - distinct,
    consecutive_repeats: distinct - visits,
    visits,
  };
  const { rows, ...parts } = accounts;
  const sum = Object.values(parts).reduce((total, n) => total + n, 0);
  if (sum !== rows) {
    throw new Error(
      `${rows} rows were read, but ${sum} are accounted for: ${JSON.stringify(parts)}`,
    );
  }
  const { lines, header, blank, continued, rows: textRows } = log.lines;
  if (lines !== header + blank + continued + textRows) {
    throw new Error(
      `${lines} lines were read, but not accounted for: ${JSON.stringify(log.lines)}`,
    );
  }
  return accounts;
}

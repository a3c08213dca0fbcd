/** Steps 3 and 4 of the specification: sessions and their pairs, a range of users at a time. */
import { counted } from "../errors/counted.ts";
import type { Database } from "./database.ts";
import type { PrepareOptions } from "./options.ts";
import type { Reading } from "./read_log.ts";

/** Longer than any gap, for logs without times. */
const NO_GAP = 2n ** 62n;

/**
 * Cuts all sessions. Where both items and users have a least number, until both hold: rare users
 * make items rare and the other way round. `renumbered` is called when items have got new ids.
 */
export async function cutAllSessions(
  { database, options, progress }: Reading,
  renumbered: () => Promise<void>,
): Promise<void> {
  await cutSessions(database, options, progress);
  if (options.minItemCount === 1 || options.minUserPairs === 1) return;
  for (let round = 1; await hasRareItems(database, options.minItemCount); round++) {
    await database.runFile("4_core.sql", { min_item_count: options.minItemCount });
    await cutSessions(database, options, () => {});
    await renumbered();
    progress(`left out rare items and users again, round ${round}`);
  }
}

/** Says whether an item has too few events of users who have enough pairs. */
async function hasRareItems(database: Database, minItemCount: number): Promise<boolean> {
  const [{ rare }] = await database.rows<{ rare: number }>(
    `SELECT count(*) AS rare FROM (
       SELECT item_no FROM items
       LEFT JOIN (SELECT item_no, 1 AS one FROM events SEMI JOIN learners USING (user_no))
         USING (item_no)
       GROUP BY item_no HAVING count(one) < ${minItemCount}
     )`,
  );
  return rare > 0;
}

async function cutSessions(
  database: Database,
  options: PrepareOptions,
  progress: (message: string) => void,
): Promise<void> {
  const ranges = await database.rows<{ first_user: number; last_user: number }>(
    `SELECT min(user_no) AS first_user, max(user_no) AS last_user
     FROM (
       SELECT user_no, sum(events) OVER (ORDER BY user_no) // ${options.batchEvents} AS range_no
       FROM users
     )
     GROUP BY range_no ORDER BY range_no`,
  );
  const ordered = options.order !== undefined;
  const gap = ordered ? NO_GAP : Math.round(options.gapMinutes * 60e6);
  for (const { first_user, last_user } of ranges) {
    await database.runFile("4_sessions.sql", {
      first_user,
      last_user,
      gap,
      ordered,
      min_user_pairs: options.minUserPairs,
    });
    progress(`cut sessions of ${counted(last_user + 1, "user")}`);
  }
}

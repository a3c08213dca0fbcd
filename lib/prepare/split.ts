/** Step 6 of the specification: learners dealt to the splits, by a shuffle or by their arrival. */
import { dealUsers } from "../dataset/deal_users.ts";
import { type SplitName, SPLITS } from "../dataset/dataset.ts";
import { counted } from "../errors/counted.ts";
import { InputError } from "../errors/input_error.ts";
import type { Database } from "./database.ts";
import type { PrepareOptions } from "./options.ts";

/** From when on each next split begins, in epoch seconds. */
export interface Cuts {
  readonly valFrom: number;
  readonly testFrom: number;
}

/** How the learners were dealt, and what is odd about it. */
export interface Dealt {
  /** By time only. */
  readonly cuts?: Cuts;
  readonly warnings: readonly string[];
}

/** A share that differs by more than this from what was asked is told. */
const TOLD_DIFFERENCE = 0.05;

/** Deals the learners to the splits. @throws InputError when there are none. */
export async function splitLearners(database: Database, options: PrepareOptions): Promise<Dealt> {
  const [{ learners }] = await database.rows<{ learners: number }>(
    "SELECT count(*) AS learners FROM learners",
  );
  if (learners === 0) throw await nothingLeft(database, options);
  if (options.splitBy === "time") return await byTime(database, options, learners);
  await database.run("CREATE TABLE dealt (place BIGINT, split VARCHAR)");
  const dealt = dealUsers(learners, options.shares, options.seed);
  await database.append("dealt", dealt.map((split, place) => [BigInt(place), split]));
  await database.runFile("5_split_users.sql");
  return { warnings: [] };
}

/** Why no learner has a pair. */
async function nothingLeft(database: Database, options: PrepareOptions): Promise<InputError> {
  const one = async (query: string) => (await database.rows<{ n: number }>(query))[0].n;
  const events = await one("SELECT count(*) AS n FROM events");
  const steps = await one(
    "SELECT coalesce(sum(n), 0)::BIGINT AS n FROM counts WHERE stage = 'steps'",
  );
  const kept = await one(
    "SELECT coalesce(sum(n), 0)::BIGINT AS n FROM counts WHERE stage = 'steps_kept'",
  );
  const doing = "making pairs";
  if (events === 0) {
    return new InputError({
      doing,
      found: "no event is left",
      wanted: "rows with a user, an item and a time",
      next: "another look at the input, --events, --vocabulary and --min-item-count",
    });
  }
  if (kept > 0) {
    return new InputError({
      doing,
      found: `no user has the ${counted(options.minUserPairs, "pair")} of --min-user-pairs`,
      wanted: "at least one who has",
      next: "a smaller --min-user-pairs or --min-item-count",
    });
  }
  if (steps > 0) {
    return new InputError({
      doing,
      found: `each of ${counted(steps, "step")} from one course to the next lies within one second`,
      wanted: "times that tell which course came first",
      next: "--order row, where the order of the rows is right; or finer times",
    });
  }
  const [{ gap }] = await database.rows<{ gap: number | null }>(
    `SELECT min(time - time_before) AS gap FROM (
       SELECT time, item_no, lag(time) OVER earlier AS time_before,
         lag(item_no) OVER earlier AS item_before
       FROM events
       WINDOW earlier AS (PARTITION BY user_no, name_no ORDER BY time, row_no))
     WHERE item_no <> item_before`,
  );
  const found = `no session has two different courses one after the other (${
    counted(events, "event")
  })`;
  // a session ends where more than that passes
  const minutes = Math.ceil((gap ?? 0) / 60e6);
  return new InputError({
    doing,
    found: gap === null
      ? found
      : `${found}; the closest of one user lie ${counted(minutes, "minute")} apart`,
    wanted: "at least one",
    next: gap === null
      ? "other columns, or a smaller --min-item-count: as it is, no user or session has two"
      : `--gap-minutes ${minutes} or more, if such a pause is part of a session`,
  });
}

async function byTime(
  database: Database,
  { shares }: PrepareOptions,
  learners: number,
): Promise<Dealt> {
  await database.runFile("5_split_time.sql", {
    train_share: shares.train,
    val_share: shares.val,
  });
  const [cuts] = await database.rows<{ val_from: number | null; test_from: number | null }>(
    "SELECT getvariable('val_from') AS val_from, getvariable('test_from') AS test_from",
  );
  const [crowd] = await database.rows<{ arrival: number; together: number }>(
    "SELECT arrival, together FROM arrivals ORDER BY together DESC, arrival LIMIT 1",
  );
  if (cuts.val_from === null || cuts.test_from === null) {
    throw new InputError({
      doing: "splitting by time",
      found: `all ${counted(learners, "user")} arrive in one second, ${iso(crowd.arrival)}`,
      wanted: "users who come one after the other",
      next: "--split-by user",
    });
  }
  const rows = await database.rows<{ split: SplitName; n: number }>(
    "SELECT split, count(*) AS n FROM learners GROUP BY split",
  );
  const counts = SPLITS.map((split) => rows.find((row) => row.split === split)?.n ?? 0);
  const odd = SPLITS.some((split, i) =>
    Math.abs(counts[i] / learners - shares[split]) > TOLD_DIFFERENCE ||
    (counts[i] === 0 && shares[split] * learners >= 1)
  );
  const asked = SPLITS.map((split) => `${+(100 * shares[split]).toFixed(2)}`).join(", ");
  const warnings = odd
    ? [
      `train, val and test have ${counts.join(", ")} of ${
        counted(learners, "user")
      }, not ${asked} %: ` +
      `users who arrive in the same second stay together, and ${crowd.together} arrive at ` +
      iso(crowd.arrival),
    ]
    : [];
  return { cuts: { valFrom: cuts.val_from, testFrom: cuts.test_from }, warnings };
}

/** Epoch seconds as ISO 8601. */
export function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

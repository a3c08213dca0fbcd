/**
 * From a raw interaction log to the data folder of the models: sessions, pairs, splits, episodes.
 * DuckDB does the work on disk, by the steps in sql/; what SQL cannot say exactly (NumPy's shuffle
 * and quantiles) is done here.
 */
import { dealUsers } from "../dataset/deal_users.ts";
import { datasetFiles } from "../dataset/read_dataset.ts";
import { SPLITS } from "../dataset/dataset.ts";
import { InputError } from "../errors/input_error.ts";
import { makeFolder, writeAtomic, writeJson } from "../files/atomic.ts";
import { writeFolder } from "../files/write_folder.ts";
import type { Database } from "./database.ts";
import { openDuckDb } from "./duckdb.ts";
import { findInputs, fingerprint } from "./inputs.ts";
import { checkOptions, type PrepareOptions } from "./options.ts";
import { readLog } from "./read_log.ts";
import { makeReport, type PrepareReport } from "./report.ts";

/** What a prepared folder holds, and nothing else. */
const PREPARED_NAMES: readonly string[] = [
  "vocab",
  "pairs",
  "episodes",
  "prepare.json",
  "synthetic.json",
];

/** Later than any time. */
const NEVER = 2n ** 62n;

/**
 * Writes the data folder `options.out` and returns its `prepare.json`. The folder appears, or is
 * replaced, whole at the end. `progress` is told of each stage. @throws InputError for whatever is
 * wrong with the options, the input or the disk; the reason of `signal` when it is aborted.
 */
export async function prepare(
  options: PrepareOptions,
  progress: (message: string) => void = () => {},
  signal?: AbortSignal,
): Promise<PrepareReport> {
  checkOptions(options);
  const write = async (folder: string) => {
    const work = `${folder}/work`;
    await makeFolder(work);
    const database = await openDuckDb(work, options, signal);
    try {
      const report = await prepareInto(folder, database, options, progress, signal);
      await writeJson(`${folder}/prepare.json`, report);
      return report;
    } finally {
      database.close();
      await Deno.remove(work, { recursive: true });
    }
  };
  return await writeFolder(options.out, { owned: PREPARED_NAMES }, write, signal);
}

async function prepareInto(
  folder: string,
  database: Database,
  options: PrepareOptions,
  progress: (message: string) => void,
  signal?: AbortSignal,
): Promise<PrepareReport> {
  const inputs = await findInputs(options.inputs, options.format);
  const fingerprints = [];
  for (const input of inputs) {
    fingerprints.push({ ...await fingerprint(input.path, signal), format: input.format });
  }
  await database.runFile("0_start.sql");
  const log = await readLog(database, inputs, options, progress);
  await database.runFile("2_names.sql", { min_item_count: options.minItemCount });
  await writeVocabulary(database, `${folder}/vocab/course2id.json`);
  await database.runFile("3_events.sql");
  progress("sorted the events");
  await cutSessions(database, options, progress);
  const cuts = await split(database, options);
  // several would hold back, in memory, what they have written ahead of its turn
  await database.run("SET threads = 1");
  await makeFolder(`${folder}/pairs`);
  await makeFolder(`${folder}/episodes`);
  for (const split of SPLITS) {
    const until = { train: cuts?.valFrom, val: cuts?.testFrom, test: undefined }[split] ?? NEVER;
    const path = (name: string) => `${folder}/${name}`;
    await database.runFile("6_pairs.sql", {
      split,
      until,
      path: path(datasetFiles(1, 1).pairs[split]),
    });
    await database.runFile("8_statistics.sql", { split, until });
    for (const k of options.k) {
      for (const q of options.q) {
        const variables = {
          split,
          until,
          k,
          q,
          all_windows: split === "train",
          path: path(datasetFiles(k, q).episodes[split]),
        };
        await database.runFile("7_episodes.sql", variables);
      }
    }
    progress(`wrote ${split}`);
  }
  return await makeReport(database, options, { folder, inputs: fingerprints, log, cuts });
}

/** Steps 3 and 4 of the specification, a range of users at a time. */
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
  const gap = Math.round(options.gapMinutes * 60e6);
  for (const { first_user, last_user } of ranges) {
    await database.runFile("4_sessions.sql", {
      first_user,
      last_user,
      gap,
      min_user_pairs: options.minUserPairs,
    });
    progress(`cut sessions of ${(last_user + 1).toLocaleString("en")} users`);
  }
}

/**
 * Deals the learners to the splits; by time, tells from when on each next split begins (seconds).
 */
async function split(
  database: Database,
  options: PrepareOptions,
): Promise<{ valFrom: number; testFrom: number } | undefined> {
  const [{ learners }] = await database.rows<{ learners: number }>(
    "SELECT count(*) AS learners FROM learners",
  );
  if (learners === 0) {
    throw new InputError({
      doing: "making pairs",
      found: "no session has two different courses one after the other",
      wanted: "at least one",
      next: "look at the columns named and at --gap-minutes, --min-item-count and --min-user-pairs",
    });
  }
  if (options.splitBy === "time") {
    await database.runFile("5_split_time.sql", {
      train_share: options.shares.train,
      val_share: options.shares.val,
    });
    const [cuts] = await database.rows<{ val_from: number; test_from: number }>(
      "SELECT getvariable('val_from') AS val_from, getvariable('test_from') AS test_from",
    );
    return { valFrom: cuts.val_from, testFrom: cuts.test_from };
  }
  await database.run("CREATE TABLE dealt (place BIGINT, split VARCHAR)");
  const dealt = dealUsers(learners, options.shares, options.seed);
  await database.append("dealt", dealt.map((split, place) => [BigInt(place), split]));
  await database.runFile("5_split_users.sql");
}

/**
 * `{course: id}` written by hand: a JavaScript object would put names that look like numbers first.
 */
async function writeVocabulary(database: Database, path: string): Promise<void> {
  const items = await database.rows<{ item: string; item_no: number }>(
    "SELECT item, item_no FROM items ORDER BY item_no",
  );
  const lines = items.map(({ item, item_no }) => `  ${JSON.stringify(item)}: ${item_no}`);
  await writeAtomic(path, `{\n${lines.join(",\n")}\n}`);
}

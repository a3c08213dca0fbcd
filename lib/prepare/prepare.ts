/**
 * From a raw interaction log to the data folder of the models: sessions, pairs, splits, episodes.
 * DuckDB does the work on disk, by the steps in sql/; what SQL cannot say exactly (NumPy's shuffle
 * and quantiles) is done here.
 */
import { datasetFiles } from "../dataset/read_dataset.ts";
import { LABEL_TIMES, type SplitName, SPLITS } from "../dataset/dataset.ts";
import { makeFolder, writeJson } from "../files/atomic.ts";
import { host } from "../files/host.ts";
import { writeFolder } from "../files/write_folder.ts";
import type { Database } from "./database.ts";
import { openDuckDb } from "./duckdb.ts";
import { findInputs } from "./inputs/find_inputs.ts";
import { bytesOf, checkOptions, type PrepareOptions } from "./options.ts";
import { type LogReport, type Reading, readLog } from "./read_log.ts";
import { makeReport, type PrepareReport, untilOf } from "./report.ts";
import { cutAllSessions } from "./sessions.ts";
import { type Cuts, splitLearners } from "./split.ts";
import { episodeWarnings, nameWarnings, spanOf, timeWarnings } from "./warnings.ts";
import { useVocabulary, writeVocabulary } from "./vocabulary.ts";

/** What a prepared folder holds, and nothing else. */
const PREPARED_NAMES: readonly string[] = [
  "vocab",
  "pairs",
  "episodes",
  "prepare.json",
  "synthetic.json",
];

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
      const reading = { database, folder: work, options, progress, signal };
      const report = await prepareInto(folder, reading);
      await writeJson(`${folder}/prepare.json`, report);
      return report;
    } finally {
      database.close();
      await host.remove(work, { recursive: true });
    }
  };
  return await writeFolder(options.out, { owned: PREPARED_NAMES }, write, signal);
}

async function prepareInto(folder: string, reading: Reading): Promise<PrepareReport> {
  const { database, options, progress } = reading;
  const inputs = await findInputs(options.inputs, options.userFromFilename);
  await database.runFile("0_start.sql");
  const log = await readLog(reading, inputs);
  const warnings = [...log.warnings];
  const warn = (...messages: string[]) => {
    warnings.push(...messages);
    for (const message of messages) progress(`!! ${message}`);
  };
  log.warnings.forEach((message) => progress(`!! ${message}`));
  await makeEvents(reading, log, warn);
  await writeVocabulary(database, `${folder}/vocab/course2id.json`);
  progress("sorted the events");
  await cutAllSessions(reading, () => writeVocabulary(database, `${folder}/vocab/course2id.json`));
  const { cuts, warnings: unequal } = await splitLearners(database, options);
  warn(...unequal, ...await episodeWarnings(database, options, cuts));
  await writeSplits(folder, reading, cuts);
  const report = await makeReport(database, options, { folder, log, cuts, warnings });
  report.warnings.slice(warnings.length).forEach((message) => progress(`!! ${message}`));
  return report;
}

async function makeEvents(
  { database, options, progress }: Reading,
  log: LogReport,
  warn: (...messages: string[]) => void,
): Promise<void> {
  const itemCount = options.vocabulary === undefined ? options.minItemCount : 1;
  await database.runFile("2_names.sql", { min_item_count: itemCount });
  warn(...await nameWarnings(database));
  if (options.vocabulary !== undefined) await useVocabulary(database, options.vocabulary);
  await database.runFile("3_events.sql");
  if (options.order === "row") await database.runFile("3_places.sql");
  if (options.order !== undefined) return;
  const span = await spanOf(database);
  if (span === undefined || log.rows === log.badRows) return;
  progress(`times from ${span.first} to ${span.last}`);
  warn(...timeWarnings(span, options));
}

async function writeSplits(folder: string, reading: Reading, cuts?: Cuts): Promise<void> {
  const { database, options, progress } = reading;
  const ordered = options.order !== undefined;
  // several would hold back, in memory, what they have written ahead of its turn
  await database.run("SET threads = 1");
  await makeFolder(`${folder}/pairs`);
  await makeFolder(`${folder}/episodes`);
  for (const split of SPLITS) {
    const until = untilOf(cuts)[split];
    const path = (name: string) => `${folder}/${name}`;
    await database.runFile("6_pairs.sql", {
      split,
      until,
      meaning: ordered ? LABEL_TIMES.places : LABEL_TIMES.seconds,
      group_rows: await groupRows(database, split, options.memory),
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
          ordered,
          all_windows: split === "train",
          path: path(datasetFiles(k, q).episodes[split]),
        };
        await database.runFile("7_episodes.sql", variables);
      }
    }
    progress(`wrote ${split}`);
  }
}

/** Rows that a row group of pairs has at most, and at least: one vector of the database. */
const [MOST_GROUP_ROWS, VECTOR_ROWS] = [20_480, 2048];

/** Rows of a row group of pairs, so that those of the longest session take an eighth of memory. */
async function groupRows(database: Database, split: SplitName, memory: string): Promise<number> {
  const [{ longest }] = await database.rows<{ longest: number | null }>(
    `SELECT max(len(items)) AS longest FROM sessions WHERE split = '${split}'`,
  );
  const rows = bytesOf(memory) / 8 / (8 * Math.max(1, longest ?? 1));
  const vectors = Math.floor(Math.min(rows, MOST_GROUP_ROWS) / VECTOR_ROWS);
  return VECTOR_ROWS * Math.max(1, vectors);
}

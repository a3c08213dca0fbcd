/** `prepare.json`: what was read, what became of it, and what came out. */
import { LABEL_TIMES, type SplitName, SPLITS } from "../dataset/dataset.ts";
import { datasetFiles } from "../dataset/read_dataset.ts";
import { host } from "../files/host.ts";
import { VERSION } from "../terminal/terminal.ts";
import { type Accounts, accountsOf } from "./accounts.ts";
import { type Database, literal } from "./database.ts";
import { findLeaks, type LeakReport } from "./leaks.ts";
import type { PrepareOptions } from "./options.ts";
import { type Bar, quantile } from "./quantiles.ts";
import type { LogReport, ReadInput } from "./read_log.ts";
import { type Cuts, iso } from "./split.ts";
import { spanOf } from "./warnings.ts";

/** Version of the file's layout. */
const PREPARE_SCHEMA = 1;

/** One split in numbers. */
export interface SplitReport {
  readonly users: number;
  readonly pairs: number;
  /** By "K5_Q10". */
  readonly episodes: Readonly<Record<string, number>>;
  /** p50, p90 and p99 as NumPy's `quantile`; null where the split is empty. */
  readonly prefix_len: {
    readonly p50: number | null;
    readonly p90: number | null;
    readonly p99: number | null;
    readonly max: number | null;
  };
  /** The share of pairs whose label is in their prefix already. */
  readonly repeat_rate: number | null;
}

/** The contents of `prepare.json`. */
export interface PrepareReport {
  readonly schema_version: number;
  readonly inputs: readonly ReadInput[];
  readonly options: Omit<PrepareOptions, "inputs" | "out">;
  readonly split_policy: {
    readonly by: string;
    /** In words, for who reads the file alone. */
    readonly meaning: string;
    /** Time cuts in epoch seconds and ISO 8601; absent by user. */
    readonly val_from?: number;
    readonly val_from_iso?: string;
    readonly test_from?: number;
    readonly test_from_iso?: string;
  };
  /** What `label_ts_epoch` holds: epoch seconds, or with `--order` places. */
  readonly times: {
    readonly kind: typeof LABEL_TIMES[keyof typeof LABEL_TIMES];
    /** The column of the order, or "row". */
    readonly order?: string;
    readonly first?: string;
    readonly last?: string;
  };
  /** The lines of text files, each of which is one of these. */
  readonly lines: LogReport["lines"];
  readonly counts: Accounts & {
    /** Distinct (user, session, item, time). */
    readonly events: number;
    readonly courses: number;
    readonly sessions: number;
    readonly sessions_of_one_course: number;
    readonly skipped_same_time: number;
    readonly dropped_rare_users: number;
    readonly dropped_after_cut: number;
    /** In all splits. */
    readonly pairs: number;
    readonly users: number;
    readonly episodes: number;
  };
  readonly bad_rows_listed: LogReport["badRowsListed"];
  /** Every type of a XuetangX log, kept or not. */
  readonly event_types?: LogReport["eventTypes"];
  readonly splits: Readonly<Record<SplitName, SplitReport>>;
  readonly leaks: LeakReport;
  /** What is odd, in words. */
  readonly warnings: readonly string[];
  /** The ten most frequent labels of the training pairs. */
  readonly top_courses: readonly {
    readonly course: string;
    readonly id: number;
    readonly pairs: number;
    readonly share: number;
  }[];
  readonly versions: { readonly program: string; readonly deno: string; readonly duckdb: string };
}

/** What the stages found that the database does not hold. */
export interface Findings {
  readonly folder: string;
  readonly log: LogReport;
  readonly cuts?: Cuts;
  readonly warnings: readonly string[];
}

/** Later than any time. */
export const NEVER = 2n ** 62n;

/** From when on label times of a split are left out. */
export function untilOf(cuts: Cuts | undefined): Record<SplitName, bigint> {
  if (cuts === undefined) return { train: NEVER, val: NEVER, test: NEVER };
  return { train: BigInt(cuts.valFrom), val: BigInt(cuts.testFrom), test: NEVER };
}

/** Counts what the stages left in the database and in the folder. */
export async function makeReport(
  database: Database,
  options: PrepareOptions,
  findings: Findings,
): Promise<PrepareReport> {
  const { inputs: _, out: __, ...asked } = options;
  const stages = await database.rows<{ stage: string; n: number }>(
    "SELECT stage, sum(n)::BIGINT AS n FROM counts GROUP BY stage",
  );
  const stage = (name: string) => stages.find((row) => row.stage === name)?.n ?? 0;
  const one = async (query: string) => (await database.rows<{ n: number }>(query))[0].n;
  const splits = {} as Record<SplitName, SplitReport>;
  for (const split of SPLITS) splits[split] = await splitReport(database, options, findings, split);
  const sum = (of: (split: SplitReport) => number) =>
    SPLITS.reduce((total, split) => total + of(splits[split]), 0);
  const { log, cuts, warnings } = findings;
  const ordered = options.order !== undefined;
  const made = await one("SELECT coalesce(sum(len(lengths)), 0)::BIGINT AS n FROM sessions");
  const pairs = sum((split) => split.pairs);
  const untold = Object.entries(splits.test.episodes).filter(([name, n]) =>
    n === 0 && !warnings.some((told) => told.includes(words(name)))
  );
  const noEpisodes = untold.map(([name]) =>
    `no episode of test for ${words(name)}: in every one the support would not end before the ` +
    "queries begin"
  );
  return {
    schema_version: PREPARE_SCHEMA,
    inputs: log.inputs,
    options: asked,
    split_policy: policyOf(cuts, ordered),
    times: ordered
      ? { kind: LABEL_TIMES.places, order: options.order }
      : { kind: LABEL_TIMES.seconds, ...await spanOf(database) },
    lines: log.lines,
    counts: {
      ...await accountsOf(database, log),
      events: stage("distinct_events"),
      courses: await one("SELECT count(*) AS n FROM items"),
      sessions: stage("sessions"),
      sessions_of_one_course: stage("sessions_of_one_course"),
      skipped_same_time: stage("steps") - stage("steps_kept"),
      dropped_rare_users: stage("steps_kept") - made,
      dropped_after_cut: made - pairs,
      pairs,
      users: sum((split) => split.users),
      episodes: sum((split) => Object.values(split.episodes).reduce((total, n) => total + n, 0)),
    },
    bad_rows_listed: log.badRowsListed,
    ...(log.eventTypes === undefined ? {} : { event_types: log.eventTypes }),
    splits,
    leaks: await findLeaks(database, untilOf(cuts), ordered),
    warnings: [...warnings, ...noEpisodes],
    top_courses: await database.rows(
      `SELECT item AS course, label AS id, sum(pairs)::BIGINT AS pairs,
         sum(pairs) / ${splits.train.pairs} AS share
       FROM pair_counts JOIN items ON label = item_no WHERE split = 'train'
       GROUP BY ALL ORDER BY pairs DESC, id LIMIT 10`,
    ),
    versions: { program: VERSION, deno: host.version.deno, duckdb: database.version },
  };
}

async function splitReport(
  database: Database,
  options: PrepareOptions,
  { folder }: Findings,
  split: SplitName,
): Promise<SplitReport> {
  const bars: Bar[] = await database.rows(
    `SELECT prefix_len AS value, sum(pairs)::BIGINT AS count
     FROM pair_counts WHERE split = '${split}' GROUP BY prefix_len ORDER BY value`,
  );
  const pairs = bars.reduce((total, bar) => total + bar.count, 0);
  const [{ users }] = await database.rows<{ users: number }>(
    `SELECT count(*) AS users FROM learners WHERE split = '${split}'`,
  );
  const [{ repeats }] = await database.rows<{ repeats: number }>(
    `SELECT coalesce(sum(repeats), 0)::BIGINT AS repeats
     FROM pair_counts WHERE split = '${split}'`,
  );
  const episodes: Record<string, number> = {};
  for (const k of options.k) {
    for (const q of options.q) {
      const file = literal(`${folder}/${datasetFiles(k, q).episodes[split]}`);
      const [{ n }] = await database.rows<{ n: number }>(
        `SELECT sum(num_rows)::BIGINT AS n FROM parquet_file_metadata(${file})`,
      );
      episodes[`K${k}_Q${q}`] = n;
    }
  }
  const at = (share: number) => pairs === 0 ? null : quantile(bars, share);
  return {
    users,
    pairs,
    episodes,
    prefix_len: { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) },
    repeat_rate: pairs === 0 ? null : repeats / pairs,
  };
}

function policyOf(
  cuts: Findings["cuts"],
  ordered: boolean,
): PrepareReport["split_policy"] {
  if (cuts === undefined) {
    return {
      by: "user",
      meaning:
        "users in code-point order, shuffled by NumPy's RandomState(seed), dealt by shares; " +
        `splits share no user${ordered ? "" : " but may overlap in time"}`,
    };
  }
  return {
    by: "time",
    meaning:
      "users by the time of their first pair, dealt by shares; pairs of train and val from the " +
      "next split's beginning on are left out, so splits share neither user nor time and every " +
      "test user is new",
    val_from: cuts.valFrom,
    val_from_iso: iso(cuts.valFrom),
    test_from: cuts.testFrom,
    test_from_iso: iso(cuts.testFrom),
  };
}

/** "K5_Q10" as a sentence has it. */
function words(name: string): string {
  return name.replace(/K(\d+)_Q(\d+)/, "K=$1 and Q=$2");
}

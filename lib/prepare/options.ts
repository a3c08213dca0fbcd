/** What a preparation is asked to do, and what it refuses before anything is read. */
import type { SplitName } from "../dataset/dataset.ts";
import { InputError, show } from "../errors/input_error.ts";

/** How the input files are written. */
export const FORMATS = ["auto", "csv", "tsv", "ndjson", "parquet", "xuetangx"] as const;
/** One of the formats; "auto" goes by each file's name. */
export type Format = typeof FORMATS[number];

/** The names of the log's columns. */
export interface Columns {
  readonly user: string;
  readonly item: string;
  readonly time: string;
  /** Absent: sessions are cut by time. */
  readonly session?: string;
}

/** How users, and with them their pairs, are dealt to the splits. */
export const SPLIT_POLICIES = ["user", "time"] as const;
/**
 * "user": users in the order of their names, shuffled: the notebook's. "time": users by arrival,
 * and nothing of train or val from the next split's beginning on: no training pair is later than
 * any val or test pair, and test users are still new.
 */
export type SplitPolicy = typeof SPLIT_POLICIES[number];

/** Everything that decides what is written. */
export interface PrepareOptions {
  /**
   * Files or glob patterns, read in the order given; a pattern's files in the order of their names.
   */
  readonly inputs: readonly string[];
  /** The data folder to write; what it holds is replaced when all is done. */
  readonly out: string;
  readonly format: Format;
  readonly columns: Columns;
  /** Events kept from a XuetangX log: those whose type begins with one of these. */
  readonly eventPrefixes: readonly string[];
  /** A session without an id ends where more than this many minutes pass without an event. */
  readonly gapMinutes: number;
  readonly minUserPairs: number;
  readonly minItemCount: number;
  /** Shares of users in train and val; the rest is test. */
  readonly shares: Readonly<Record<SplitName, number>>;
  readonly splitBy: SplitPolicy;
  readonly k: readonly number[];
  readonly q: readonly number[];
  readonly seed: number;
  readonly onError: "stop" | "skip";
  /** DuckDB's memory limit. */
  readonly memory: string;
  readonly threads: number;
  /** Events in a batch of users while sessions are cut: what has to fit into memory at once. */
  readonly batchEvents: number;
}

/**
 * Beginnings of the XuetangX event types that are learning: watching a video and working on
 * problems. Everything else is left out: navigation (click_about, click_info, click_courseware,
 * click_progress, click_forum, close_courseware, close_forum), the forum (create_thread,
 * create_comment, delete_thread, delete_comment) and enrolment.
 */
export const LEARNING_EVENTS: readonly string[] = [
  "video",
  "load_video",
  "play_video",
  "pause_video",
  "seek_video",
  "stop_video",
  "speed_change_video",
  "problem",
  "reset_problem",
];

/** The values of options that are not given: the specification's. */
export const DEFAULTS = {
  format: "auto",
  columns: { user: "user_id", item: "item_id", time: "timestamp" },
  eventPrefixes: LEARNING_EVENTS,
  gapMinutes: 30,
  minUserPairs: 1,
  minItemCount: 1,
  shares: { train: 0.8, val: 0.1, test: 0.1 },
  splitBy: "user",
  k: [5],
  q: [10],
  seed: 20260107,
  onError: "stop",
  memory: "400MB",
  threads: 2,
  batchEvents: 250_000,
} as const satisfies Omit<PrepareOptions, "inputs" | "out">;

/** Refuses options that contradict themselves. @throws InputError naming the flag and the value. */
export function checkOptions(options: PrepareOptions): void {
  const { train, val, test } = options.shares;
  const shares = [train, val, test];
  if (
    !shares.every((share) => share >= 0 && share <= 1) || Math.abs(train + val + test - 1) > 1e-9
  ) {
    refuse(
      "split",
      shares.join(","),
      "three shares of the users that add up to 1, such as 0.8,0.1,0.1",
    );
  }
  for (const [flag, sizes] of [["k", options.k], ["q", options.q]] as const) {
    if (sizes.length === 0 || !sizes.every((size) => Number.isSafeInteger(size) && size >= 1)) {
      refuse(flag, sizes.join(","), "whole numbers from 1, such as 5,10");
    }
  }
  if (!(options.gapMinutes > 0)) refuse("gap-minutes", options.gapMinutes, "more than 0 minutes");
  if (!(Number.isSafeInteger(options.seed) && options.seed >= 0 && options.seed < 2 ** 32)) {
    refuse("seed", options.seed, "a whole number from 0 to 4294967295");
  }
  if (!/^\d+(\.\d+)?\s?([KMGT]i?B)$/i.test(options.memory)) {
    refuse("memory", options.memory, "a size such as 800MB or 2GB");
  }
}

function refuse(flag: string, value: unknown, wanted: string): never {
  throw new InputError({
    doing: `reading --${flag}`,
    found: `its value is ${show(value)}`,
    wanted,
  });
}

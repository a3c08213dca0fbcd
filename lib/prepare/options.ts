/** What a preparation is asked to do, and what it refuses before anything is read. */
import type { SplitName } from "../dataset/dataset.ts";
import { InputError, show } from "../errors/input_error.ts";
import { parseCharacter, parseSeparator } from "./text/dialect.ts";

/** How the input files are written, or where they come from. */
export const FORMATS = [
  "auto",
  "csv",
  "tsv",
  "ndjson",
  "json",
  "parquet",
  "xuetangx",
  "edx",
  "movielens",
  "recbole",
  "session-rec",
  "otto",
] as const;
/** One of the formats; "auto" goes by each file's name. */
export type Format = typeof FORMATS[number];

/** The names of the log's columns. What is absent, the format knows, or `COLUMN_NAMES`. */
export interface Columns {
  readonly user?: string;
  readonly item?: string;
  readonly time?: string;
  /** Absent: sessions are cut by time. */
  readonly session?: string;
  /** What kind of event a row is; rows whose type begins with none of `eventPrefixes` go. */
  readonly event?: string;
}

/** Where neither a flag nor the format names the columns. */
export const COLUMN_NAMES = { user: "user_id", item: "item_id", time: "timestamp" } as const;

/** What the number of a time counts. "auto": seconds, or by its size milliseconds and finer. */
export const TIME_UNITS = ["auto", "s", "ms", "us", "ns", "min", "h", "day", "excel"] as const;
/** One of the units. "excel": days from 1899-12-30, as a spreadsheet counts them. */
export type TimeUnit = typeof TIME_UNITS[number];

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
   * Files, folders or glob patterns, read in the order given; a pattern's and a folder's files in
   * the order of their names.
   */
  readonly inputs: readonly string[];
  /** The data folder to write; what it holds is replaced when all is done. */
  readonly out: string;
  readonly format: Format;
  /** Delimited text only; where absent, the format's. */
  readonly separator?: string;
  /** The first row names the columns; else they are called 1, 2, … by their place. */
  readonly header?: boolean;
  /** The character around fields, or "none". */
  readonly quote?: string;
  /** The character that takes the next one's meaning, or "none". */
  readonly escape?: string;
  /** Lists of a row, opened side by side into rows (JSON and Parquet). */
  readonly explode?: readonly string[];
  /** Every file is of one user, who is named by it. */
  readonly userFromFilename: boolean;
  readonly columns: Columns;
  /** The form of the times, in strptime's letters; absent: ISO 8601 and numbers. */
  readonly timeFormat?: string;
  readonly timeUnit: TimeUnit;
  /** Instead of times: the column that orders a user's events, or "row" for the log's own order. */
  readonly order?: string;
  /** Events kept where a type is known: those whose type begins with one of these; "*": all. */
  readonly eventPrefixes: readonly string[];
  /** A row without a user or an item is a bad one, or is left out; where absent, the format's. */
  readonly missing?: "bad" | "skip";
  /** A session without an id ends where more than this many minutes pass without an event. */
  readonly gapMinutes: number;
  readonly minUserPairs: number;
  readonly minItemCount: number;
  /** The folder or file whose course ids count; events of other courses go. */
  readonly vocabulary?: string;
  /** Shares of users in train and val; the rest is test. */
  readonly shares: Readonly<Record<SplitName, number>>;
  readonly splitBy: SplitPolicy;
  readonly k: readonly number[];
  readonly q: readonly number[];
  readonly seed: number;
  readonly onError: "stop" | "skip";
  /**
   * Bad rows that "skip" leaves out before it stops all the same: "500" or "2%"; absent: 100, or
   * 0.1 % of a log that is longer than that.
   */
  readonly maxBad?: string;
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
  columns: {},
  userFromFilename: false,
  timeUnit: "auto",
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
  bytesOf(options.memory);
  if (options.separator !== undefined) parseSeparator(options.separator);
  if (options.quote !== undefined) parseCharacter("quote", options.quote);
  if (options.escape !== undefined) parseCharacter("escape", options.escape);
  if (options.maxBad !== undefined) parseMaxBad(options.maxBad);
  checkTogether(options);
}

/** A size as the database writes it, "400MB", in bytes. @throws InputError for another text. */
export function bytesOf(memory: string): number {
  const [, number, unit, binary] = /^(\d+(?:\.\d+)?)\s?([KMGT])(i?)B$/i.exec(memory) ?? [];
  if (number === undefined) refuse("memory", memory, "a size such as 800MB or 2GB");
  const power = "KMGT".indexOf(unit.toUpperCase()) + 1;
  return Number(number) * (binary === "" ? 1000 : 1024) ** power;
}

/** Options that exclude each other. */
function checkTogether(options: PrepareOptions): void {
  const { order, columns, timeFormat, timeUnit, splitBy, vocabulary, minItemCount } = options;
  const together = (a: string, b: string, why: string): never => {
    throw new InputError({ doing: `reading --${a}`, found: `--${b} is given too`, wanted: why });
  };
  if (order !== undefined) {
    const why = "one of them: with --order the log has no times";
    if (columns.time !== undefined) together("order", "time", why);
    if (timeFormat !== undefined) together("order", "time-format", why);
    if (timeUnit !== "auto") together("order", "time-unit", why);
    if (splitBy === "time") together("order", "split-by time", why);
  }
  if (timeFormat !== undefined && timeUnit !== "auto") {
    together("time-format", "time-unit", "one of them: a form for texts or a unit for numbers");
  }
  if (options.userFromFilename && columns.user !== undefined) {
    together("user-from-filename", "user", "one of them");
  }
  if (vocabulary !== undefined && minItemCount > 1) {
    together("vocabulary", "min-item-count", "one of them: the vocabulary says which items stay");
  }
}

/** How many bad rows of `rows` are too many. */
export function badRowLimit(maxBad: string | undefined, rows: number): number {
  if (maxBad === undefined) return Math.max(100, 0.001 * rows);
  const { number, percent } = parseMaxBad(maxBad);
  return percent ? number / 100 * rows : number;
}

/** "500" or "2%". @throws InputError for another text. */
function parseMaxBad(text: string): { number: number; percent: boolean } {
  const [, number, sign] = /^\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/.exec(text) ?? [];
  if (number === undefined || (sign === "" && !/^\d+$/.test(number))) {
    refuse("max-bad", text, "a number of rows or a share of them, such as 500 or 2%");
  }
  return { number: Number(number), percent: sign === "%" };
}

function refuse(flag: string, value: unknown, wanted: string): never {
  throw new InputError({
    doing: `reading --${flag}`,
    found: `its value is ${show(value)}`,
    wanted,
  });
}

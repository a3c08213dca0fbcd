/** Bad rows: found in the database, placed in their file, told in words, counted in full. */
import { counted } from "../errors/counted.ts";
import { InputError, show } from "../errors/input_error.ts";
import { WITHOUT_TIMES } from "./columns.ts";
import type { Database } from "./database.ts";
import { badRowLimit, type PrepareOptions } from "./options.ts";
import { timeForms } from "./time_forms.ts";

/** A row that cannot be used. */
export interface BadRow {
  readonly file: string;
  /** "line 7", "row 7" (Parquet) or a course, user and session (XuetangX). */
  readonly place: string;
  /** What is wrong, with the value. */
  readonly fault: string;
}

/** A bad row, with what may be done about it. */
export interface ToldBadRow extends BadRow {
  readonly next?: string;
}

/** Bad rows of a stretch of the log: how many, and the first of them. */
export interface FoundBadRows {
  readonly count: number;
  readonly rows: readonly ToldBadRow[];
}

/** All bad rows of a preparation. */
export interface BadRows {
  readonly count: number;
  /** The first hundred. */
  readonly listed: readonly BadRow[];
  /** How many of the next ones are to be told in words. */
  readonly wanted: number;
  /** @throws InputError for the first one unless bad rows are to be left out, or are too many. */
  add(found: FoundBadRows): void;
  /** @throws InputError when they are too many of so many rows. */
  checkShare(rows: number): void;
}

/** Bad rows that a report lists; it counts all. */
const LISTED = 100;

/** An empty list, under the rules of `--on-error` and `--max-bad`. */
export function badRowList(options: PrepareOptions): BadRows {
  const { onError, maxBad } = options;
  const listed: ToldBadRow[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    get listed() {
      return listed.map(({ file, place, fault }) => ({ file, place, fault }));
    },
    get wanted() {
      return onError === "stop" ? 1 : LISTED - listed.length;
    },
    add(found) {
      count += found.count;
      listed.push(...found.rows.slice(0, LISTED - listed.length));
      if (count === 0) return;
      if (onError === "stop") throw badRowError(listed[0], found.count, options);
      // a share can be told only at the end
      if (maxBad !== undefined && !maxBad.includes("%")) check(Infinity);
    },
    checkShare: check,
  };

  function check(rows: number): void {
    if (count <= badRowLimit(maxBad, rows)) return;
    const few = listed.slice(0, 3).map(({ place, fault }) => `${place}: ${fault}`).join("; ");
    const share = Number.isFinite(rows) ? ` (${(100 * count / rows).toFixed(2)} % of all)` : "";
    const wanted = maxBad === undefined
      ? "at most 100, or 0.1 % of a longer log"
      : `at most ${maxBad}`;
    throw new InputError({
      doing: `reading ${listed[0].file}`,
      found: `${counted(count, "row is", "rows are")} bad${share}, the first: ${few}`,
      wanted,
      next: `${listed[0].next ?? "look at how the log is written"}; --max-bad allows more`,
    });
  }
}

/** The error that a bad row is when bad rows are not left out; `count` is how many came with it. */
function badRowError(bad: ToldBadRow, count: number, options: PrepareOptions): InputError {
  const more = count > 1 ? ` (and ${counted(count - 1, "more bad row")} so far)` : "";
  const times = options.order === undefined ? `a time (${formsOf(options)})` : "a place";
  return new InputError({
    doing: `reading ${bad.file}`,
    found: `${bad.place}: ${bad.fault}${more}`,
    wanted: `rows with a user, an item and ${times}`,
    next: `${
      bad.next ?? "correct the row"
    }; --on-error skip leaves bad rows out, counts and lists them`,
  });
}

function formsOf({ timeFormat, timeUnit }: PrepareOptions): string {
  if (timeFormat !== undefined) return `in the form ${timeFormat}`;
  if (timeUnit !== "auto") return `in numbers of ${timeUnit}`;
  return "epoch seconds or milliseconds, ISO 8601, or YYYY-MM-DD HH:MM:SS";
}

/** What rows came from, for messages. */
export interface Origin {
  /** The columns as they were named; absent where a value does not come from one. */
  readonly names: {
    readonly user?: string;
    readonly item: string;
    /** The time's, or that of the order. */
    readonly time?: string;
  };
  /** Rows are ordered, not timed. */
  readonly ordered: boolean;
  readonly missing: "bad" | "skip";
}

/** Where rows of the log lie in their files. */
export interface Whereabouts {
  /** Of the rows that never came into the log: the first of them, and how many. */
  readonly rejects: readonly ToldBadRow[];
  readonly rejectCount: number;
  /** The place of a row of the log, counted from 0 or by its own `place`. */
  readonly at: (row: LoggedRow) => { readonly file: string; readonly place: string };
  /** Orders places as their files have them; absent where rejects come first. */
  readonly order?: (a: ToldBadRow, b: ToldBadRow) => number;
  /** The fields that the row has, where it has none of those that are wanted; JSON only. */
  readonly fields?: (row: LoggedRow) => readonly string[];
  /** Those of the wanted fields that are lists, or lie in lists; JSON only. */
  readonly lists?: (row: LoggedRow) => readonly string[];
}

/** A row as the log has it. */
export interface LoggedRow {
  /** From 0. */
  readonly row: number;
  readonly user_id: string | null;
  readonly item: string | null;
  readonly session_id: string | null;
  readonly time: number | null;
  readonly written: string | null;
  readonly fault: string | null;
}

/** The rows of the log that are bad ones, as SQL. */
export function isBad(missing: "bad" | "skip"): string {
  return missing === "bad"
    ? "(user_id IS NULL OR item IS NULL OR time IS NULL)"
    : "(fault IS NOT NULL OR (user_id IS NOT NULL AND item IS NOT NULL AND time IS NULL))";
}

/** The bad rows of the log from rowid `first` on; at most `wanted` of them in words. */
export async function badRowsOf(
  database: Database,
  first: number,
  origin: Origin,
  whereabouts: Whereabouts,
  wanted: number,
): Promise<FoundBadRows> {
  const bad = `rowid >= ${first} AND ${isBad(origin.missing)}`;
  const [{ n }] = await database.rows<{ n: number }>(`SELECT count(*) AS n FROM log WHERE ${bad}`);
  const logged = n === 0 || wanted === 0 ? [] : await database.rows<LoggedRow>(
    `SELECT coalesce(place, rowid - ${first}) AS row, * EXCLUDE (place)
     FROM log WHERE ${bad} ORDER BY rowid LIMIT ${wanted}`,
  );
  const { rejects, rejectCount, at, order } = whereabouts;
  const rows = [
    ...rejects,
    ...logged.map((row) => ({ ...at(row), ...faultOf(row, origin, whereabouts) })),
  ];
  return {
    count: n + rejectCount,
    rows: (order === undefined ? rows : rows.sort(order)).slice(0, wanted),
  };
}

const MISSING_HINT = "correct the row, or --missing skip where such rows are ordinary";

function faultOf(
  row: LoggedRow,
  origin: Origin,
  { fields, lists }: Whereabouts,
): { fault: string; next?: string } {
  const { names, ordered } = origin;
  if (row.fault !== null) {
    return { fault: row.fault, next: hintOf(row.fault, origin, lists?.(row)) };
  }
  const nothing = row.user_id === null && row.item === null && row.time === null &&
    row.written === null;
  if (nothing && fields !== undefined) {
    const wanted = Object.values(names).map((name) => show(name)).join(", ");
    const own = fields(row);
    return {
      fault: `it is no JSON object with ${wanted}${
        own.length === 0 ? "" : `; its fields are ${own.join(", ")}`
      }`,
      next: own.length === 0 ? undefined : "--user, --item and --time with the names of fields",
    };
  }
  if (row.user_id === null) return { fault: `no user in ${show(names.user)}`, next: MISSING_HINT };
  if (row.item === null) return { fault: `no item in ${show(names.item)}`, next: MISSING_HINT };
  const [value, column] = [show(row.written), show(names.time)];
  if (ordered) {
    const fault = row.written === null
      ? `no place in ${column}`
      : `${value} in ${column} is no place, which is a whole number`;
    return { fault };
  }
  if (row.written === null) {
    const next = `correct the row, or --time with the name of a field; ${WITHOUT_TIMES}`;
    return { fault: `no time in ${column}`, next: fields && next };
  }
  return { fault: `${value} in ${column} is no time`, next: timeHint(row.written) };
}

function timeHint(written: string): string {
  const [form, other] = timeForms(written);
  const example = form ?? "%d/%m/%Y %H:%M";
  const either = other === undefined ? "" : ` (or '${other}', where the month comes first)`;
  return `correct the row, or say how times are written: --time-format '${example}'${either}` +
    (form === undefined ? ", or --time-unit" : "");
}

function hintOf(
  fault: string,
  { names, ordered }: Origin,
  lists: readonly string[] = [],
): string | undefined {
  if (fault.includes(" holds a list: ")) {
    return `--explode ${lists.join(",")}, which opens lists into rows`;
  }
  if (!fault.includes(" holds an object: ")) return undefined;
  const [, field = "…"] = / holds an object: \{\s*"([^"]+)"/.exec(fault) ?? [];
  const flags = { user: "user", item: "item", time: ordered ? "order" : "time" } as const;
  const roles = Object.entries(names) as [keyof typeof flags, string | undefined][];
  const [role, name] = roles.find(([, name]) => fault.startsWith(`${show(name)} `)) ?? [];
  const flag = role === undefined ? "" : `: --${flags[role]} '${name}.${field}'`;
  return `the name of a field inside it, with a dot${flag}`;
}

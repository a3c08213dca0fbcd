/** What is odd about a log and what comes of it, though nothing is wrong that could be refused. */
import { SPLITS } from "../dataset/dataset.ts";
import { show } from "../errors/input_error.ts";
import type { Database } from "./database.ts";
import type { PrepareOptions } from "./options.ts";
import type { Cuts } from "./split.ts";

/** The first and last time of a log, to the second. */
export interface Span {
  readonly first: string;
  readonly last: string;
}

/** Before this no log of a platform was written. */
const EARLIEST = "1990";

/** The first and last time of the events; undefined where there are none. */
export async function spanOf(database: Database): Promise<Span | undefined> {
  const [span] = await database.rows<{ first: string | null; last: string | null }>(
    `SELECT strftime(make_timestamp(first_time), '%Y-%m-%d %H:%M:%S') AS first,
       strftime(make_timestamp(last_time), '%Y-%m-%d %H:%M:%S') AS last FROM span`,
  );
  const { first, last } = span;
  return first === null || last === null ? undefined : { first, last };
}

/** What is odd about the times: outside 1990 to now, numbers are seldom what they are taken for. */
export function timeWarnings(
  { first, last }: Span,
  { timeUnit, timeFormat }: PrepareOptions,
  now = new Date(),
): string[] {
  const tomorrow = new Date(now.getTime() + 86_400_000).toISOString().replace("T", " ");
  if (first >= EARLIEST && last <= tomorrow) return [];
  // days and hours of a course are counted from its beginning, and so is meant what is said
  if (timeUnit === "day" || timeUnit === "h" || timeUnit === "min") return [];
  const told = timeFormat !== undefined || timeUnit !== "auto";
  const remedy = told
    ? "look at --time-format and --time-unit"
    : "numbers are taken for seconds (or, by their size, milliseconds): for day numbers try " +
      "--time-unit day, for a spreadsheet's --time-unit excel, for 20191231 --time-format '%Y%m%d'";
  return [`times lie outside 1990 to now, from ${first} to ${last}; ${remedy}`];
}

/** Names that stand for nothing in some program. */
const NOTHINGS = ["NULL", "null", "NaN", "nan", "None", "none", "NA", "N/A", "\\N", "undefined"];

/** What is odd about the names of users and items. */
export async function nameWarnings(database: Database): Promise<string[]> {
  const warnings: string[] = [];
  const list = NOTHINGS.map((name) => `'${name}'`).join(", ");
  for (const [table, column, what] of [["users", "user_id", "user"], ["items", "item", "item"]]) {
    const nothings = await database.rows<{ name: string }>(
      `SELECT ${column} AS name FROM ${table} WHERE ${column} IN (${list}) ORDER BY name`,
    );
    for (const { name } of nothings) {
      warnings.push(
        `${show(name)} is taken for the name of one ${what}; if it stands for ` +
          "nothing, leave those rows out of the log",
      );
    }
    const [doubles] = await database.rows<{ n: number; name: string | null }>(
      `SELECT count(*) AS n, min(${column}) AS name FROM ${table}
       WHERE ${column} LIKE '%.0' AND regexp_full_match(${column}, '\\d+\\.0')
         AND left(${column}, -2) IN (SELECT ${column} FROM ${table})`,
    );
    if (doubles.name !== null) {
      warnings.push(
        `${doubles.n} ${what}s are written as whole numbers and with .0, such as ` +
          `${show(doubles.name)}: they count as different ${what}s`,
      );
    }
  }
  return warnings;
}

/** K and Q of which a split has no episode, and what would work. */
export async function episodeWarnings(
  database: Database,
  { k: ks, q: qs }: PrepareOptions,
  cuts?: Cuts,
): Promise<string[]> {
  const untils = [cuts?.valFrom, cuts?.testFrom, undefined];
  const most: number[] = [];
  for (const [i, split] of SPLITS.entries()) {
    const until = untils[i] === undefined ? "" : `WHERE time < ${untils[i]}`;
    const [{ n }] = await database.rows<{ n: number }>(
      `SELECT coalesce(max(n), 0) AS n FROM (
         SELECT user_no, count(*) AS n
         FROM (SELECT user_no, unnest(times) AS time FROM learners WHERE split = '${split}')
         ${until} GROUP BY user_no)`,
    );
    most.push(n);
  }
  const warnings: string[] = [];
  for (const k of ks) {
    for (const q of qs) {
      const without = SPLITS.flatMap((split, i) =>
        most[i] < k + q && split !== "val" ? [{ split, most: most[i] }] : []
      );
      if (without.length === 0) continue;
      const splits = without.map(({ split }) => split).join(" and ");
      const largest = without.map(({ split, most }) => `${most} in ${split}`).join(" and ");
      const least = Math.min(...without.map(({ most }) => most));
      const remedy = least < 2 ? "no K and Q works" : `K + Q up to ${least} works`;
      warnings.push(
        `no episode of ${splits} for K=${k} and Q=${q}: it takes ${k + q} pairs of one user, and ` +
          `the most that one has is ${largest}; ${remedy}`,
      );
    }
  }
  return warnings;
}

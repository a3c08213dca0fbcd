/** The rows of a source as SQL: the select list that every reader fills. */
import { show } from "../errors/input_error.ts";
import { literal } from "./database.ts";
import type { Role } from "./columns.ts";
import { placeOfText, timeOfText, type TimeSql } from "./times.ts";

/** Expressions for one row of the log, over `from`. */
export interface RowSql {
  readonly user: string;
  readonly item: string;
  readonly session?: string;
  /** Absent with `--order row`. */
  readonly time?: TimeSql;
  /** The type of the event, by which rows are chosen. */
  readonly event?: string;
  /** Texts or NULLs: what is wrong with the row beside what is missing. */
  readonly faults: readonly string[];
  /** The number of the row that it was opened from, where rows are opened. */
  readonly place?: string;
  /** Says whether the row stands for lists that hold nothing. */
  readonly empty?: string;
  /** What stands behind FROM. */
  readonly from: string;
}

/** A row whose values are texts, by their roles: a place among the rows is its time without one. */
export function rowOfTexts(
  values: ReadonlyMap<Role, string>,
  rest: Pick<RowSql, "faults" | "place" | "empty" | "from">,
): RowSql {
  const time = values.get("time");
  const order = values.get("order");
  const isOrder = order === undefined ? undefined : placeOfText(order);
  return {
    user: values.get("user")!,
    item: values.get("item")!,
    session: values.get("session"),
    time: time === undefined ? isOrder : timeOfText(time),
    event: values.get("event"),
    ...rest,
  };
}

/** The query of `source` (as sql/1_log.sql wants it), or of `opened` (as sql/1_opened.sql). */
export function selectRows(row: RowSql, opened: boolean): string {
  const { user, item, session, time, event, faults, place, empty, from } = row;
  const fault = faults.length === 0 ? "NULL::VARCHAR" : `coalesce(${faults.join(", ")})`;
  const columns = [
    `${user} AS user_id`,
    `${item} AS item`,
    `${session ?? "NULL::VARCHAR"} AS session_id`,
    // without times the places come later, from the order of the rows
    `${time?.microseconds ?? "0::BIGINT"} AS time`,
    `${time?.written ?? "NULL::VARCHAR"} AS written`,
    `${fault} AS fault`,
    `${opened && place !== undefined ? place : "NULL::BIGINT"} AS place`,
    ...opened ? [`${event ?? "NULL::VARCHAR"} AS type`, `${empty ?? "false"} AS empty`] : [],
  ];
  return `SELECT ${columns.join(", ")} FROM ${from}`;
}

/** A lists' opening: which, and what is wrong where they do not fit together. */
export interface ListsSql {
  /** The lists' names, for messages. */
  readonly names: readonly string[];
  /** Each list as an expression; NULL where there is none. */
  readonly lists: readonly string[];
  /** Says whether all of them are lists; absent where their types say so. */
  readonly areLists?: string;
  /** What stands behind FROM. */
  readonly from: string;
}

/**
 * What stands behind FROM to open lists side by side: `from`'s columns, `element_1`, `element_2`,
 * …, `empty` and `list_fault`. Every row is there at least once.
 */
export function openLists({ names, lists, areLists, from }: ListsSql): string {
  const shown = literal(`no list in ${names.map((name) => show(name)).join(" and in ")}`);
  const lengths = lists.map((_, i) => `len(list_${i + 1})`);
  const unequal = lengths.slice(1).map((length) => `${length} <> ${lengths[0]}`).join(" OR ");
  const counts = lengths.join(" || ' and ' || ");
  const faults = [
    areLists === undefined ? "" : `WHEN NOT coalesce(${areLists}, false) THEN ${shown}`,
    unequal === "" ? "" : `WHEN ${unequal} THEN 'lists of ' || ${counts} || ' values'`,
  ].join(" ");
  const fault = faults.trim() === "" ? "NULL::VARCHAR" : `CASE ${faults} END`;
  const named = lists.map((list, i) => `${list} AS list_${i + 1}`).join(", ");
  const elements = lists.map((_, i) =>
    `unnest(CASE WHEN list_fault IS NULL AND NOT empty THEN list_${i + 1} ELSE [NULL] END) ` +
    `AS element_${i + 1}`
  ).join(", ");
  return `(
    SELECT *, ${elements} FROM (
      SELECT *, list_fault IS NULL AND coalesce(${lengths[0]}, 0) = 0 AS empty FROM (
        SELECT *, ${fault} AS list_fault FROM (SELECT *, ${named} FROM ${from})
      )
    )
  )`;
}

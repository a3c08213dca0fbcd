/** A log whose users and items are whole numbers, and Parquet files of it. */
import { parquetOf } from "./folder.ts";
import { awkwardLog, type Event } from "./reference.ts";

/** A log whose users and items are whole numbers. */
export const LOG: Event[] = awkwardLog(71, 400).map((event, i) => ({
  ...event,
  user: `${100 + i % 6}`,
  item: `${(i * i) % 17}`,
}));

/** A Parquet file of the log; `user` and `item` are expressions over u, i and t. */
export function parquet(path: string, user: string, item: string, more = ""): Promise<string> {
  const rows = LOG.map(({ user, item, time }) => `(${user}, ${item}, ${time})`).join(", ");
  return parquetOf(
    path,
    `SELECT ${user} AS user_id, ${item} AS item_id, t AS timestamp${more}
     FROM (VALUES ${rows}) AS log(u, i, t)`,
  );
}

/** Values as lines of JSON. */
export const lines = (values: readonly unknown[]) =>
  values.map((value) => JSON.stringify(value)).join("\n");

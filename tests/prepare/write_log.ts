/** Logs of events as files of every form. */
import { DuckDBInstance } from "@duckdb/node-api";
import { literal } from "../../lib/prepare/database.ts";
import type { Event } from "./reference.ts";

/** A field of an event as a log has it. */
export type Write = (event: Event) => string;
/** A time in seconds as ISO 8601 without a zone. */
export const stamp = (time: number) => new Date(time * 1000).toISOString().slice(0, 19);
const quoted = (text: string) => /[",\n\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** A log as delimited text; a column that nobody asks for stands first. */
export function delimited(
  log: readonly Event[],
  separator = ",",
  time: Write = (event) => `${event.time}`,
): string {
  const rows = log.map((event) =>
    ["x", quoted(event.item), time(event), quoted(event.user), event.session ?? ""].join(separator)
  );
  return `${["other", "item_id", "timestamp", "user_id", "session"].join(separator)}\n${
    rows.join("\n")
  }\n`;
}

/** A log as a JSON object a line. */
export function ndjson(log: readonly Event[]): string {
  return log.map((event) =>
    JSON.stringify({
      user_id: event.user,
      item_id: event.item,
      timestamp: event.time,
      session: event.session,
    }) + "\n"
  )
    .join("");
}

/** Writes a file, and gives its path. */
export async function written(path: string, contents: string | Uint8Array): Promise<string> {
  await Deno.writeFile(
    path,
    typeof contents === "string" ? new TextEncoder().encode(contents) : contents,
  );
  return path;
}

/** A log as Parquet, its times as the SQL `time` makes them of `timestamp`. */
export async function parquet(
  path: string,
  log: readonly Event[],
  time: string,
  compression = "zstd",
): Promise<string> {
  const json = await written(`${path}.ndjson`, ndjson(log));
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const columns = "{user_id: 'VARCHAR', item_id: 'VARCHAR', timestamp: 'BIGINT'}";
  await connection.run(
    `COPY (SELECT user_id, item_id, ${time} AS timestamp FROM read_ndjson(${
      literal(json)
    }, columns = ${columns}))
     TO ${literal(path)} (FORMAT parquet, COMPRESSION ${compression})`,
  );
  connection.closeSync();
  instance.closeSync();
  return path;
}

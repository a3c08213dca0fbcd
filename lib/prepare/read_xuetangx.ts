/** Reads the raw XuetangX log in batches of pieces: cut here, opened by DuckDB. */
import { show } from "../errors/input_error.ts";
import type { Database } from "./database.ts";
import { bytesOf } from "./inputs.ts";
import { cutter, type Piece } from "./pieces.ts";
import type { Reject } from "./bad_rows.ts";

/** How many events of one type a log has. */
export interface EventType {
  /** Empty for events without one. */
  readonly type: string;
  readonly kept: boolean;
  readonly events: number;
}

/** JSON handed to DuckDB at once: enough for its vectors, little beside its memory. */
const BATCH_BYTES = 8 << 20;

/**
 * Appends the learning events of a file to the table `log`. @throws InputError when the file is not
 * in the log's format.
 */
export async function readXuetangX(
  database: Database,
  path: string,
  prefixes: readonly string[],
  progress: (message: string) => void,
): Promise<{ eventTypes: EventType[]; malformed: Reject[] }> {
  const learning = `^(${prefixes.map((prefix) => prefix.replaceAll(/[^\w]/g, "\\$&")).join("|")})`;
  await database.run(`
    CREATE OR REPLACE TEMP TABLE event_types (type VARCHAR, kept BOOLEAN, events BIGINT);
    CREATE OR REPLACE TEMP TABLE malformed (course VARCHAR, user_id VARCHAR, start BIGINT);
  `);
  let pieces: Piece[] = [];
  let bytes = 0;
  let read = 0;
  let told = 0;
  const cut = cutter(path, (piece) => {
    pieces.push({ ...piece, sessions: piece.sessions.slice() }); // the cutter's buffer goes on
    bytes += piece.sessions.length;
  });
  let opening = Promise.resolve();
  const open = async () => { // the batch before is opened by DuckDB while this one is cut
    await opening;
    await append(database, pieces);
    pieces = [];
    bytes = 0;
    opening = database.runFile("1_xuetangx.sql", { learning }).then(() =>
      database.runFile("1_log.sql")
    );
    opening.catch(() => {}); // told where it is awaited
  };
  try {
    for await (const chunk of bytesOf(path)) {
      cut.push(chunk);
      read += chunk.length;
      if (bytes >= BATCH_BYTES) await open();
      if (read - told >= 500e6) progress(`read ${((told = read) / 1e9).toFixed(1)} GB of ${path}`);
    }
    cut.end();
    if (pieces.length > 0) await open();
  } finally {
    await opening;
  }
  const eventTypes = await database.rows<EventType>(
    `SELECT coalesce(type, '') AS type, kept, sum(events)::BIGINT AS events
     FROM event_types GROUP BY ALL ORDER BY events DESC, type`,
  );
  const malformed = await database.rows<{ course: string; user_id: string; start: number }>(
    "FROM malformed ORDER BY start",
  );
  return {
    eventTypes,
    malformed: malformed.map(({ course, user_id, start }) => ({
      offset: start,
      place: `byte ${start.toLocaleString("en")}, course ${show(course)}, user ${show(user_id)}`,
      fault: "it is no JSON in UTF-8",
    })),
  };
}

async function append(database: Database, pieces: readonly Piece[]): Promise<void> {
  await database.run(
    `CREATE OR REPLACE TEMP TABLE pieces (
       course VARCHAR, user_id VARCHAR, sessions BLOB, start BIGINT
     )`,
  );
  const rows = pieces.map((
    { course, user, sessions, offset },
  ) => [course, user, sessions, BigInt(offset)]);
  await database.append("pieces", rows);
}

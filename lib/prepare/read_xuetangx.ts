/** Reads the raw XuetangX log in batches of pieces: cut here, opened by the database. */
import { show } from "../errors/input_error.ts";
import { type BadRows, badRowsOf, type Origin, type ToldBadRow } from "./bad_rows.ts";
import type { Database } from "./database.ts";
import type { Blocks } from "./inputs/blocks.ts";
import { cutter, type Piece } from "./pieces.ts";

/** JSON handed to DuckDB at once: enough for its vectors, little beside its memory. */
const BATCH_BYTES = 8 << 20;

/** For messages: the log has no names for what its nesting says. */
const ORIGIN: Origin = {
  names: { user: "user_id", item: "item_id", time: "timestamp" },
  ordered: false,
  missing: "bad",
};

/**
 * Appends the learning events of a file to the table `log`. `progress` is told of the bytes read.
 * @throws InputError when the file is not in the log's format.
 */
export async function readXuetangX(
  database: Database,
  path: string,
  blocks: Blocks,
  bad: BadRows,
  progress: (bytes: number) => void,
): Promise<void> {
  await database.run(
    `CREATE OR REPLACE TEMP TABLE malformed (course VARCHAR, user_id VARCHAR, start BIGINT)`,
  );
  const [{ n: first }] = await database.rows<{ n: number }>("SELECT count(*) AS n FROM log");
  let pieces: Piece[] = [];
  let bytes = 0;
  let read = 0;
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
    opening = database.runFile("1_xuetangx.sql")
      .then(() => database.runFile("1_opened.sql"))
      .then(() => database.runFile("1_log.sql"));
    opening.catch(() => {}); // told where it is awaited
  };
  try {
    for await (const chunk of blocks) {
      cut.push(chunk);
      if (bytes >= BATCH_BYTES) await open();
      progress(read += chunk.length);
    }
    cut.end();
    if (pieces.length > 0) await open();
  } finally {
    await opening;
  }
  await addBadRows(database, path, first, bad);
}

async function addBadRows(
  database: Database,
  path: string,
  first: number,
  bad: BadRows,
): Promise<void> {
  const malformed = await database.rows<{ course: string; user_id: string; start: number }>(
    "FROM malformed ORDER BY start",
  );
  const rejects: ToldBadRow[] = malformed.map(({ course, user_id, start }) => ({
    file: path,
    place: `byte ${start.toLocaleString("en")}, course ${show(course)}, user ${show(user_id)}`,
    fault: "it is no JSON in UTF-8",
  }));
  const whereabouts = {
    rejects,
    rejectCount: rejects.length,
    at: (row: { item: string | null; user_id: string | null; session_id: string | null }) => ({
      file: path,
      place: `course ${show(row.item)}, user ${show(row.user_id)}, session ${show(row.session_id)}`,
    }),
  };
  bad.add(await badRowsOf(database, first, ORIGIN, whereabouts, bad.wanted));
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

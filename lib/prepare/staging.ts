/**
 * Hands chunks of rows to the database while the next ones are read, and finds the bad rows of
 * each. What comes in is counted on both sides.
 */
import { writeThrowaway } from "../files/throwaway.ts";
import {
  type BadRows,
  badRowsOf,
  type Origin,
  type ToldBadRow,
  type Whereabouts,
} from "./bad_rows.ts";
import { type Database, literal } from "./database.ts";
import {
  type Chunk,
  clearChunk,
  fileOf,
  newChunk,
  rejectBrokenTexts,
  rowBytes,
} from "./text/chunk.ts";

/** What a chunk's rows are, and how they become rows of the log. */
export interface ChunkSource {
  /** The same for rows that may lie in one chunk. */
  readonly key: string;
  /** The chunk's columns and their types. */
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly separator: string;
  /** Fields may stand in quotes. */
  readonly quoted: boolean;
  /** The query of `source` or `opened` over the view `chunk`. */
  readonly query: string;
  /** Rows are opened or chosen: the query gives `opened`. */
  readonly opened: boolean;
  readonly origin: Origin;
  /** From a row's text in the chunk, the names of its fields and of those wanted that are lists. */
  readonly describe?: RowDescription;
}

/** What a row of JSON has, for messages. */
export interface RowDescription {
  readonly fields: (text: string) => readonly string[];
  readonly lists: (text: string) => readonly string[];
}

/** The way of rows into the database. One source at a time. */
export interface Staging {
  /** Where rows are to be added now. */
  readonly chunk: () => Chunk;
  /** Rows that follow are of this source, and of the input number `file`. */
  begin(source: ChunkSource, file: number): Promise<void>;
  /** Hands the chunk over if it is full. */
  handOverWhenFull(): Promise<void>;
  /** Hands over what there is and waits for the database. */
  finish(): Promise<void>;
}

/** Bytes of a chunk: enough for the database's threads, little beside its memory. */
const CHUNK_BYTES = 16 << 20;
/** Longer rows want a longer buffer of the database. */
const USUAL_LINE_BYTES = 2_000_000;

/**
 * Rows go through a scratch file in `folder`. Bad rows are told to `bad`, which may throw, with the
 * paths of their `files`.
 */
export function openStaging(
  database: Database,
  folder: string,
  files: readonly string[],
  bad: BadRows,
): Staging {
  const path = `${folder}/rows.csv`;
  let filling = newChunk(CHUNK_BYTES + (CHUNK_BYTES >> 2));
  let spare = newChunk(0);
  let source: ChunkSource | undefined;
  let handing = Promise.resolve();
  return {
    chunk: () => filling,
    async begin(next, file) {
      if (source !== undefined && source.key !== next.key) await handOver();
      source = next;
      filling.files.push({ file, row: filling.rows });
    },
    async handOverWhenFull() {
      if (filling.used >= CHUNK_BYTES || filling.rejectCount >= CHUNK_BYTES >> 4) await handOver();
    },
    async finish() {
      await handOver();
      await handing;
    },
  };

  async function handOver(): Promise<void> {
    await handing;
    if (source === undefined || filling.rows + filling.rejectCount === 0) return;
    const full = filling;
    const file = full.files.at(-1)!.file;
    filling = spare.bytes.length === 0 ? newChunk(full.bytes.length) : spare;
    spare = full;
    clearChunk(filling);
    filling.files.push({ file, row: 0 });
    rejectBrokenTexts(full, source.quoted ? undefined : source.separator);
    await writeThrowaway(path, full.bytes.subarray(0, full.used));
    handing = insert(full, source);
    handing.catch(() => {}); // told where it is awaited
  }

  async function insert(chunk: Chunk, { columns, query, ...rest }: ChunkSource): Promise<void> {
    const count = "SELECT count(*) AS n FROM log";
    const [{ n: first }] = await database.rows<{ n: number }>(count);
    if (chunk.rows > 0) {
      const types = columns.map(([name, type]) => `${literal(name)}: ${literal(type)}`).join(", ");
      const quote = rest.quoted ? "'\"'" : "''";
      const line = Math.max(USUAL_LINE_BYTES, 2 * chunk.longest);
      await database.run(`
        CREATE OR REPLACE TEMP VIEW chunk AS FROM read_csv(${literal(path)},
          columns = {${types}}, header = false, auto_detect = false, new_line = '\\n',
          delim = ${literal(rest.separator)}, quote = ${quote}, escape = ${quote},
          max_line_size = ${line}, buffer_size = ${16 * USUAL_LINE_BYTES + line});
        ${rest.opened ? openedSql(query) : `CREATE OR REPLACE TEMP VIEW source AS ${query}`}`);
      if (rest.opened) await database.runFile("1_opened.sql");
      await database.runFile("1_log.sql");
      const wanted = rest.opened ? OPENED_ROWS : `SELECT count(*) - ${first} AS n FROM log`;
      const [{ n }] = await database.rows<{ n: number }>(wanted);
      if (n !== chunk.rows) {
        throw new Error(`${chunk.rows} rows were read, but ${n} are in the database`);
      }
    }
    bad.add(await badRowsOf(database, first, rest.origin, placed(chunk, rest), bad.wanted));
  }

  /** Bad rows by their lines. */
  function placed(chunk: Chunk, { describe }: Pick<ChunkSource, "describe">): Whereabouts {
    const text = (row: number) => new TextDecoder().decode(rowBytes(chunk, row));
    const told = (file: number, line: number) => ({ file: files[file], place: `line ${line}` });
    return {
      rejects: chunk.rejects.map(({ file, line, fault, next }) => ({
        ...told(file, line),
        fault,
        next,
      })),
      rejectCount: chunk.rejectCount,
      at: ({ row }) => told(fileOf(chunk, row), chunk.lines[row]),
      order: (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || lineOf(a) - lineOf(b),
      fields: describe && (({ row }) => describe.fields(text(row))),
      lists: describe && (({ row }) => describe.lists(text(row))),
    };
  }
}

function lineOf({ place }: ToldBadRow): number {
  return Number(place.slice("line ".length));
}

/** Rows of the chunk that `opened` came from: each is there at least once. */
const OPENED_ROWS = "SELECT count(DISTINCT place) AS n FROM opened";

/** The rows are wanted more than once, and parsing them once is enough. */
function openedSql(query: string): string {
  return `CREATE OR REPLACE TEMP TABLE opened_rows AS ${query};
    CREATE OR REPLACE TEMP VIEW opened AS FROM opened_rows`;
}

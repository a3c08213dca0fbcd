/** Reads a text with a reader of chunks, cut into blocks of any size: for tests of the readers. */
import {
  type Chunk,
  newChunk,
  rejectBrokenTexts,
  rowBytes,
} from "../../../lib/prepare/text/chunk.ts";
import { delimitedReader, type LineCounts } from "../../../lib/prepare/text/delimited.ts";
import type { Dialect } from "../../../lib/prepare/text/dialect.ts";
import { jsonReader } from "../../../lib/prepare/text/json_records.ts";

/** What a reader made of a text. */
export interface Rows {
  /** Of the chunk's CSV, or of JSON the objects as texts. */
  readonly rows: string[][];
  /** On which line each row began. */
  readonly lines: number[];
  readonly rejects: { line: number; fault: string }[];
  readonly counts: LineCounts;
}

/** The dialect of RFC 4180. */
export const CSV: Dialect = { separator: ",", quote: '"', header: true };

/** The rows of a delimited text with all their fields, in blocks of `size` bytes. */
export function readDelimited(text: string | Uint8Array, dialect = CSV, size = 1 << 20): Rows {
  const chunk = emptyChunk();
  const reader = delimitedReader({
    dialect,
    file: 0,
    chunk: () => chunk,
    slotsOf: (first) => first.map((_, field) => ({ field })),
    refuse(found) {
      throw new Error(found);
    },
  });
  feed(reader, text, size);
  return rowsOf(chunk, reader.counts, fieldsOf);
}

/** The objects of a JSON text. */
export function readJson(text: string | Uint8Array, size = 1 << 20): Rows {
  const chunk = emptyChunk();
  const reader = jsonReader({
    file: 0,
    chunk: () => chunk,
    constants: [],
    valuesOf: () => [],
    refuse(found) {
      throw new Error(found);
    },
  });
  feed(reader, text, size);
  return rowsOf(chunk, reader.counts, (row) => row.split("\x01").slice(1));
}

function emptyChunk(): Chunk {
  const chunk = newChunk(16);
  chunk.files.push({ file: 0, row: 0 });
  return chunk;
}

function feed(
  reader: { push(block: Uint8Array): void; end(): void },
  text: string | Uint8Array,
  size: number,
): void {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.slice(at, at + size));
  reader.end();
}

function rowsOf(chunk: Chunk, counts: LineCounts, fields: (row: string) => string[]): Rows {
  rejectBrokenTexts(chunk);
  const rows = Array.from(
    { length: chunk.rows },
    (_, row) => fields(new TextDecoder().decode(rowBytes(chunk, row))),
  );
  return {
    rows,
    lines: [...chunk.lines.subarray(0, chunk.rows)],
    rejects: chunk.rejects.map(({ line, fault }) => ({ line, fault })),
    counts,
  };
}

/** The fields of one row of a chunk: the plainest CSV there is. */
function fieldsOf(row: string): string[] {
  return [...`,${row}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"')
  );
}

/**
 * Rows on their way into the database: fields of a fixed list of columns as the plainest CSV there
 * is, with the place of each row in its file. One chunk may hold rows of many small files.
 */
import { isUtf8 } from "node:buffer";
import { show } from "../../errors/input_error.ts";

/** A row of a text file that could not be made into fields. */
export interface Reject {
  /** Of the inputs, in the order of reading. */
  readonly file: number;
  /** On which it begins, from 1. */
  readonly line: number;
  readonly fault: string;
  /** What may be done about it. */
  readonly next?: string;
}

/** Rows before they are handed over. The arrays grow; `rows` and `used` say how far they count. */
export interface Chunk {
  bytes: Uint8Array<ArrayBuffer>;
  used: number;
  rows: number;
  /** [rows] where each row begins in `bytes`. */
  starts: Int32Array;
  /** [rows] the line of its file on which each row begins, from 1. */
  lines: Int32Array;
  /** From which row on which file's rows come, in order. */
  readonly files: { readonly file: number; readonly row: number }[];
  /** The first rejected rows; `rejectCount` counts all. */
  readonly rejects: Reject[];
  rejectCount: number;
  /** Bytes of the longest row. */
  longest: number;
}

/** Rejected rows that a chunk remembers; it counts all. */
const REMEMBERED = 100;

/** An empty chunk with room for so many bytes. */
export function newChunk(bytes: number): Chunk {
  return {
    bytes: new Uint8Array(bytes),
    used: 0,
    rows: 0,
    starts: new Int32Array(1 << 14),
    lines: new Int32Array(1 << 14),
    files: [],
    rejects: [],
    rejectCount: 0,
    longest: 0,
  };
}

/** Empties a chunk; its memory stays. */
export function clearChunk(chunk: Chunk): void {
  chunk.used = 0;
  chunk.rows = 0;
  chunk.rejectCount = 0;
  chunk.longest = 0;
  chunk.files.length = 0;
  chunk.rejects.length = 0;
}

/** Makes room for `bytes` more bytes and one more row. */
export function reserve(chunk: Chunk, bytes: number): void {
  if (chunk.used + bytes > chunk.bytes.length) {
    const larger = new Uint8Array(Math.max(2 * chunk.bytes.length, chunk.used + bytes));
    larger.set(chunk.bytes.subarray(0, chunk.used));
    chunk.bytes = larger;
  }
  if (chunk.rows < chunk.starts.length) return;
  chunk.starts = doubled(chunk.starts);
  chunk.lines = doubled(chunk.lines);
}

function doubled(values: Int32Array): Int32Array {
  const larger = new Int32Array(2 * values.length);
  larger.set(values);
  return larger;
}

/** Notes that the bytes from `start` to `used` are a row that began on `line` of its file. */
export function addRow(chunk: Chunk, start: number, line: number): void {
  chunk.starts[chunk.rows] = start;
  chunk.lines[chunk.rows++] = line;
  if (chunk.used - start > chunk.longest) chunk.longest = chunk.used - start;
}

/** Notes a row that is left out. */
export function reject(chunk: Chunk, row: Reject): void {
  chunk.rejectCount++;
  if (chunk.rejects.length < REMEMBERED) chunk.rejects.push(row);
}

/** The input whose row this is. */
export function fileOf({ files }: Chunk, row: number): number {
  return files.findLast((from) => from.row <= row)!.file;
}

/** A row's bytes, without the line end. */
export function rowBytes({ bytes, starts, rows, used }: Chunk, row: number): Uint8Array {
  return bytes.subarray(starts[row], (row + 1 < rows ? starts[row + 1] : used) - 1);
}

/** Old spreadsheets write Latin-1. */
const ENCODING_HINT = "save the file as UTF-8, or convert it: iconv -f latin1 -t utf-8";

/**
 * Rejects the rows that are not UTF-8, which the database would stop at. They are shown from behind
 * the last `separator`, where one is given.
 */
export function rejectBrokenTexts(chunk: Chunk, separator?: string): void {
  if (isUtf8(chunk.bytes.subarray(0, chunk.used))) return;
  let rows = 0;
  let used = 0;
  const files = chunk.files.splice(0);
  for (let row = 0; row < chunk.rows; row++) {
    const bytes = rowBytes(chunk, row);
    while (files.length > 0 && files[0].row <= row) {
      chunk.files.push({ file: files.shift()!.file, row: rows });
    }
    const line = chunk.lines[row];
    if (!isUtf8(bytes)) {
      const own = separator === undefined ? 0 : bytes.lastIndexOf(separator.charCodeAt(0)) + 1;
      const text = new TextDecoder().decode(bytes.subarray(own, own + 200));
      const file = chunk.files.at(-1)!.file;
      reject(chunk, { file, line, fault: `it is not UTF-8: ${show(text)}`, next: ENCODING_HINT });
      continue;
    }
    chunk.bytes.copyWithin(used, bytes.byteOffset, bytes.byteOffset + bytes.length + 1);
    chunk.starts[rows] = used;
    chunk.lines[rows++] = line;
    used += bytes.length + 1;
  }
  chunk.rows = rows;
  chunk.used = used;
}

/**
 * Records of a text file: where they begin, for messages, and the first one, for the names of the
 * columns.
 */
import { bytesOf } from "./inputs.ts";

const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;

/** How a file's records lie in it. */
export interface Layout {
  /** Fields as in RFC 4180; without it a record is a line. */
  readonly delimiter?: string;
  /** Records before the first row. */
  readonly header: number;
  /** Offsets, in bytes, of records that are no rows. Empty lines are none either. */
  readonly rejected: readonly number[];
}

/**
 * The lines, from 1, on which rows (counted from 0, ascending) and rejected records begin: all of
 * `rows`, and the first `few` rejected.
 */
export async function linesOf(
  path: string,
  rows: readonly number[],
  { delimiter, header, rejected }: Layout,
  few: number,
): Promise<{ rows: number[]; rejected: number[] }> {
  const found = { rows: [] as number[], rejected: [] as number[] };
  const offsets = new Set(rejected);
  const wanted = Math.min(few, rejected.length);
  let row = -header;
  for await (const { line, offset } of starts(path, delimiter)) {
    if (found.rows.length === rows.length && found.rejected.length >= wanted) break;
    if (offsets.has(offset)) found.rejected.push(line);
    else if (row++ === rows[found.rows.length]) found.rows.push(line);
  }
  return found;
}

/** The fields of a delimited file's first record; empty for an empty file. */
export async function headerOf(path: string, delimiter: string): Promise<string[]> {
  const decoder = new TextDecoder("utf-8"); // which also takes a byte order mark away
  let text = "";
  for await (const chunk of bytesOf(path)) {
    text += decoder.decode(chunk, { stream: true });
    const record = firstRecord(text, delimiter);
    if (record !== undefined) return record;
    if (text.length > 1 << 22) break;
  }
  return firstRecord(`${text}\n`, delimiter) ?? [];
}

function firstRecord(text: string, delimiter: string): string[] | undefined {
  const fields: string[] = [];
  for (let at = /^[\r\n]*/.exec(text)![0].length;;) {
    let field = "";
    if (text[at] === '"') {
      const quoted = /"((?:[^"]|"")*)"(?=[^"])/y;
      quoted.lastIndex = at;
      const match = quoted.exec(text);
      if (match === null) return undefined;
      field = match[1].replaceAll('""', '"');
      at = quoted.lastIndex;
    }
    const from = at;
    while (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") {
      at++;
    }
    if (at === text.length) return undefined;
    fields.push(field + text.slice(from, at));
    if (text[at++] !== delimiter) return fields;
  }
}

/**
 * Where each record begins: a state machine over bytes, so that a delimiter or a line end inside
 * quotes is text.
 */
async function* starts(
  path: string,
  delimiter?: string,
): AsyncGenerator<{ line: number; offset: number }> {
  const separator = delimiter?.charCodeAt(0) ?? -1;
  let line = 1;
  let startLine = 1;
  let offset = 0;
  let startOffset = 0;
  let empty = true;
  let atFieldStart = true;
  let quoted = false;
  let afterReturn = false;
  for await (const chunk of bytesOf(path)) {
    for (const byte of chunk) {
      offset++;
      if (byte === NEWLINE && afterReturn) { // the second half of one line end
        afterReturn = false;
        if (!quoted) startOffset = offset;
        continue;
      }
      afterReturn = byte === RETURN;
      if (byte === NEWLINE || byte === RETURN) {
        line++;
        if (quoted) continue;
        if (!empty) yield { line: startLine, offset: startOffset };
        startLine = line;
        startOffset = offset;
        empty = true;
        atFieldStart = true;
      } else if (byte === QUOTE && separator >= 0 && (quoted || atFieldStart)) {
        // a doubled quote closes and opens again, which comes to the same
        quoted = !quoted;
        empty = false;
        atFieldStart = true;
      } else {
        atFieldStart = byte === separator && !quoted;
        empty = false;
      }
    }
  }
  if (!empty) yield { line: startLine, offset: startOffset };
}

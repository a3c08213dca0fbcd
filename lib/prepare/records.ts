/** Records of a text file: where they begin, for messages, and the first one, for the names of the columns. */
import { openBytes } from "./inputs.ts";

const NEWLINE = 10, RETURN = 13, QUOTE = 34;

/** Reads a file's records of delimited fields (RFC 4180) or, without a delimiter, its lines. */
interface Layout {
  readonly delimiter?: string;
}

/**
 * The line numbers, from 1, on which the records `rows` begin (counted from 0, ascending). Empty lines are no records, nor are those on the
 * lines `rejected`; `header` records before the first do not count.
 */
export async function linesOf(
  path: string,
  rows: readonly number[],
  { delimiter, header = 0, rejected = new Set() }: Layout & { header?: number; rejected?: ReadonlySet<number> },
): Promise<number[]> {
  const found: number[] = [];
  let row = -header;
  if (rows.length > 0) {
    for await (const { line } of starts(path, { delimiter })) {
      if (rejected.has(line)) continue;
      if (row++ === rows[found.length]) found.push(line);
      if (found.length === rows.length) break;
    }
  }
  return found;
}

/** The fields of a delimited file's first record; empty for an empty file. */
export async function headerOf(path: string, delimiter: string): Promise<string[]> {
  const decoder = new TextDecoder("utf-8"); // which also takes a byte order mark away
  let text = "";
  for await (const chunk of await openBytes(path)) {
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
    while (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") at++;
    if (at === text.length) return undefined;
    fields.push(field + text.slice(from, at));
    if (text[at++] !== delimiter) return fields;
  }
}

/** Where each record begins: a state machine over bytes, so that a delimiter or a line end inside quotes is text. */
async function* starts(path: string, { delimiter }: Layout): AsyncGenerator<{ line: number }> {
  const separator = delimiter?.charCodeAt(0) ?? -1;
  let line = 1, start = 1, empty = true, atFieldStart = true, quoted = false, afterReturn = false;
  for await (const chunk of await openBytes(path)) {
    for (const byte of chunk) {
      if (byte === NEWLINE && afterReturn) { // the second half of one line end
        afterReturn = false;
        if (!quoted) start = line;
        continue;
      }
      afterReturn = byte === RETURN;
      if (byte === NEWLINE || byte === RETURN) {
        line++;
        if (quoted) continue;
        if (!empty) yield { line: start };
        start = line, empty = true, atFieldStart = true;
      } else if (byte === QUOTE && separator >= 0 && (quoted || atFieldStart)) {
        // a doubled quote closes and opens again, which comes to the same
        quoted = !quoted, empty = false, atFieldStart = true;
      } else {
        atFieldStart = byte === separator && !quoted;
        empty = false;
      }
    }
  }
  if (!empty) yield { line: start };
}

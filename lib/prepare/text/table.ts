/** A small delimited text as rows of texts, for readers that want all of it. */
import { isUtf8 } from "node:buffer";
import { counted } from "../../errors/counted.ts";
import { InputError, show } from "../../errors/input_error.ts";
import type { Dialect } from "./dialect.ts";
import { FORM, recordScanner, type Span } from "./scan_record.ts";

/** A table of texts. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly TableRow[];
}

/** A row with the line on which it begins, from 1. */
export interface TableRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * The rows of a text in UTF-8, with or without a byte order mark; blank lines are none. `path` is
 * for messages. @throws InputError naming the line that is no row of the table.
 */
export function parseTable(bytes: Uint8Array, path: string, dialect: Dialect): Table {
  const { span, scan } = recordScanner(dialect);
  const rows: TableRow[] = [];
  let line = 1;
  for (let at = startOf(bytes); at < bytes.length;) {
    const next = scan(bytes, at, bytes.length, true);
    const fail = (found: string, wanted: string): never => {
      const text = new TextDecoder().decode(bytes.subarray(at, Math.min(next, at + 200)));
      throw new InputError({
        doing: `reading ${path}`,
        found: `line ${line}: ${found}: ${show(text.replace(/[\r\n]+$/, ""))}`,
        wanted,
      });
    };
    if (span.fault !== undefined) fail(span.fault, "quotes around whole fields");
    if (!isUtf8(bytes.subarray(at, next))) fail("it is not UTF-8", "a text in UTF-8");
    const fields = textsOf(bytes, span);
    if (fields.some((field) => field.trim() !== "")) {
      const width = rows.length === 0 ? fields.length : rows[0].fields.length;
      if (fields.length !== width) {
        fail(counted(fields.length, "field"), `${counted(width, "field")}, as the header has`);
      }
      rows.push({ line, fields });
    }
    line += 1 + span.inside;
    at = next;
  }
  const [header, ...rest] = rows;
  return { header: header?.fields ?? [], rows: rest };
}

/** Behind a byte order mark. */
function startOf(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** The fields of a record as texts. */
export function textsOf(bytes: Uint8Array, { fields, starts, ends, forms }: Span): string[] {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return Array.from({ length: fields }, (_, i) => {
    const text = decoder.decode(bytes.subarray(starts[i], ends[i]));
    return forms[i] === FORM.doubled ? text.replaceAll('""', '"') : text;
  });
}

/** Delimited texts → rows of a chunk, every line accounted for. */
import { counted } from "../../errors/counted.ts";
import { show } from "../../errors/input_error.ts";
import { joined } from "../inputs/blocks.ts";
import { addRow, type Chunk, reject, reserve } from "./chunk.ts";
import type { Dialect } from "./dialect.ts";
import { afterLineEnd, FORM, INCOMPLETE, recordScanner, type Span } from "./scan_record.ts";
import { textsOf } from "./table.ts";

/** What one column of a chunk is filled with. */
export type Slot = { readonly field: number } | { readonly constant: Uint8Array };

/** The physical lines of a text, by what they were. Their sum is `lines`. */
export interface LineCounts {
  lines: number;
  header: number;
  /** Empty, or nothing but separators and spaces. */
  blank: number;
  /** Inside quotes of the row that began before. */
  continued: number;
  /** Rows, bad ones too. */
  rows: number;
}

/** Reads one text. */
export interface TextReader {
  /** Adds the rows that these bytes complete. */
  push(block: Uint8Array): void;
  /** Adds the last row. */
  end(): void;
  readonly counts: LineCounts;
}

/** A record beyond this is a bad one: no log has it, but a quote that does not close does. */
export const MOST_ROW_BYTES = 16 << 20;

/** How such a record is told. */
export function tooLongFault(): string {
  return `a row of more than ${MOST_ROW_BYTES >> 20} MB`;
}

const QUOTE_HINT = "correct the row, or --quote none where quotes are part of the text";
const ESCAPE_HINT = "--escape '\\' where a backslash stands before quotes that are text";

const [COMMA, QUOTE, NEWLINE, RETURN, SPACE] = [44, 34, 10, 13, 32];
const CAPITAL_N = 78;

/** Bytes that a field of a chunk's CSV may hold only inside quotes. */
const SPECIAL = new Uint8Array(256);
for (const byte of [COMMA, QUOTE, NEWLINE, RETURN]) SPECIAL[byte] = 1;

/** What a reader of delimited text is told. */
export interface DelimitedSetup {
  readonly dialect: Dialect;
  /** The number of the input whose rows these are. */
  readonly file: number;
  /** Where rows go. */
  readonly chunk: () => Chunk;
  /** Called once with the fields of the first row; gives the chunk's columns. */
  readonly slotsOf: (first: readonly string[]) => readonly Slot[];
  /** Called when the first row is no row; throws. */
  readonly refuse: (found: string, next?: string) => never;
}

/** A reader of one text. It throws what `slotsOf` and `refuse` throw. */
export function delimitedReader(setup: DelimitedSetup): TextReader {
  const { dialect, file, chunk, slotsOf, refuse } = setup;
  const { span, scan } = recordScanner(dialect);
  const counts: LineCounts = { lines: 0, header: 0, blank: 0, continued: 0, rows: 0 };
  let slots: readonly Slot[] | undefined;
  let width = 0;
  let rest: Uint8Array = new Uint8Array(0);
  // inside a line that is too long to be kept
  let skipping = false;
  return {
    push(block) {
      const bytes = joined(rest, skipping ? afterLine(block) : block);
      const at = take(bytes, false);
      rest = bytes.subarray(at);
    },
    end() {
      take(rest, true);
      rest = new Uint8Array(0);
    },
    counts,
  };

  function take(bytes: Uint8Array, last: boolean): number {
    let at = 0;
    while (at < bytes.length) {
      const next = scan(bytes, at, bytes.length, last);
      if (next !== INCOMPLETE) at = record(bytes, at, next);
      else if (bytes.length - at <= MOST_ROW_BYTES) return at;
      else at = tooLong(bytes, at);
    }
    return at;
  }

  function tooLong(bytes: Uint8Array, at: number): number {
    const next = span.secondLine;
    bad(bytes.subarray(at, next < 0 ? at + 400 : next), tooLongFault());
    skipping = next < 0;
    return skipping ? bytes.length : next;
  }

  /** What comes after the end of a line that is left out. */
  function afterLine(block: Uint8Array): Uint8Array {
    const at = block.findIndex((byte) => byte === NEWLINE || byte === RETURN);
    if (at < 0) return new Uint8Array(0);
    skipping = false;
    return block.subarray(afterLineEnd(block, at, block.length));
  }

  /** Gives the offset of the next record. */
  function record(bytes: Uint8Array, at: number, next: number): number {
    if (next - at > MOST_ROW_BYTES) {
      const end = span.secondLine < 0 ? next : span.secondLine;
      bad(bytes.subarray(at, end), tooLongFault());
      return end;
    }
    if (span.fault !== undefined) {
      bad(bytes.subarray(at, next), span.fault, QUOTE_HINT);
      return next;
    }
    if (isBlank(bytes, span)) {
      counts.blank++;
      counts.lines++;
      return next;
    }
    if (slots === undefined) {
      slots = slotsOf(textsOf(bytes, span));
      width = span.fields;
      if (dialect.header) {
        counts.header = 1 + span.inside;
        counts.lines += counts.header;
        return next;
      }
    }
    if (span.fields !== width && !endsEmpty(bytes)) {
      // of a row over several lines only the first is bad: its quote may have swallowed the others
      const end = span.secondLine < 0 ? next : span.secondLine;
      const wanted = `the ${dialect.header ? "header" : "first row"} has ${width}`;
      bad(bytes.subarray(at, end), `${counted(span.fields, "field")} where ${wanted}`);
      return end;
    }
    const into = chunk();
    // each byte may be doubled, each field gets quotes and a comma
    reserve(into, 2 * (next - at) + 4 * slots.length + constantBytes(slots));
    const start = into.used;
    writeRow(into, bytes, slots);
    addRow(into, start, counts.lines + 1);
    counts.rows++;
    counts.continued += span.inside;
    counts.lines += 1 + span.inside;
    return next;
  }

  /** More fields than the first row, but nothing in them. */
  function endsEmpty(bytes: Uint8Array): boolean {
    if (span.fields < width) return false;
    for (let i = width; i < span.fields; i++) {
      if (!onlySpaces(bytes, span.starts[i], span.ends[i])) return false;
    }
    return true;
  }

  /** Leaves out a line. */
  function bad(line: Uint8Array, fault: string, next?: string): void {
    const text = new TextDecoder().decode(line.subarray(0, 400)).replace(/[\r\n]+$/, "");
    const told = `${fault}: ${show(text)}`;
    const hint = next !== undefined && text.includes('\\"') ? ESCAPE_HINT : next;
    if (slots === undefined) refuse(`line ${counts.lines + 1}: ${told}`, hint);
    reject(chunk(), { file, line: counts.lines + 1, fault: told, next: hint });
    counts.rows++;
    counts.lines++;
  }

  function writeRow(into: Chunk, bytes: Uint8Array, slots: readonly Slot[]): void {
    let used = into.used;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      if (i > 0) into.bytes[used++] = COMMA;
      if ("constant" in slot) {
        into.bytes.set(slot.constant, used);
        used += slot.constant.length;
      } else used = writeField(into.bytes, used, bytes, slot.field);
    }
    into.bytes[used++] = NEWLINE;
    into.used = used;
  }

  function writeField(out: Uint8Array, from: number, bytes: Uint8Array, field: number): number {
    const start = span.starts[field];
    const end = span.ends[field];
    const form = span.forms[field];
    if (form >= FORM.doubled) return writeQuoted(out, from, unescaped(bytes, field));
    let used = from;
    let special = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at];
      out[used++] = byte;
      special |= SPECIAL[byte];
    }
    return special === 0 ? used : writeQuoted(out, from, bytes.subarray(start, end));
  }

  /** A field's bytes without what its quotes and escapes needed; `\N` alone is nothing. */
  function unescaped(bytes: Uint8Array, field: number): Uint8Array {
    const escape = dialect.escape?.charCodeAt(0) ?? -1;
    const quote = dialect.quote?.charCodeAt(0) ?? -1;
    const from = span.starts[field];
    const end = span.ends[field];
    if (end - from === 2 && bytes[from] === escape && bytes[from + 1] === CAPITAL_N) {
      return new Uint8Array(0);
    }
    const out = new Uint8Array(end - from);
    let used = 0;
    for (let at = from; at < end; at++) {
      const byte = bytes[at];
      const pair = byte === escape || (byte === quote && bytes[at + 1] === quote);
      if (pair && at + 1 < end) at++;
      out[used++] = bytes[at];
    }
    return out.subarray(0, used);
  }
}

/** The field in quotes, as the chunk's CSV has them. */
export function writeQuoted(out: Uint8Array, from: number, bytes: Uint8Array): number {
  let used = from;
  out[used++] = QUOTE;
  for (const byte of bytes) {
    if (byte === QUOTE) out[used++] = QUOTE;
    out[used++] = byte;
  }
  out[used++] = QUOTE;
  return used;
}

/** A text as a constant column of a chunk. */
export function constantSlot(text: string): Slot {
  const bytes = new TextEncoder().encode(text);
  const out = new Uint8Array(2 * bytes.length + 2);
  return { constant: out.slice(0, writeQuoted(out, 0, bytes)) };
}

function constantBytes(slots: readonly Slot[]): number {
  let bytes = 0;
  for (const slot of slots) if ("constant" in slot) bytes += slot.constant.length;
  return bytes;
}

function isBlank(bytes: Uint8Array, { fields, starts, ends, forms }: Span): boolean {
  for (let i = 0; i < fields; i++) {
    if (forms[i] !== FORM.raw || !onlySpaces(bytes, starts[i], ends[i])) return false;
  }
  return true;
}

function onlySpaces(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if (bytes[at] !== SPACE) return false;
  return true;
}

/**
 * Finds the fields of one record of a delimited text: RFC 4180 and its relatives, any line end
 * (\n, \r\n, \r) in any mixture. Bytes in, offsets out; nothing is decoded or copied.
 */
import type { Dialect } from "./dialect.ts";

/** How the bytes of a field are to be read. */
export const FORM = { raw: 0, quoted: 1, doubled: 2, escaped: 3 } as const;

/** What is wrong with a record's quotes. */
export type QuoteFault = "text after a closing quote" | "a quote that does not close";

/** Where the fields of the record lie that was scanned last. */
export interface Span {
  fields: number;
  /** [fields] without the quotes. */
  starts: Int32Array;
  ends: Int32Array;
  /** [fields] one of `FORM`. */
  forms: Uint8Array;
  /** Line ends inside its quotes. */
  inside: number;
  /** The offset after the first line end inside its quotes; -1 without one. */
  secondLine: number;
  fault: QuoteFault | undefined;
}

/** The record goes on beyond the bytes that are there. */
export const INCOMPLETE = -1;

/** Scans one record after the other. */
export interface RecordScanner {
  readonly span: Span;
  /**
   * Scans the record at bytes[from..limit); `last`: no more bytes come. Returns the offset of the
   * next record, or `INCOMPLETE`. Of a record with a fault that is the beginning of its second
   * line, so that one stray quote costs one line.
   */
  scan(bytes: Uint8Array, from: number, limit: number, last: boolean): number;
}

const [PLAIN, SEPARATOR, NEWLINE, RETURN, QUOTE, ESCAPE] = [0, 1, 2, 3, 4, 5];
const [NEWLINE_BYTE, RETURN_BYTE] = [10, 13];

/** Lines inside quotes from which on they are looked at: is it a text or rows of the log? */
const SUSPICIOUS_LINES = 3;

/** A scanner for texts of a dialect. */
export function recordScanner(dialect: Dialect): RecordScanner {
  const separator = new TextEncoder().encode(dialect.separator);
  const quote = dialect.quote?.charCodeAt(0) ?? -1;
  const kinds = kindsOf(dialect, separator[0], false);
  const quotedKinds = kindsOf(dialect, separator[0], true);
  const span: Span = {
    fields: 0,
    starts: new Int32Array(64),
    ends: new Int32Array(64),
    forms: new Uint8Array(64),
    inside: 0,
    secondLine: -1,
    fault: undefined,
  };
  return { span, scan };

  function scan(bytes: Uint8Array, from: number, limit: number, last: boolean): number {
    let at = from;
    span.fields = 0;
    span.inside = 0;
    span.secondLine = -1;
    span.fault = undefined;
    for (;;) {
      if (span.fields === span.starts.length) grow(span);
      at = at < limit && bytes[at] === quote
        ? quotedField(bytes, at, limit, last)
        : rawField(bytes, at, limit, last);
      if (at < 0) return INCOMPLETE;
      if (span.fault !== undefined) return afterFault(bytes, at, limit, last);
      if (at === limit) return last ? finished(bytes, from, at) : INCOMPLETE;
      const kind = kinds[bytes[at]];
      if (kind === SEPARATOR) {
        at += separator.length;
        continue;
      }
      if (kind === RETURN && at + 1 === limit && !last) return INCOMPLETE;
      return finished(bytes, from, afterLineEnd(bytes, at, limit));
    }
  }

  /** Both give the offset of the separator or line end behind the field. */
  function rawField(bytes: Uint8Array, begin: number, limit: number, last: boolean): number {
    let form: number = FORM.raw;
    let at = begin;
    for (;;) {
      while (at < limit && kinds[bytes[at]] === PLAIN) at++;
      if (at === limit) {
        if (!last) return INCOMPLETE;
        break;
      }
      const kind = kinds[bytes[at]];
      if (kind === ESCAPE) {
        form = FORM.escaped;
        if (at + 1 === limit && !last) return INCOMPLETE;
        at = Math.min(at + 2, limit);
      } else if (kind === SEPARATOR && separator.length > 1) {
        const match = matches(bytes, at, limit);
        if (match === INCOMPLETE && !last) return INCOMPLETE;
        if (match === 1) break;
        at++;
      } else break;
    }
    add(begin, at, form);
    return at;
  }

  function quotedField(bytes: Uint8Array, open: number, limit: number, last: boolean): number {
    let form: number = FORM.quoted;
    let at = open + 1;
    for (;;) {
      while (at < limit && quotedKinds[bytes[at]] === PLAIN) at++;
      if (at === limit) return last ? stray("a quote that does not close", at) : INCOMPLETE;
      const kind = quotedKinds[bytes[at]];
      if (at + 1 === limit && !last) return INCOMPLETE;
      if (kind === QUOTE) {
        if (at + 1 === limit || bytes[at + 1] !== quote) break;
        if (form === FORM.quoted) form = FORM.doubled;
        at += 2;
      } else if (kind === ESCAPE) {
        form = FORM.escaped;
        at = Math.min(at + 2, limit);
      } else {
        at = afterLineEnd(bytes, at, limit);
        span.inside++;
        if (span.secondLine < 0) span.secondLine = at;
      }
    }
    add(open + 1, at, form);
    at++;
    if (at === limit) return at;
    const kind = kinds[bytes[at]];
    if (kind === NEWLINE || kind === RETURN) return at;
    const match = kind === SEPARATOR ? matches(bytes, at, limit) : 0;
    if (match === INCOMPLETE && !last) return INCOMPLETE;
    return match === 1 ? at : stray("text after a closing quote", at);
  }

  function add(start: number, end: number, form: number): void {
    span.starts[span.fields] = start;
    span.ends[span.fields] = end;
    span.forms[span.fields++] = form;
  }

  function stray(fault: QuoteFault, at: number): number {
    span.fault = fault;
    return at;
  }

  /** 1 where the separator is, 0 where it is not, `INCOMPLETE` where it may go on. */
  function matches(bytes: Uint8Array, at: number, limit: number): number {
    for (let i = 1; i < separator.length; i++) {
      if (at + i >= limit) return INCOMPLETE;
      if (bytes[at + i] !== separator[i]) return 0;
    }
    return 1;
  }

  /** A record of quotes that hold rows of the log is one stray quote. */
  function finished(bytes: Uint8Array, from: number, next: number): number {
    if (span.inside < SUSPICIOUS_LINES || !holdsRows(bytes, from, next)) return next;
    span.fault = "a quote that does not close";
    return span.secondLine;
  }

  /** Most lines in the middle of the record have as many fields as the record itself. */
  function holdsRows(bytes: Uint8Array, from: number, next: number): boolean {
    let fields = 1;
    let line = 0;
    let rows = 0;
    for (let at = from; at < next; at++) {
      const kind = kinds[bytes[at]];
      if (kind === NEWLINE || kind === RETURN) {
        const isRow = fields === span.fields && span.fields > 1;
        if (line > 0 && line < span.inside && isRow) rows++;
        at = afterLineEnd(bytes, at, next) - 1;
        line++;
        fields = 1;
      } else if (kind === SEPARATOR && matches(bytes, at, next) === 1) {
        fields++;
        at += separator.length - 1;
      }
    }
    return 2 * rows > span.inside - 1;
  }

  function afterFault(bytes: Uint8Array, begin: number, limit: number, last: boolean): number {
    if (span.secondLine >= 0) return span.secondLine;
    let at = begin;
    while (at < limit && bytes[at] !== NEWLINE_BYTE && bytes[at] !== RETURN_BYTE) at++;
    if (at + 1 >= limit && !last) return INCOMPLETE;
    return at === limit ? at : afterLineEnd(bytes, at, limit);
  }
}

/** The offset after the line end at `at`, of one byte or two. */
export function afterLineEnd(bytes: Uint8Array, at: number, limit: number): number {
  const two = bytes[at] === RETURN_BYTE && at + 1 < limit && bytes[at + 1] === NEWLINE_BYTE;
  return at + (two ? 2 : 1);
}

/** [256] what a byte is, outside quotes or inside. */
function kindsOf({ quote, escape }: Dialect, separator: number, inside: boolean): Uint8Array {
  const kinds = new Uint8Array(256);
  kinds[NEWLINE_BYTE] = NEWLINE;
  kinds[RETURN_BYTE] = RETURN;
  if (escape !== undefined) kinds[escape.charCodeAt(0)] = ESCAPE;
  if (!inside) kinds[separator] = SEPARATOR;
  else if (quote !== undefined) kinds[quote.charCodeAt(0)] = QUOTE;
  return kinds;
}

function grow(span: Span): void {
  const size = 2 * span.starts.length;
  const [starts, ends, forms] = [span.starts, span.ends, span.forms];
  span.starts = new Int32Array(size);
  span.ends = new Int32Array(size);
  span.forms = new Uint8Array(size);
  span.starts.set(starts);
  span.ends.set(ends);
  span.forms.set(forms);
}

/**
 * JSON texts → rows of a chunk: one object a line (NDJSON), or the elements of one list, indented
 * or not. What is inside an object is left to the database.
 */
import { show } from "../../errors/input_error.ts";
import { joined } from "../inputs/blocks.ts";
import { addRow, type Chunk, reject, reserve } from "./chunk.ts";
import { type LineCounts, MOST_ROW_BYTES, type TextReader, tooLongFault } from "./delimited.ts";

/** Between the columns of a chunk of JSON: no JSON text holds it. */
export const JSON_SEPARATOR = "\x01";

const [TAB, NEWLINE, RETURN, SPACE, QUOTE, COMMA] = [9, 10, 13, 32, 34, 44];
const [OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 92, 93, 123, 125];
const [SEPARATOR, NOT_JSON] = [1, 2];

/** What a reader of JSON is told. */
export interface JsonSetup {
  /** The number of the input whose rows these are. */
  readonly file: number;
  /** Where rows go: the row's place in the chunk, the constants, values, the object. */
  readonly chunk: () => Chunk;
  /** What a column is for every row of this file. */
  readonly constants: readonly string[];
  /** What stands between the constants and the object. */
  readonly valuesOf: (object: Uint8Array) => readonly string[];
  /** Called for a list of lists, which no reader of objects opens; throws. */
  readonly refuse: (found: string) => never;
}

/**
 * A reader of one text, which finds out for itself whether it is lines or a list. In a list it is
 * the elements that count as lines.
 */
export function jsonReader(setup: JsonSetup): TextReader {
  const counts: LineCounts = { lines: 0, header: 0, blank: 0, continued: 0, rows: 0 };
  const encoder = new TextEncoder();
  const constants = setup.constants.map((text) => {
    // of no use to anybody: the separator of a chunk's columns, and line ends
    const clean = text.replaceAll(JSON_SEPARATOR, " ").replaceAll(/[\r\n]/g, " ");
    return `${clean}${JSON_SEPARATOR}`;
  }).join("");
  let push: ((bytes: Uint8Array, last: boolean) => Uint8Array) | undefined;
  let rest: Uint8Array = new Uint8Array(0);
  let isList = false;
  const take = (block: Uint8Array, last: boolean) => {
    const bytes = joined(rest, block);
    if (push === undefined) {
      const first = bytes.findIndex((byte) => !isSpace(byte));
      isList = first >= 0 && bytes[first] === OPEN_LIST;
      if (first >= 0) push = isList ? listReader() : lineReader();
    }
    rest = push === undefined ? bytes : push(bytes, last);
  };
  return {
    push: (block) => take(block, false),
    end() {
      take(new Uint8Array(0), true);
      if (push === undefined) counts.lines = counts.blank = linesIn(rest);
      if (isList) counts.lines = counts.rows;
    },
    counts,
  };

  function add(bytes: Uint8Array, line: number): void {
    const into = setup.chunk();
    const values = setup.valuesOf(bytes).map((value) => `${value}${JSON_SEPARATOR}`).join("");
    const before = encoder.encode(`${into.rows}${JSON_SEPARATOR}${constants}${values}`);
    reserve(into, before.length + bytes.length + 1);
    const start = into.used;
    into.bytes.set(before, start);
    const at = start + before.length;
    into.bytes.set(bytes, at);
    into.used = at + bytes.length;
    // neither is JSON; the one would part columns, and a line end would part rows
    for (let i = bytes.indexOf(SEPARATOR); i >= 0; i = bytes.indexOf(SEPARATOR, i + 1)) {
      into.bytes[at + i] = NOT_JSON;
    }
    for (const end of [NEWLINE, RETURN]) {
      for (let i = bytes.indexOf(end); i >= 0; i = bytes.indexOf(end, i + 1)) {
        into.bytes[at + i] = SPACE;
      }
    }
    into.bytes[into.used++] = NEWLINE;
    addRow(into, start, line);
    counts.rows++;
  }

  function bad(bytes: Uint8Array, line: number, fault: string): void {
    const text = new TextDecoder().decode(bytes.subarray(0, 200));
    reject(setup.chunk(), { file: setup.file, line, fault: `${fault}: ${show(text)}` });
    counts.rows++;
  }

  function lineReader(): (bytes: Uint8Array, last: boolean) => Uint8Array {
    let skipping = false;
    return (bytes, last) => {
      for (let at = 0;;) {
        const end = bytes.indexOf(NEWLINE, at);
        const whole = end >= 0 || (last && at < bytes.length);
        if (!whole) {
          const left = bytes.subarray(at);
          if (skipping) return new Uint8Array(0);
          if (left.length <= MOST_ROW_BYTES) return left;
          bad(left, ++counts.lines, tooLongFault());
          skipping = true;
          return new Uint8Array(0);
        }
        const stop = end >= 0 ? end : bytes.length;
        if (skipping) skipping = false;
        else {
          counts.lines++;
          const line = trimmed(bytes, at, stop);
          if (line.length === 0) counts.blank++;
          else if (line.length > MOST_ROW_BYTES) bad(line, counts.lines, tooLongFault());
          else add(line, counts.lines);
        }
        at = stop + 1;
        if (at >= bytes.length) return new Uint8Array(0);
      }
    };
  }

  function listReader(): (bytes: Uint8Array, last: boolean) => Uint8Array {
    let state: "before" | "element" | "between" | "after" = "before";
    let depth = 0;
    let quoted = false;
    let escaped = false;
    let startLine = 1;
    let line = 1;
    // how far into the element the search for its end has come
    let scanned = 0;
    let broken = false;
    const finish = (bytes: Uint8Array, from: number, end: number) => {
      add(trimmed(bytes, from, end), startLine);
      scanned = 0;
    };
    return (bytes, last) => {
      let from = 0;
      let at = scanned;
      for (; at < bytes.length && !broken; at++) {
        const byte = bytes[at];
        if (byte === NEWLINE) line++;
        if (state !== "element") {
          if (isSpace(byte)) continue;
          if (state === "before" && byte === OPEN_LIST) {
            state = "between";
            continue;
          }
          if (state === "between" && byte === OPEN_LIST && counts.rows === 0) {
            setup.refuse("it is a list of lists, not of objects");
          }
          if (state === "between" && (byte === COMMA || byte === CLOSE_LIST)) {
            if (byte === CLOSE_LIST) state = "after";
            continue;
          }
          if (state === "after") {
            bad(bytes.subarray(at), line, "something after the end of the list");
            broken = true;
            break;
          }
          state = "element";
          from = at;
          startLine = line;
          depth = 0;
        }
        if (quoted) {
          if (escaped) escaped = false;
          else if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) quoted = false;
        } else if (byte === QUOTE) quoted = true;
        else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth++;
        else if (depth === 0 && (byte === COMMA || byte === CLOSE_LIST)) {
          finish(bytes, from, at);
          state = byte === COMMA ? "between" : "after";
          from = at + 1;
        } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth--;
      }
      if (broken) return new Uint8Array(0);
      const left = state === "element" ? bytes.subarray(from) : new Uint8Array(0);
      scanned = left.length;
      if (last && state !== "after") bad(left, startLine, "the list does not end");
      else if (left.length > MOST_ROW_BYTES) {
        bad(left, startLine, tooLongFault());
        broken = true;
      }
      return left;
    };
  }
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB;
}

/** The bytes without the spaces around them. */
function trimmed(bytes: Uint8Array, from: number, end: number): Uint8Array {
  let first = from;
  let last = end;
  while (first < last && isSpace(bytes[first])) first++;
  while (last > first && isSpace(bytes[last - 1])) last--;
  return bytes.subarray(first, last);
}

function linesIn(bytes: Uint8Array): number {
  let lines = 0;
  for (const byte of bytes) if (byte === NEWLINE) lines++;
  return bytes.length > 0 && bytes[bytes.length - 1] !== NEWLINE ? lines + 1 : lines;
}

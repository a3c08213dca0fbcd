/**
 * Cuts the raw XuetangX log, `[[course, {user: {session: [[type, time], …]}}], …]`, into one piece
 * a course and user, so that a file of any size passes through a small buffer. The inside of a
 * piece is left to DuckDB's JSON reader.
 */
import { InputError, show } from "../errors/input_error.ts";
import { decodeJson } from "../files/json.ts";

/** What one user did in one course. */
export interface Piece {
  readonly course: string;
  readonly user: string;
  /** JSON: `{session: [[type, time], …]}`. */
  readonly sessions: Uint8Array;
  /** Where `sessions` begins in the file, in bytes. */
  readonly offset: number;
}

/**
 * A cutter: feed it chunks, then end. Between chunks it holds a state of the grammar and the bytes
 * of an unfinished token.
 */
export interface Cutter {
  push(chunk: Uint8Array): void;
  /** @throws InputError when the file ends too early. */
  end(): void;
}

/** A token longer than this is a damaged file, not a user's sessions. */
const MAX_TOKEN_BYTES = 256 << 20;

const [TAB, NEWLINE, RETURN, SPACE, QUOTE, COMMA, COLON] = [9, 10, 13, 32, 34, 44, 58];
const [OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 92, 93, 123, 125];

/**
 * A state of the grammar: by the byte that comes next, the state that it leads to. A text or an
 * object is a token with an end of its own.
 */
interface GrammarState {
  readonly wanted: string;
  readonly next: Readonly<Record<number, string>>;
}

const GRAMMAR: Readonly<Record<string, GrammarState>> = {
  start: { wanted: "[", next: { [OPEN_LIST]: "firstCourse" } },
  firstCourse: { wanted: "[ or ]", next: { [OPEN_LIST]: "course", [CLOSE_LIST]: "end" } },
  nextCourse: { wanted: ", or ]", next: { [COMMA]: "openCourse", [CLOSE_LIST]: "end" } },
  openCourse: { wanted: "[", next: { [OPEN_LIST]: "course" } },
  course: { wanted: "the id of a course", next: { [QUOTE]: "afterCourse" } },
  afterCourse: { wanted: ",", next: { [COMMA]: "users" } },
  users: { wanted: "{", next: { [OPEN_OBJECT]: "firstUser" } },
  firstUser: {
    wanted: "the id of a user or }",
    next: { [QUOTE]: "afterUser", [CLOSE_OBJECT]: "closeCourse" },
  },
  user: { wanted: "the id of a user", next: { [QUOTE]: "afterUser" } },
  afterUser: { wanted: ":", next: { [COLON]: "sessions" } },
  sessions: { wanted: "{", next: { [OPEN_OBJECT]: "afterSessions" } },
  afterSessions: { wanted: ", or }", next: { [COMMA]: "user", [CLOSE_OBJECT]: "closeCourse" } },
  closeCourse: { wanted: "]", next: { [CLOSE_LIST]: "nextCourse" } },
  end: { wanted: "the end of the file", next: {} },
};

/**
 * A cutter that calls `take` for each piece. `path` is for messages. @throws InputError naming the
 * byte where the file breaks the format.
 */
export function cutter(path: string, take: (piece: Piece) => void): Cutter {
  let state = "start";
  let course = "";
  let user = "";
  // bytes of an unfinished token, and where they begin in the file
  let rest = growing(new Uint8Array(0));
  let restAt = 0;
  // how far into the token the search for its end has come, and inside what
  let scanned = 0;
  let depth = 0;
  let quoted = false;
  let escaped = false;
  const fail = (offset: number, found: string, wanted: string): never => {
    throw new InputError({
      doing: `reading ${path}`,
      found: `byte ${offset.toLocaleString("en")}: ${found}`,
      wanted: `${wanted} of [[course, {user: {session: [[type, time], …]}}], …]`,
    });
  };
  /** The index after the token that begins at `from`, or -1 when it goes on in the next chunk. */
  const endOfToken = (bytes: Uint8Array, from: number): number => {
    let at = from + scanned;
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (quoted) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) {
          quoted = false;
          if (depth === 0) return finish(at + 1);
        }
      } else if (byte === QUOTE) quoted = true;
      else if (byte === OPEN_OBJECT) depth++;
      else if (byte === CLOSE_OBJECT && --depth === 0) return finish(at + 1);
    }
    scanned = at - from;
    return -1;
  };
  const finish = (end: number) => {
    scanned = 0;
    return end;
  };
  const text = (bytes: Uint8Array, offset: number): string => {
    try {
      return decodeJson(bytes) as string;
    } catch {
      return fail(
        offset,
        `${show(new TextDecoder().decode(bytes))} is no JSON text in UTF-8`,
        "an id",
      );
    }
  };
  return {
    push(chunk) {
      const bytes = rest.length === 0 ? chunk : rest.append(chunk);
      let at = 0;
      while (at < bytes.length) {
        const byte = bytes[at];
        if (scanned === 0) {
          if (byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB) {
            at++;
            continue;
          }
          const { wanted, next } = GRAMMAR[state];
          const to = next[byte];
          if (to === undefined) fail(restAt + at, show(String.fromCharCode(byte)), wanted);
          if (byte !== QUOTE && to !== "afterSessions") {
            state = to;
            at++;
            continue;
          }
        }
        const end = endOfToken(bytes, at);
        if (end < 0) {
          if (bytes.length - at > MAX_TOKEN_BYTES) {
            fail(
              restAt + at,
              `a token of more than ${MAX_TOKEN_BYTES} bytes`,
              GRAMMAR[state].wanted,
            );
          }
          break;
        }
        const token = bytes.subarray(at, end);
        const offset = restAt + at;
        if (state === "course") course = text(token, offset);
        else if (state === "sessions") take({ course, user, sessions: token, offset });
        else user = text(token, offset);
        state = GRAMMAR[state].next[byte === OPEN_OBJECT ? OPEN_OBJECT : QUOTE];
        at = end;
      }
      // a token that did not end grows where it is: copied anew each time, it would cost its square
      if (at > 0 || bytes === chunk) rest = growing(bytes.slice(at));
      restAt += at;
    },
    end() {
      if (state !== "end") {
        fail(
          restAt + rest.length,
          "the file ends",
          rest.length > 0 ? "the rest" : GRAMMAR[state].wanted,
        );
      }
    },
  };
}

/** Bytes to which chunks are appended, each copied about once. */
interface Growing {
  readonly length: number;
  /** All bytes so far; what was given out before stays as it is. */
  append(chunk: Uint8Array): Uint8Array;
}

function growing(bytes: Uint8Array): Growing {
  let buffer = bytes;
  let length = bytes.length;
  return {
    get length() {
      return length;
    },
    append(chunk) {
      if (length + chunk.length > buffer.length) {
        const larger = new Uint8Array(2 * (length + chunk.length));
        larger.set(buffer.subarray(0, length));
        buffer = larger;
      }
      buffer.set(chunk, length);
      length += chunk.length;
      return buffer.subarray(0, length);
    },
  };
}

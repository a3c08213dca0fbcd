/**
 * Fields of JSON objects as DuckDB's JSON functions would find them, numbers as they are written:
 * what passes through a number of JavaScript is rounded beyond 2^53.
 */

/** A value, and where it stands in the text. */
export interface JsonValue {
  readonly kind: "text" | "number" | "literal" | "null" | "list" | "object";
  readonly raw: string;
}

/** What is wanted below a place: the numbers of pointers that end here, and names to go on with. */
interface Wanted {
  readonly ends: number[];
  readonly inner: Map<string, Wanted>;
}

/** Values by the numbers of their pointers; undefined where the text is no JSON. */
export type FindFields = (text: string) => (JsonValue | undefined)[] | undefined;

/** What finds the values at JSON pointers. Of a name that comes twice the first counts. */
export function fieldFinder(pointers: readonly string[]): FindFields {
  const root: Wanted = { ends: [], inner: new Map() };
  for (const [i, pointer] of pointers.entries()) {
    let at = root;
    for (const part of pointer.split("/").slice(1)) {
      const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
      if (!at.inner.has(name)) at.inner.set(name, { ends: [], inner: new Map() });
      at = at.inner.get(name)!;
    }
    at.ends.push(i);
  }
  return (text) => {
    const found = new Array<JsonValue | undefined>(pointers.length).fill(undefined);
    try {
      const end = skipSpace(text, readValue(text, skipSpace(text, 0), root, found));
      return end === text.length ? found : undefined;
    } catch {
      return undefined; // no JSON, or nested beyond what the stack holds
    }
  };
}

const NUMBER = /-?(?:(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|nan|inf(?:inity)?)/iy;
const LITERAL = /true|false|null/y;

/** Reads the value that begins at `at`; returns the place behind it. @throws Error for no JSON. */
function readValue(
  text: string,
  at: number,
  wanted: Wanted | undefined,
  found: (JsonValue | undefined)[],
): number {
  const { kind, end } = valueAt(text, at, wanted, found);
  for (const i of wanted?.ends ?? []) found[i] ??= { kind, raw: text.slice(at, end) };
  return end;
}

function valueAt(
  text: string,
  at: number,
  wanted: Wanted | undefined,
  found: (JsonValue | undefined)[],
): { readonly kind: JsonValue["kind"]; readonly end: number } {
  switch (text[at]) {
    case '"':
      return { kind: "text", end: textEnd(text, at) };
    case "{":
      return { kind: "object", end: readObject(text, at, wanted, found) };
    case "[":
      return { kind: "list", end: readList(text, at, wanted, found) };
  }
  LITERAL.lastIndex = at;
  const [word] = LITERAL.exec(text) ?? [];
  if (word !== undefined) {
    return { kind: word === "null" ? "null" : "literal", end: at + word.length };
  }
  NUMBER.lastIndex = at;
  const [number] = NUMBER.exec(text) ?? fail();
  return { kind: "number", end: at + number.length };
}

function readObject(
  text: string,
  begin: number,
  wanted: Wanted | undefined,
  found: (JsonValue | undefined)[],
): number {
  const seen = new Set<string>();
  let at = skipSpace(text, begin + 1);
  while (text[at] !== "}") {
    if (text[at] !== '"') fail();
    const end = textEnd(text, at);
    const name = wanted === undefined ? "" : JSON.parse(text.slice(at, end)) as string;
    const inner = seen.has(name) ? undefined : wanted?.inner.get(name);
    if (inner !== undefined) seen.add(name);
    at = skipSpace(text, end);
    if (text[at] !== ":") fail();
    at = skipSpace(text, readValue(text, skipSpace(text, at + 1), inner, found));
    at = afterComma(text, at, "}");
  }
  return at + 1;
}

function readList(
  text: string,
  begin: number,
  wanted: Wanted | undefined,
  found: (JsonValue | undefined)[],
): number {
  let at = skipSpace(text, begin + 1);
  for (let i = 0; text[at] !== "]"; i++) {
    at = skipSpace(text, readValue(text, at, wanted?.inner.get(`${i}`), found));
    at = afterComma(text, at, "]");
  }
  return at + 1;
}

/** The place behind a comma, which may be the last one, or of the end. */
function afterComma(text: string, at: number, end: string): number {
  if (text[at] === ",") return skipSpace(text, at + 1);
  return text[at] === end ? at : fail();
}

/** The place behind a text. @throws Error for one that does not end, or of no characters. */
function textEnd(text: string, begin: number): number {
  for (let at = begin + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) fail();
    if (code !== 0x5c) continue;
    at++;
    if (text[at] === "u") at += escapedLength(text, at + 1);
    else if (!'"\\/bfnrt'.includes(text[at] ?? " ")) fail();
  }
  return fail();
}

/** Letters of an escaped character behind its u: four, or with the second half of a pair ten. */
function escapedLength(text: string, at: number): number {
  const [hex] = /^[\da-f]{4}/i.exec(text.slice(at, at + 4)) ?? fail();
  const code = parseInt(hex, 16);
  if (code < 0xd800 || code > 0xdfff) return 4;
  return code < 0xdc00 && /^\\ud[c-f][\da-f]{2}/i.test(text.slice(at + 4, at + 10)) ? 10 : fail();
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (" \t\n\r".includes(text[at] ?? ".")) at++;
  return at;
}

function fail(): never {
  throw new SyntaxError("no JSON");
}

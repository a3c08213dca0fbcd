/** JSON and UTF-8 as every reader of the project takes them: strict, told in one style. Pure. */
import { type Expectation, InputError, messageOf, show } from "../errors/input_error.ts";

/**
 * Bytes as text, without the byte order mark that they may begin with. @throws TypeError when they
 * are not UTF-8.
 */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

/** The value of a JSON document. @throws TypeError or SyntaxError when it is not JSON in UTF-8. */
export function decodeJson(bytes: Uint8Array): unknown {
  return JSON.parse(decodeText(bytes));
}

/** As `decodeJson`. @throws InputError in the words of `expected` when it is not JSON in UTF-8. */
export function parseJson(bytes: Uint8Array, expected: Expectation): unknown {
  try {
    return decodeJson(bytes);
  } catch (error) {
    throw new InputError({
      ...expected,
      found: `it is not JSON in UTF-8 (${show(messageOf(error))})`,
    }, { cause: error });
  }
}

/**
 * The first key that an object of a JSON document has twice, of which JSON.parse keeps the last
 * without a word. `text` is known to be JSON.
 */
export function repeatedKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, key] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (key !== undefined) {
      const name = JSON.parse(key);
      const keys = open[open.length - 1];
      if (keys.has(name)) return name;
      keys.add(name);
    }
  }
}

/** A value as the project's files hold it: two-space indent, a newline at the end. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Says whether a JSON value is an object, not a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

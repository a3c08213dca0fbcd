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

/** A value as the project's files hold it: two-space indent, a newline at the end. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Says whether a JSON value is an object, not a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

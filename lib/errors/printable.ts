/**
 * Texts that a terminal may be given: names from data, files and requests must not command it.
 * Control characters (C0, C1) begin its escape sequences; marks of direction and separators of
 * lines make it show something else than what is there.
 */

/** What no text may hold; a tab and a line feed are left. */
const COMMANDS =
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The text with a question mark for whatever would command a terminal. */
export function printable(text: string): string {
  return text.replace(COMMANDS, "?");
}

/** As `printable`, for what must stay on its line: a cell of a table, a title. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\n\t]/g, "?");
}

/** JSON whose texts command no terminal: what would is escaped, so that its value is the same. */
export function printableJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  return text.replace(COMMANDS, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

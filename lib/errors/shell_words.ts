/** Words of lines for a shell, as messages give them: to be copied. */

/**
 * The end of a line that names the project's folder: nothing where that is the current one, as a
 * program has it without the flag.
 */
export function outFlag(root: string): string {
  return root === "." ? "" : ` --out ${quoted(root)}`;
}

/** Words as a line of a POSIX shell. */
export function lineOf(words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

/** A text as one word of a POSIX shell, which replaces nothing in it. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

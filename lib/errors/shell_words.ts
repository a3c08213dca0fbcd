/** Words of lines for a shell, as messages give them: to be copied. */

/**
 * The end of a line that names the project's folder: nothing where that is the current one, as a
 * program has it without the flag.
 */
export function outFlag(root: string): string {
  return root === "." ? "" : ` --out ${quoted(root)}`;
}

/** A text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

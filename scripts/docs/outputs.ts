/** What a page shows of a command's output, and whether it is still what the command says. */

const PART = /^(?:(.+) of )?`(.+)`$/;

/** The command whose output a part shows: "`deno task a`", or "Results of `deno task a`". */
export function commandOf(what: string): string | undefined {
  return PART.exec(what)?.[2];
}

/**
 * The text of a part that shows `output`: the command with all of it, or with the named section's
 * heading and first paragraph.
 */
export function shownPart(what: string, output: string): string {
  const [, section, command] = PART.exec(what)!;
  const shown = section === undefined ? output : paragraphOf(section, output);
  return `\`\`\`text\n$ ${command}\n${shown.trim()}\n\`\`\``;
}

function paragraphOf(section: string, output: string): string {
  const at = output.lastIndexOf(`\n== ${section}`);
  if (at < 0) return `(the output has no section ${section})`;
  return output.slice(at + 1).split("\n\n", 2).join("\n\n");
}

/**
 * Whether two outputs differ in nothing but what every run has anew: its tag, and how long things
 * took.
 */
export function sameButForTimes(a: string, b: string): boolean {
  return timeless(a) === timeless(b);
}

function timeless(output: string): string {
  return output.trim()
    .replaceAll(/\b\d{8}_\d{6}\b/g, "<tag>")
    .replaceAll(/\b\d+(\.\d+)? (ms|s|min|h)\b(?!\.\w)/g, "<time>")
    .replaceAll(/"milliseconds":\d+(\.\d+)?/g, '"milliseconds":<time>');
}

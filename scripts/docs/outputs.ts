/** What a page shows of a command's output, and whether it is still what the command says. */

/** The command whose output a part shows, or the end of it: "end of `deno task baselines`". */
export function commandOf(what: string): string | undefined {
  return /^(?:end of )?`(.+)`$/.exec(what)?.[1];
}

/** The text of a part that shows `output`: the command and all of it, or its last section. */
export function shownPart(what: string, output: string): string {
  const shown = what.startsWith("end of ") ? output.slice(output.lastIndexOf("\n== ") + 1) : output;
  return `\`\`\`text\n$ ${commandOf(what)}\n${shown.trim()}\n\`\`\``;
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

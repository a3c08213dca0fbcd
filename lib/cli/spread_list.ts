/** A list flag whose items stand one after the other: `--compare A B` as `--compare A,B`. */

/** The arguments with the items behind `--name` joined, up to the next flag. */
export function spreadList(args: readonly string[], name: string): string[] {
  const joined: string[] = [];
  for (let i = 0; i < args.length; i++) {
    joined.push(args[i]);
    if (args[i] !== `--${name}`) continue;
    const items: string[] = [];
    while (i + 1 < args.length && !args[i + 1].startsWith("-")) items.push(args[++i]);
    if (items.length > 0) joined.push(items.join(","));
  }
  return joined;
}

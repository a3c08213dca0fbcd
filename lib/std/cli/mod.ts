/**
 * `parseArgs` with the signature of `jsr:@std/cli`, for networks that cannot reach jsr. Deleting
 * `links` from deno.json swaps in the published package; the callers stay as they are. Only what
 * this project uses is here: flags with texts, tied (`--a=x`) or not (`--a x`), given several
 * times, with dots in their names, and unknown arguments. `tests/std` holds for both, and
 * `deno task check:std` runs it against the published sources.
 */

/** The options of `parseArgs` that both this package and `jsr:@std/cli` understand. */
export interface ParseOptions {
  /** Flags that take a text. */
  string?: readonly string[];
  /** Flags that may be given several times; their value is an array, an empty one if not given. */
  collect?: readonly string[];
  /** Called for each argument that no option names; returning false drops it. */
  unknown?: (argument: string, key?: string, value?: unknown) => unknown;
}

/** What `parseArgs` returns: the flags by name and the other arguments under `_`. */
export type Args = { _: (string | number)[]; [flag: string]: unknown };

/**
 * Parses command-line arguments into a record. The value of `--a.b` stands in `a` under `b`. Flags
 * not given are absent, except those in `collect`. What follows `--` is not looked at.
 */
export function parseArgs(args: readonly string[], options: ParseOptions = {}): Args {
  const { string = [], collect = [], unknown = () => true } = options;
  const end = args.indexOf("--");
  const rest = args.slice(0, end === -1 ? args.length : end);
  const result: Args = { _: [] };
  for (const name of string) if (collect.includes(name)) put(result, name, []);
  while (rest.length > 0) {
    const argument = rest.shift()!;
    const [, name, tied] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
    if (name === undefined) {
      if (unknown(argument) !== false) result._.push(numberOr(argument));
      continue;
    }
    const hasNext = rest.length > 0 && rest[0] !== "" && !rest[0].startsWith("-");
    const text = tied ?? (hasNext ? rest.shift() : undefined);
    if (string.includes(name)) {
      put(result, name, text ?? "", collect.includes(name));
    } else {
      const value = text === undefined ? true : numberOr(text);
      if (unknown(argument, name, value) !== false) put(result, name, value);
    }
  }
  return result;
}

/** Puts a value, or one more of a list, at a name with dots. */
function put(result: Record<string, unknown>, name: string, value: unknown, toList = false): void {
  const parts = name.split(".");
  const last = parts.pop()!;
  let place = result;
  for (const part of parts) place = (place[part] ??= {}) as Record<string, unknown>;
  place[last] = toList ? [...place[last] as unknown[], value] : value;
}

function numberOr(text: string): string | number {
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/**
 * `parseArgs` with the signature of `jsr:@std/cli`, built on `node:util`, for networks that cannot
 * reach jsr. Deleting `links` from deno.json swaps in the published package; the callers stay as
 * they are. Only the part that this project uses is here: string, boolean and repeated options,
 * `--no-x`, `--x=v`, `--` and unknown flags.
 */
import { parseArgs as nodeParseArgs } from "node:util";

/** The options of `parseArgs` that both this package and `jsr:@std/cli` understand. */
export interface ParseOptions {
  /** Flags that take a text. */
  string?: readonly string[];
  /** Flags that take none. */
  boolean?: readonly string[];
  /** Flags that may be given several times; their value is an array. */
  collect?: readonly string[];
  /** Short or other names: `{ h: "help" }`. */
  alias?: Record<string, string>;
  /** Called for each argument that no other option names; returning false drops it. */
  unknown?: (argument: string, key?: string, value?: unknown) => unknown;
}

/** What `parseArgs` returns: the flags by name and the positional arguments under `_`. */
export type Args = { _: (string | number)[]; [flag: string]: unknown };

/**
 * Parses command-line arguments into a record. Flags not given are absent, except booleans (false)
 * and collected ones ([]).
 */
export function parseArgs(args: string[], options: ParseOptions = {}): Args {
  const boolean = new Set(options.boolean ?? []);
  const string = new Set(options.string ?? []);
  const collect = new Set(options.collect ?? []);
  const canonical = new Map(Object.entries(options.alias ?? {}));
  const declared: Record<string, { type: "string" | "boolean"; multiple?: boolean }> = {};
  for (const name of string) declared[name] = { type: "string", multiple: true };
  for (const name of boolean) declared[name] = { type: "boolean" };
  for (const [short, name] of canonical) declared[short] = declared[name];
  const { tokens } = nodeParseArgs({
    args,
    options: declared,
    strict: false,
    allowPositionals: true,
    allowNegative: true,
    tokens: true,
  });
  const result: Args = { _: [] };
  for (const name of boolean) result[name] = false;
  for (const name of collect) result[name] = [];
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (options.unknown === undefined || options.unknown(token.value) !== false) {
        result._.push(token.value);
      }
    } else if (token.kind === "option") {
      const negated = token.name.startsWith("no-") && boolean.has(token.name.slice(3));
      const name = negated ? token.name.slice(3) : canonical.get(token.name) ?? token.name;
      if (boolean.has(name)) result[name] = !negated && token.value !== "false";
      else if (string.has(name)) {
        const value = token.value ?? "";
        if (collect.has(name)) (result[name] as string[]).push(value);
        else result[name] = value;
      } else if (
        options.unknown === undefined || options.unknown(token.rawName, name, token.value) !== false
      ) {
        result[name] = token.value ?? true;
      }
    }
  }
  return result;
}

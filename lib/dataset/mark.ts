/**
 * The mark of synthetic data: in the folder (`synthetic.json`) and in the footer of each of its
 * Parquet files, so that neither a removed nor a changed mark passes for something else.
 */
import { InputError, show } from "../errors/input_error.ts";
import { isRecord, parseJson } from "../files/json.ts";
import type { SyntheticMark } from "./dataset.ts";
import { openParquet } from "./parquet/file.ts";

/** The mark of a synthetic data set, beside its folders. */
export const SYNTHETIC_FILE = "synthetic.json";
/** The mark's key in a Parquet file's metadata. */
export const SYNTHETIC_NOTE = "synthetic";

/** A mark and the file that carries it. */
export interface FoundMark {
  readonly path: string;
  readonly mark: SyntheticMark;
}

/** The mark in a Parquet file's footer, if it has one. @throws InputError when it is none. */
export function noteIn(bytes: Uint8Array<ArrayBuffer>, path: string): FoundMark[] {
  const note = openParquet(bytes, path).metadata[SYNTHETIC_NOTE];
  if (note === undefined) return [];
  return [{ path, mark: parseMark(new TextEncoder().encode(note), `the footer of ${path}`) }];
}

/** The mark on which all agree; none where there is none. @throws InputError when two differ. */
export function agreedMark(marks: readonly FoundMark[]): SyntheticMark | undefined {
  const [first, ...others] = marks;
  for (const { path, mark } of others) {
    if (textOf(mark) === textOf(first.mark)) continue;
    throw new InputError({
      doing: `comparing the marks of synthetic data in ${first.path} and ${path}`,
      found: `${show(textOf(first.mark), 300)} and ${show(textOf(mark), 300)}`,
      wanted: "one mark: which data these are cannot be told",
      next: "make them again with deno task synthesize",
    });
  }
  return first?.mark;
}

function textOf({ preset, seed, process_version, changes = {} }: SyntheticMark): string {
  const sorted = Object.entries(changes).sort(([a], [b]) => a < b ? -1 : 1);
  return JSON.stringify({ preset, seed, process_version, changes: Object.fromEntries(sorted) });
}

/**
 * Parses the mark of a synthetic data set; `path` is for messages. @throws InputError when it is
 * none.
 */
export function parseMark(bytes: Uint8Array, path: string): SyntheticMark {
  const doing = `reading ${path}`;
  const wanted = "the mark that deno task synthesize writes: synthetic, preset, seed (a whole " +
    "number from 0 to 4294967295), process_version";
  const mark = parseJson(bytes, { doing, wanted });
  const { synthetic, preset, seed, process_version, changes } = isRecord(mark) ? mark : {};
  if (
    synthetic !== true || typeof preset !== "string" || !isSeed(seed) ||
    typeof process_version !== "string" ||
    !isChanges(changes)
  ) {
    throw new InputError({ doing, found: `it holds ${show(mark)}`, wanted });
  }
  return { synthetic, preset, seed, process_version, changes };
}

function isSeed(seed: unknown): seed is number {
  return Number.isInteger(seed) && seed as number >= 0 && seed as number <= 0xffffffff;
}

function isChanges(changes: unknown): changes is SyntheticMark["changes"] {
  if (changes === undefined) return true;
  return typeof changes === "object" && changes !== null &&
    Object.values(changes).every((value) => Number.isFinite(value));
}

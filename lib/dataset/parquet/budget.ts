/**
 * How much memory a file may ask for. Run lengths say "a million times this" in a few bytes, so
 * that neither the size of a file nor what it claims tells what it takes; what it takes is bounded.
 */
import { InputError } from "../../errors/input_error.ts";

/** Any file may take this much. */
const FREE_BYTES = 256e6;
/** Beyond that, this many times its size; real files take some 20 times theirs. */
const GROWTH = 64;

/** What the arrays of one row take: keys, times, codes, offsets, and a copy of the keys to sort. */
export const ROW_BYTES = 48;
/** What a value of a list takes, once as it is read and once in the pool. */
export const VALUE_BYTES = 8;

/** The most bytes of memory that a file of `bytes` bytes may ask for. */
export function mostMemory(bytes: number): number {
  return FREE_BYTES + GROWTH * bytes;
}

/**
 * Checks a claim before anything is allocated for it. `what` is what is counted, for the message.
 * @throws InputError naming the memory that it would take, and the most that the file may.
 */
export function checkMemory(
  { path, bytes }: { readonly path: string; readonly bytes: Uint8Array },
  count: number,
  bytesEach: number,
  what: string,
): void {
  const most = mostMemory(bytes.length);
  const needed = count * bytesEach;
  if (needed <= most) return;
  const megabytes = (n: number) => `${Math.ceil(n / 1e6).toLocaleString("en")} MB`;
  throw new InputError({
    doing: `reading ${path}`,
    found: `its ${count.toLocaleString("en")} ${what} would take ${megabytes(needed)} of memory, ` +
      `${Math.round(needed / bytes.length).toLocaleString("en")} times the file's size`,
    wanted: `at most ${megabytes(most)} for a file of this size`,
    next: "if the file is what it should be, write it without compression and dictionaries",
  });
}

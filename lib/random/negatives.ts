/**
 * Negative courses from the counter-based generator; the same ones in TypeScript, WebAssembly and
 * WGSL.
 *
 * Draw j of a target is word `j & 1` of threefry(key = (seed, NEGATIVES_SITE), counter =
 * (target·⌈k/2⌉ + (j >> 1), step)), modulo the n − 1 other courses; the label is left out by
 * counting on from it. `target` is its place among the targets of the batch, `step` the optimiser's
 * from 1. With replacement; the modulo favours low courses by less than n / 2³².
 */
import { threefry } from "./threefry.ts";

/** The site of the negatives, beyond every dropout layer's. */
export const NEGATIVES_SITE = 0x6e656773;

/** Which negatives are meant. */
export interface Negatives {
  readonly seed: number;
  readonly step: number;
  readonly nItems: number;
  /** How many a target has. */
  readonly count: number;
}

/** The negatives of one target. */
export function negativesOf(
  { seed, step, nItems, count }: Negatives,
  target: number,
  label: number,
): Int32Array {
  const out = new Int32Array(count);
  const words = new Uint32Array(2);
  for (let j = 0; j < count; j++) {
    if (j % 2 === 0) {
      threefry(seed, NEGATIVES_SITE, target * Math.ceil(count / 2) + j / 2, step, words);
    }
    const other = words[j % 2] % (nItems - 1);
    out[j] = other < label ? other : other + 1;
  }
  return out;
}

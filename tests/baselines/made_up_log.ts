/** Synthetic sessions as training data, for tests of rules and neighbours. */
import type { Pairs } from "../../lib/dataset/dataset.ts";
import type { Query } from "../../lib/evaluation/queries.ts";
import { pairRows, pairsOf, type TinySession } from "../dataset/tiny.ts";
import { choices } from "../fuzz/random.ts";

/** A log in every form that a test may want. */
export interface MadeUpLog {
  readonly nItems: number;
  readonly sessions: readonly TinySession[];
  readonly pairs: Pairs;
  readonly queries: readonly Query[];
}

/** `count` sessions over few courses, some of them ending at the same time, and 40 queries. */
export function madeUpLog(seed: number, count: number, nItems = 12): MadeUpLog {
  const { int } = choices(seed);
  const course = () => Math.min(int(nItems), int(nItems)); // low ones are popular
  const sessions = Array.from({ length: count }, () => {
    const end = 1000 * int(count);
    const items = Array.from({ length: 2 + int(5) }, course);
    return { items, times: items.map((_, i) => end - items.length + 1 + i) };
  });
  const queries = Array.from({ length: 40 }, () => ({
    prefix: Int32Array.from({ length: 1 + int(6) }, course),
    time: 1000 * int(2 * count),
  }));
  return { nItems, sessions, pairs: pairsOf(pairRows(sessions)), queries };
}

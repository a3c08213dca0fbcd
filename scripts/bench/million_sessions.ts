/**
 * Synthetic sessions by the million: popularity falls as in shops and on course platforms, lengths
 * as in the notebook's data, sessions end one second after the other.
 */
import type { Pairs } from "../../lib/dataset/dataset.ts";
import type { Query } from "../../lib/evaluation/queries.ts";
import { streamKey, uniform } from "../../lib/random/threefry.ts";
import { sessionLengths } from "./notebook_lengths.ts";

const COURSES = 5000;
const QUERIES = 3000;
/** A course's chance falls with its rank to this power. */
const SKEW = 0.8;

/** Training pairs of so many sessions, and queries like them. */
export function madeUpSessions(
  sessions: number,
): { nItems: number; pairs: Pairs; queries: readonly Query[] } {
  const lengths = sessionLengths(sessions + QUERIES);
  const words = new Uint32Array(2);
  const stream = streamKey("bench/million");
  const draw = (i: number) =>
    Math.floor(COURSES * Math.pow(uniform(1, stream, i, words), 1 / (1 - SKEW)));
  const total = lengths.subarray(0, sessions).reduce((sum, n) => sum + n, 0);
  const prefixStart = new Int32Array(total);
  const prefixLength = new Int32Array(total);
  const user = new Int32Array(total);
  const label = new Int32Array(total);
  const labelTime = new Float64Array(total);
  const items = new Int32Array(total);
  let row = 0;
  let drawn = 0;
  for (let s = 0; s < sessions; s++) {
    const begin = row;
    for (let t = 1; t <= lengths[s]; t++) {
      items[row] = t === 1 ? draw(drawn++) : label[row - 1];
      prefixStart[row] = begin;
      prefixLength[row] = t;
      user[row] = s;
      label[row] = draw(drawn++);
      labelTime[row] = 1000 * s + t;
      row++;
    }
  }
  const queries = Array.from({ length: QUERIES }, (_, i) => ({
    prefix: Int32Array.from({ length: lengths[sessions + i] }, () => draw(drawn++)),
    time: 1000 * sessions,
  }));
  const pairs: Pairs = {
    count: total,
    pairId: Float64Array.from(prefixStart, (_, i) => i),
    users: Array.from({ length: sessions }, (_, s) => String(s)),
    user,
    items,
    prefixStart,
    prefixLength,
    label,
    labelTime,
  };
  return { nItems: COURSES, pairs, queries };
}

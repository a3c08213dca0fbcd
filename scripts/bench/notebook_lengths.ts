/**
 * Training windows at the notebook's sizes, synthetic: 343 courses, prefix lengths with p50 3, p90
 * 18, cut at 50. Sessions are drawn so that their prefixes have this distribution; items and labels
 * are as popular as courses are, which decides how many distinct ones a batch has and how often the
 * first of them occurs: Zipf's law, course r in proportion to 1/r.
 */
import type { Pairs } from "../../lib/dataset/dataset.ts";
import { streamKey, uniform } from "../../lib/random/threefry.ts";

/** Pairs of the notebook's run, courses, and batches an epoch. */
export const NOTEBOOK = { pairs: 139_349, courses: 343, batches: 545, epochs: 10 } as const;

/**
 * Shares of prefix lengths 1, 2, …: a lognormal around 3, rounded down. They fall with the length,
 * as prefixes of whole sessions must.
 */
function prefixShares(): Float64Array {
  const shares = new Float64Array(401);
  const words = new Uint32Array(2);
  const stream = streamKey("bench/lengths");
  const draws = 400_000;
  for (let i = 0; i < draws; i++) {
    const normal = Math.sqrt(-2 * Math.log(1 - uniform(1, stream, 2 * i, words))) *
      Math.cos(2 * Math.PI * uniform(1, stream, 2 * i + 1, words));
    const length = Math.max(1, Math.floor(Math.exp(Math.log(3) + 1.4 * normal)));
    if (length <= 400) shares[length] += 1 / draws;
  }
  for (let t = 399; t >= 1; t--) shares[t] = Math.max(shares[t], shares[t + 1]);
  return shares;
}

/** Pairs of so many sessions: each has at least t with the chance shares[t] / shares[1]. */
export function sessionLengths(sessions: number): Int32Array {
  const shares = prefixShares();
  const words = new Uint32Array(2);
  const stream = streamKey("bench/sessions");
  return Int32Array.from({ length: sessions }, (_, i) => {
    const u = uniform(1, stream, i, words);
    let prefixes = 1;
    while (prefixes < 400 && shares[prefixes + 1] / shares[1] > u) prefixes++;
    return prefixes;
  });
}

/** Pairs of whole sessions, about `count` of them, over so many courses. */
export function notebookPairs(count: number, courses: number = NOTEBOOK.courses): Pairs {
  const shares = prefixShares();
  const words = new Uint32Array(2);
  const stream = streamKey("bench/sessions");
  const lengths: number[] = [];
  // a session has at least t prefixes with probability shares[t] / shares[1]
  for (let pairs = 0, i = 0; pairs < count; i++) {
    const u = uniform(1, stream, i, words);
    let prefixes = 1;
    while (prefixes < 400 && shares[prefixes + 1] / shares[1] > u) prefixes++;
    lengths.push(prefixes);
    pairs += prefixes;
  }
  const total = lengths.reduce((sum, n) => sum + n, 0);
  const prefixStart = new Int32Array(total);
  const prefixLength = new Int32Array(total);
  const user = new Int32Array(total);
  let row = 0;
  let at = 0;
  lengths.forEach((prefixes, session) => {
    for (let t = 1; t <= prefixes; t++, row++) {
      prefixStart[row] = at;
      prefixLength[row] = t;
      user[row] = session;
    }
    at += prefixes;
  });
  // the logarithm of a rank is uniform; course 0 is padding to some models
  const draw = (i: number) => Math.floor(courses ** uniform(2, stream, i, words));
  return {
    count: total,
    pairId: Float64Array.from(prefixStart, (_, i) => i),
    users: lengths.map((_, i) => `${i}`),
    user,
    items: Int32Array.from({ length: at }, (_, i) => draw(i)),
    prefixStart,
    prefixLength,
    label: Int32Array.from({ length: total }, (_, i) => draw(at + i)),
    labelTime: Float64Array.from(prefixStart, (_, i) => i),
  };
}

/**
 * Which names can be near: what two names' letters differ in is no more than their distance, so
 * that most names are passed over by how often they have each letter.
 */

/**
 * Classes of letters that are counted: those of English, the digits, and the others by their
 * number. What separates words is not counted.
 */
const LETTERS = 26;
const DIGITS = 10;
const OTHERS = 12;
const CLASSES = LETTERS + DIGITS + OTHERS;
/** Names that a bucket holds at most. */
const BUCKET = 4000;
/** Names that may hold the key: more are not looked at. */
const HOLDING = 50_000;
/** A count stops here; the difference of two is still no more than the letters'. */
const MOST = 255;

/** Keys, by their numbers, that another one may have to do with. */
export interface Candidates {
  /** By the least distance that they can have, from 0 to the limit, each bucket in order. */
  readonly near: readonly (readonly number[])[];
  /** Those that have all of its letters, in order. */
  readonly holding: readonly number[];
}

/** Counts the letters of every key; the function that it returns finds candidates by them. */
export function letterCounts(
  keys: readonly string[],
): (key: string, limit: number) => Candidates {
  const n = keys.length;
  const counts = new Uint8Array(CLASSES * n); // [class × key]
  const totals = new Int32Array(n);
  keys.forEach((key, id) => {
    for (let i = 0; i < key.length; i++) {
      const at = classOf(key.charCodeAt(i)) * n + id;
      if (at < 0 || counts[at] === MOST) continue;
      counts[at]++;
      totals[id]++;
    }
  });
  return (key, limit) => {
    const wanted = countLetters(key);
    const total = wanted.reduce((sum, count) => sum + count, 0);
    const over = new Int32Array(n); // letters that only `key` has
    wanted.forEach((count, c) => {
      if (count === 0) return;
      const column = counts.subarray(c * n, (c + 1) * n);
      for (let id = 0; id < n; id++) {
        if (count > column[id]) over[id] += count - column[id];
      }
    });
    const near: number[][] = Array.from({ length: limit + 1 }, () => []);
    const holding: number[] = [];
    for (let id = 0; id < n; id++) {
      const under = over[id] - total + totals[id]; // letters that only the other one has
      const least = Math.max(over[id], under, Math.abs(key.length - keys[id].length));
      if (least <= limit && near[least].length < BUCKET) near[least].push(id);
      if (over[id] === 0 && holding.length < HOLDING) holding.push(id);
    }
    return { near, holding };
  };
}

function countLetters(key: string): Int32Array {
  const counts = new Int32Array(CLASSES);
  for (let i = 0; i < key.length; i++) {
    const c = classOf(key.charCodeAt(i));
    if (c >= 0 && counts[c] < MOST) counts[c]++;
  }
  return counts;
}

/** The class of a UTF-16 unit in lower case; negative for what is not counted. */
function classOf(code: number): number {
  if (code >= 97 && code <= 122) return code - 97;
  if (code >= 48 && code <= 57) return LETTERS + code - 48;
  return code < 128 ? -1 : LETTERS + DIGITS + code % OTHERS;
}

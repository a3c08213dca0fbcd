/** A pairs file as `Pairs`: columns checked value by value, prefixes folded into sessions. */
import { InputError, show } from "../errors/input_error.ts";
import { compareCodePoints, LABEL_TIMES, type Pairs } from "./dataset.ts";
import { openParquet } from "./parquet/file.ts";
import {
  type ListColumn,
  readLists,
  readNumbers,
  readTexts,
  readTimes,
  type TextColumn,
} from "./parquet/columns.ts";

/**
 * Parses a pairs file; `nItems` is the size of the vocabulary.
 * @throws InputError naming file, column, row and value: a missing column, an id outside the
 * vocabulary, an empty prefix, a duplicate pair_id.
 */
export function parsePairs(bytes: Uint8Array<ArrayBuffer>, path: string, nItems: number): Pairs {
  const file = openParquet(bytes, path);
  const pairId = readNumbers(file, "pair_id", "float64");
  const { users, user } = sortedUsers(readTexts(file, "user_id"));
  const label = readNumbers(file, "label", "int32");
  const labelTime = readTimes(file, "label_ts_epoch");
  const prefixes = readLists(file, "prefix", "int32");
  const fail = (column: string, row: number, value: unknown, wanted: string): never => {
    throw new InputError({
      doing: `checking column ${column} of ${path}`,
      found: `row ${row} is ${show(value)}`,
      wanted,
    });
  };
  const wantedId = `a course id from 0 to ${nItems - 1}`;
  for (let row = 0; row < file.rows; row++) {
    if (!(label[row] >= 0 && label[row] < nItems)) fail("label", row, label[row], wantedId);
    const begin = prefixes.offsets[row];
    const end = prefixes.offsets[row + 1];
    if (begin === end) fail("prefix", row, [], "a prefix of at least one course");
    for (let i = begin; i < end; i++) {
      if (!(prefixes.values[i] >= 0 && prefixes.values[i] < nItems)) {
        fail("prefix", row, prefixes.values[i], wantedId);
      }
    }
  }
  const twice = firstDuplicate(pairId);
  if (twice !== undefined) fail("pair_id", twice, pairId[twice], "a number that no other row has");
  return {
    count: file.rows,
    pairId,
    users,
    user,
    label,
    labelTime,
    ...(file.metadata.label_ts_epoch === LABEL_TIMES.places ? { ordered: true } : {}),
    ...foldPrefixes(prefixes, user),
  };
}

/** Distinct users in code-point order and each row's index among them. */
export function sortedUsers(
  { distinct, codes }: TextColumn,
): { users: string[]; user: Int32Array } {
  const order = distinct.map((_, i) => i).sort((a, b) =>
    compareCodePoints(distinct[a], distinct[b])
  );
  const place = new Int32Array(distinct.length);
  order.forEach((code, i) => place[code] = i);
  return { users: order.map((code) => distinct[code]), user: codes.map((code) => place[code]) };
}

/**
 * Keeps each session once. A row whose prefix continues the stretch written last (compared item by
 * item, same user) points into it; any other prefix starts a stretch of its own, so files whose
 * rows are not nested or not in order cost memory and nothing else.
 */
export function foldPrefixes(
  { offsets, values }: ListColumn,
  user: Int32Array,
): Pick<Pairs, "items" | "prefixStart" | "prefixLength"> {
  const rows = user.length;
  const prefixStart = new Int32Array(rows);
  const prefixLength = new Int32Array(rows);
  let pool = new Int32Array(Math.max(1024, 2 * rows));
  let start = 0;
  let filled = 0;
  for (let row = 0; row < rows; row++) {
    const begin = offsets[row];
    const length = offsets[row + 1] - begin;
    const known = Math.min(length, filled - start);
    let same = row > 0 && user[row] === user[row - 1];
    for (let i = 0; same && i < known; i++) same = pool[start + i] === values[begin + i];
    if (!same) start = filled;
    const from = same ? known : 0;
    if (filled + length > pool.length) {
      const larger = new Int32Array(Math.max(2 * pool.length, filled + length));
      larger.set(pool);
      pool = larger;
    }
    for (let i = from; i < length; i++) pool[filled++] = values[begin + i];
    prefixStart[row] = start;
    prefixLength[row] = length;
  }
  return { items: pool.slice(0, filled), prefixStart, prefixLength };
}

/** The row of the second of two equal values, or none. */
function firstDuplicate(values: Float64Array): number | undefined {
  if (values.every((value, i) => i === 0 || value > values[i - 1])) return undefined;
  const sorted = values.slice().sort();
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] === sorted[i - 1]) {
      return values.indexOf(sorted[i], values.indexOf(sorted[i]) + 1);
    }
  }
  return undefined;
}

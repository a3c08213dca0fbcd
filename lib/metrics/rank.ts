/**
 * Ranks of labels in score rows. All metrics follow from ranks, so ties are decided here and
 * nowhere else.
 */

/** Scores of float32 or float64. */
export type Scores = Float32Array | Float64Array;

/**
 * How equal scores are ordered. `lower_id`: the lower course id first (a stable descending sort),
 * which is this project's rule. `mid`: the mean of the places that the tied courses share;
 * `pessimistic`: behind all that tie. The last two show how much ties matter.
 */
export type TiePolicy = "lower_id" | "mid" | "pessimistic";

/** Where a label stands in a row of scores. */
export interface Place {
  /** Courses with a higher score. */
  readonly above: number;
  /** Other courses with the label's score. */
  readonly tied: number;
  /** Those of them with a lower id. */
  readonly tiedBefore: number;
}

/**
 * The place of `label` in the row scores[offset .. offset + nItems).
 * @throws RangeError for a score that is not a number or a label outside the row.
 */
export function placeOf(scores: Scores, offset: number, nItems: number, label: number): Place {
  if (!(Number.isInteger(label) && label >= 0 && label < nItems)) {
    throw new RangeError(`label ${label} is not one of ${nItems} courses`);
  }
  const own = scores[offset + label];
  let above = 0;
  let tiedBefore = 0;
  let tied = 0;
  let unordered = Number.isNaN(own);
  for (let item = 0; item < nItems; item++) {
    const score = scores[offset + item];
    if (score > own) above++;
    else if (score === own) {
      if (item < label) tiedBefore++;
      if (item !== label) tied++;
    } else if (score !== score) unordered = true;
  }
  if (unordered) {
    throw new RangeError(
      `a score of the row at ${offset} is not a number, so the row has no order`,
    );
  }
  return { above, tied, tiedBefore };
}

/**
 * The same place among the courses that are not in `seen`, which does not have the label.
 * `place` is that among all.
 */
export function placeWithout(
  place: Place,
  scores: Scores,
  offset: number,
  { label, seen }: { readonly label: number; readonly seen: ReadonlySet<number> },
): Place {
  const own = scores[offset + label];
  let { above, tied, tiedBefore } = place;
  for (const item of seen) {
    const score = scores[offset + item];
    if (score > own) above--;
    else if (score === own) {
      tied--;
      if (item < label) tiedBefore--;
    }
  }
  return { above, tied, tiedBefore };
}

/** The 1-based rank that a place gives under a policy. */
export function rankAt({ above, tied, tiedBefore }: Place, ties: TiePolicy = "lower_id"): number {
  const behind = { lower_id: tiedBefore, mid: tied / 2, pessimistic: tied }[ties];
  return 1 + above + behind;
}

/**
 * 1-based rank of `label` in the row scores[offset .. offset + nItems).
 * @throws RangeError for a score that is not a number or a label outside the row.
 *
 * @example
 * ```ts
 * import { rankOf } from "./rank.ts";
 *
 * const scores = Float64Array.of(0.2, 0.5, 0.5, 0.9); // one row of four courses
 * const ranks = [rankOf(scores, 0, 4, 2), rankOf(scores, 0, 4, 2, "pessimistic")];
 * if (ranks.join() !== "3,3") throw new Error(`unexpected ranks ${ranks}`);
 * if (rankOf(scores, 0, 4, 1) !== 2) throw new Error("a tie goes to the lower id");
 * ```
 */
export function rankOf(
  scores: Scores,
  offset: number,
  nItems: number,
  label: number,
  ties: TiePolicy = "lower_id",
): number {
  return rankAt(placeOf(scores, offset, nItems, label), ties);
}

/** Ranks of labels[i] in row i of scores [rows × nItems]. @throws RangeError as `rankOf`. */
export function ranksOf(
  scores: Scores,
  nItems: number,
  labels: ArrayLike<number>,
  ties: TiePolicy = "lower_id",
): Float64Array {
  if (scores.length !== labels.length * nItems) {
    throw new RangeError(`${scores.length} scores for ${labels.length} rows of ${nItems} courses`);
  }
  return Float64Array.from(
    labels,
    (label, row) => rankOf(scores, row * nItems, nItems, label, ties),
  );
}

/** Whether other courses share the label's score. */
export function isTied(scores: Scores, offset: number, nItems: number, label: number): boolean {
  const own = scores[offset + label];
  for (let item = 0; item < nItems; item++) {
    if (item !== label && scores[offset + item] === own) return true;
  }
  return false;
}

/**
 * The `k` courses with the highest scores of the row scores[offset .. offset + nItems), best first,
 * ties to the lower id; courses in `exclude` left out. Fewer where there are fewer.
 *
 * @example
 * ```ts
 * import { topK } from "./rank.ts";
 *
 * const scores = Float64Array.of(0.2, 0.5, 0.5, 0.9);
 * const best = topK(scores, 0, 4, 2, new Set([3]));
 * if (best.join() !== "1,2") throw new Error(`unexpected courses ${best}`);
 * ```
 */
export function topK(
  scores: Scores,
  offset: number,
  nItems: number,
  k: number,
  exclude: ReadonlySet<number> = new Set(),
): number[] {
  const best: number[] = [];
  for (let item = 0; item < nItems; item++) {
    const score = scores[offset + item];
    const enters = best.length < k || score > scores[offset + best[k - 1]];
    if (!enters || exclude.has(item)) continue;
    let at = best.length;
    while (at > 0 && score > scores[offset + best[at - 1]]) at--;
    best.splice(at, 0, item);
    if (best.length > k) best.pop();
  }
  return best;
}

/** The edit distance of two texts. */

/**
 * Levenshtein distance with adjacent swaps as one edit (optimal string alignment), `limit + 1` for
 * all above `limit`. Only the cells within `limit` of the diagonal are computed; `work.left` is
 * lowered by their number.
 */
export function distance(a: string, b: string, limit: number, work = { left: 0 }): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let from = 0;
  let endA = a.length;
  let endB = b.length;
  while (from < endA && from < endB && a[from] === b[from]) from++;
  while (endA > from && endB > from && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  work.left -= from + a.length - endA + 1;
  const rows = endA - from;
  const columns = endB - from;
  const far = limit + 1;
  let before = new Int32Array(columns + 1).fill(far);
  let previous = new Int32Array(columns + 1).fill(far);
  let current = new Int32Array(columns + 1).fill(far);
  for (let j = 0; j <= Math.min(columns, limit); j++) previous[j] = j;
  let leastBefore = 0;
  for (let i = 1; i <= rows; i++) {
    const first = Math.max(1, i - limit);
    const last = Math.min(columns, i + limit);
    current[first - 1] = first === 1 ? Math.min(i, far) : far;
    let least = current[first - 1];
    for (let j = first; j <= last; j++) {
      const isSame = a[from + i - 1] === b[from + j - 1];
      let edits = previous[j - 1] + (isSame ? 0 : 1);
      edits = Math.min(edits, previous[j] + 1, current[j - 1] + 1);
      const isSwap = i > 1 && j > 1 && a[from + i - 1] === b[from + j - 2] &&
        a[from + i - 2] === b[from + j - 1];
      if (isSwap) edits = Math.min(edits, before[j - 2] + 1);
      current[j] = Math.min(edits, far);
      least = Math.min(least, current[j]);
    }
    if (last < columns) current[last + 1] = far;
    work.left -= last - first + 2;
    if (least > limit && leastBefore > limit) return far;
    leastBefore = least;
    [before, previous, current] = [previous, current, before];
  }
  return previous[columns];
}

/** The nearest of a few names to a mistyped one, for "did you mean". */

/**
 * The candidate with the smallest edit distance (ties to the first), or none when even that is too
 * far to be a slip.
 */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  return nearestFew(name, candidates, 1)[0];
}

/** Up to `few` candidates within a slip's distance, nearest first. */
export function nearestFew(name: string, candidates: readonly string[], few: number): string[] {
  const limit = Math.max(2, Math.floor(name.length / 3));
  const key = name.toLowerCase();
  return candidates.map((candidate) => ({
    candidate,
    distance: distance(key, candidate.toLowerCase(), limit),
  }))
    .filter((entry) => entry.distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, few)
    .map((entry) => entry.candidate);
}

/**
 * Levenshtein distance with adjacent swaps as one edit (optimal string alignment); gives up with
 * limit + 1.
 */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      current[j] = Math.min(previous[j] + 1, current[j - 1] + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        current[j] = Math.min(current[j], before[j - 2] + 1);
      }
    }
    before = previous;
    previous = current;
  }
  return previous[b.length];
}

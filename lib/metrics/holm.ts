/** Several comparisons at once. */

/**
 * Holm's adjusted p-values (Holm 1979): with all of them at most α called different, the chance
 * that any equal pair is among those is at most α, however the comparisons depend on each other.
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => ps[a] - ps[b]);
  const adjusted = new Array<number>(ps.length);
  let least = 0;
  order.forEach((i, place) => {
    least = Math.max(least, Math.min(1, (ps.length - place) * ps[i]));
    adjusted[i] = least;
  });
  return adjusted;
}

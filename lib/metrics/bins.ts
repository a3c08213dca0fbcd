/** Whole numbers in ranges, as tables and pages group queries by them. */

/** Prefix lengths at which a group begins. */
export const PREFIX_STARTS: readonly number[] = [0, 1, 2, 3, 5, 9, 17, 33];

/** "3", "3–4" or "33+": from `start` to before `next`. */
export function binName(start: number, next: number | undefined): string {
  if (next === undefined) return `${start}+`;
  return next === start + 1 ? `${start}` : `${start}–${next - 1}`;
}

/** Mean and standard deviation of a few numbers, one a seed. */

/** A mean, and the deviation where there are two numbers at least. */
export interface Spread {
  readonly mean: number;
  readonly sd: number | null;
}

/** The mean of at least one number; of equal numbers just that number, without rounding. */
export function meanOf(values: readonly number[]): number {
  const [first] = values;
  if (values.every((value) => value === first)) return first;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean and sample standard deviation (n - 1) of at least one number; 0 of equal numbers. */
export function meanAndDeviation(values: readonly number[]): Spread {
  const mean = meanOf(values);
  if (values.length < 2) return { mean, sd: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (values.length - 1)) };
}

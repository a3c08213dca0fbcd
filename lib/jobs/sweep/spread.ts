/** Mean and standard deviation of a few numbers, one a seed. */

/** A mean, and the deviation where there are two numbers at least. */
export interface Spread {
  readonly mean: number;
  readonly sd: number | null;
}

/** Mean and sample standard deviation (n - 1) of at least one number. */
export function meanAndDeviation(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean, sd: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (values.length - 1)) };
}

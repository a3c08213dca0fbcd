/**
 * Summation as NumPy's `np.add.reduce` does it for float64: eight accumulators in blocks of up to
 * 128, halves added pairwise.
 */

/** The sum of values[begin .. begin + n), to NumPy's last bit. */
export function pairwiseSum(values: Float64Array, begin = 0, n = values.length): number {
  if (n < 8) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[begin + i];
    return sum;
  }
  if (n <= 128) {
    const r = values.slice(begin, begin + 8);
    let i = 8;
    for (; i < n - (n % 8); i += 8) for (let j = 0; j < 8; j++) r[j] += values[begin + i + j];
    let sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    for (; i < n; i++) sum += values[begin + i];
    return sum;
  }
  let half = Math.floor(n / 2);
  half -= half % 8;
  return pairwiseSum(values, begin, half) + pairwiseSum(values, begin + half, n - half);
}

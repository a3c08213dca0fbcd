/** Quantiles of whole numbers given as a histogram, as NumPy's default method computes them. */

/** A value and how often it occurs. */
export interface Bar {
  readonly value: number;
  readonly count: number;
}

/**
 * The `share` quantile (0 to 1) of a histogram sorted by value: linear between the two nearest
 * values, with the operations in the order of `numpy.quantile`, so that the last digit is the same.
 * NaN for an empty histogram.
 */
export function quantile(bars: readonly Bar[], share: number): number {
  const total = bars.reduce((sum, bar) => sum + bar.count, 0);
  if (total === 0) return NaN;
  const place = share * (total - 1);
  const below = Math.floor(place);
  const part = place - below;
  const a = valueAt(bars, below);
  const b = valueAt(bars, Math.min(below + 1, total - 1));
  return part >= 0.5 ? b - (b - a) * (1 - part) : a + (b - a) * part;
}

function valueAt(bars: readonly Bar[], place: number): number {
  let seen = 0;
  for (const bar of bars) if ((seen += bar.count) > place) return bar.value;
  return bars[bars.length - 1].value;
}

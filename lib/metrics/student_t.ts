/**
 * Quantiles of Student's t distribution. Its tail is a regularised incomplete beta function, taken
 * from its continued fraction (DLMF 8.17.22, evaluated after Lentz); the quantile comes by
 * bisection, which needs no starting value that would do for every number of degrees of freedom.
 */

/**
 * The t with P(T ≤ t) = `p`, for p in (0.5, 1) and any degrees of freedom of at least 1, whole or
 * not. @throws RangeError outside.
 */
export function studentQuantile(p: number, freedom: number): number {
  if (!(p > 0.5 && p < 1) || !(freedom >= 1)) {
    throw new RangeError(`no t quantile of ${p} with ${freedom} degrees of freedom`);
  }
  let low = 0;
  let high = 1;
  while (upperTail(high, freedom) > 1 - p) high *= 2;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (upperTail(middle, freedom) > 1 - p) low = middle;
    else high = middle;
  }
}

/**
 * P(Z > z) of the standard normal distribution: by its series (DLMF 7.6.2) where it is large, by
 * its continued fraction (DLMF 7.9.3) where it is small.
 */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  if (z > 3) {
    let fraction = z;
    for (let n = 100; n > 0; n--) fraction = z + n / fraction;
    return density / fraction;
  }
  let sum = 0;
  for (let term = z, n = 1; term > 1e-17; n += 2, term *= z * z / n) sum += term;
  return 0.5 - density * sum;
}

/** P(T > t) for t > 0: half of I_x(freedom / 2, 1 / 2) at x = freedom / (freedom + t²). */
function upperTail(t: number, freedom: number): number {
  const a = freedom / 2;
  const square = t * t;
  const x = freedom / (freedom + square);
  const rest = square / (freedom + square);
  // x^a (1 - x)^½ / B(a, ½)
  const front = Math.exp(-a * Math.log1p(square / freedom)) * Math.sqrt(rest / Math.PI) *
    gammaRatio(a);
  if (x < (a + 1) / (a + 2.5)) return 0.5 * front * betaFraction(a, 0.5, x) / a;
  return 0.5 - front * betaFraction(0.5, a, rest);
}

/** Γ(a + ½) / Γ(a), by its series for large a (DLMF 5.11.13) and downwards from there. */
function gammaRatio(a: number): number {
  let factor = 1;
  let at = a;
  for (; at < 100; at++) factor *= at / (at + 0.5);
  const series = 1 - 1 / (8 * at) + 1 / (128 * at ** 2) + 5 / (1024 * at ** 3) -
    21 / (32768 * at ** 4);
  return factor * Math.sqrt(at) * series;
}

/** The continued fraction of I_x(a, b), for x < (a + 1) / (a + b + 2). */
function betaFraction(a: number, b: number, x: number): number {
  const notZero = (value: number) => Math.abs(value) < 1e-300 ? 1e-300 : value;
  let c = 1;
  let d = 1 / notZero(1 - (a + b) * x / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / notZero(1 + even * d);
    c = notZero(1 + even / c);
    fraction *= c * d;
    d = 1 / notZero(1 + odd * d);
    c = notZero(1 + odd / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return fraction;
}

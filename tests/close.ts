/**
 * Comparison of float arrays with the tolerance absolute + relative·|expected|; a value that is not
 * finite never passes.
 */

/**
 * Fails with the worst element unless every |actual − expected| ≤ absolute + relative·|expected|.
 */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
  absolute = 1e-5,
  relative = 1e-4,
): void {
  if (actual.length !== expected.length) {
    throw new Error(`${what}: ${actual.length} values, expected ${expected.length}`);
  }
  let worst = 0;
  let at = -1;
  for (let i = 0; i < expected.length; i++) {
    const excess = Math.abs(actual[i] - expected[i]) /
      (absolute + relative * Math.abs(expected[i]));
    if (!(excess <= worst)) {
      worst = excess;
      at = i;
    }
    if (Number.isNaN(excess)) break;
  }
  if (!(worst <= 1)) {
    throw new Error(
      `${what}: element ${at} is ${actual[at]}, expected ${expected[at]} (${
        worst.toPrecision(3)
      } times the tolerance)`,
    );
  }
}

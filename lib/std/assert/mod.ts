/**
 * Assertions with the signatures of `jsr:@std/assert`, built on `node:assert`, for networks that
 * cannot reach jsr. Deleting `links` from deno.json swaps in the published package; the callers
 * stay as they are.
 */
import nodeAssert from "node:assert/strict";

export { AssertionError } from "node:assert";

/** Fails unless `condition` is truthy. */
export function assert(condition: unknown, message = ""): asserts condition {
  if (!condition) nodeAssert.fail(message || "expected a truthy value");
}

/** Fails unless the two are deeply and strictly equal. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  nodeAssert.deepStrictEqual(actual, expected, message);
}

/** Fails if the two are deeply and strictly equal. */
export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  nodeAssert.notDeepStrictEqual(actual, expected, message);
}

/** Fails unless the two are the same value (`Object.is`). */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is T {
  if (!Object.is(actual, expected)) nodeAssert.strictEqual(actual, expected, message);
}

/** Fails unless |actual − expected| ≤ tolerance (default 1e-7·|expected|); a NaN never passes. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  message?: string,
): void {
  const allowed = tolerance ?? Math.abs(expected) * 1e-7;
  if (Object.is(actual, expected) || Math.abs(actual - expected) <= allowed) return;
  nodeAssert.fail(message ?? `expected ${expected} ± ${allowed}, got ${actual}`);
}

/** Fails unless `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  if (!actual.includes(expected)) {
    nodeAssert.fail(
      message ?? `expected the text to include ${JSON.stringify(expected)}, got:\n${actual}`,
    );
  }
}

/** Fails unless `actual` matches `expected`. */
export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  nodeAssert.match(actual, expected, message);
}

// deno-lint-ignore no-explicit-any
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

function check<E extends Error>(
  error: unknown,
  errorClass?: ErrorClass<E>,
  includes?: string,
  message?: string,
): E {
  if (!(error instanceof Error)) {
    nodeAssert.fail(message ?? `a value that is not an Error was thrown: ${String(error)}`);
  }
  if (errorClass !== undefined && !(error instanceof errorClass)) {
    nodeAssert.fail(
      message ?? `expected ${errorClass.name}, got ${error.constructor.name}: ${error.message}`,
    );
  }
  if (includes !== undefined) assertStringIncludes(error.message, includes, message);
  return error as E;
}

/**
 * Fails unless `run` throws an `errorClass` whose message includes `includes`; returns the error.
 */
export function assertThrows<E extends Error = Error>(
  run: () => unknown,
  errorClass?: ErrorClass<E>,
  includes?: string,
  message?: string,
): E {
  let thrown: unknown;
  let did = false;
  try {
    run();
  } catch (error) {
    thrown = error;
    did = true;
  }
  if (!did) nodeAssert.fail(message ?? "expected the function to throw");
  return check(thrown, errorClass, includes, message);
}

/**
 * Fails unless the promise of `run` rejects with an `errorClass` whose message includes `includes`;
 * returns the error.
 */
export async function assertRejects<E extends Error = Error>(
  run: () => PromiseLike<unknown>,
  errorClass?: ErrorClass<E>,
  includes?: string,
  message?: string,
): Promise<E> {
  let thrown: unknown;
  let did = false;
  try {
    await run();
  } catch (error) {
    thrown = error;
    did = true;
  }
  if (!did) nodeAssert.fail(message ?? "expected the promise to reject");
  return check(thrown, errorClass, includes, message);
}

/**
 * Assertions with the signatures of `jsr:@std/assert`, built on `node:assert`, for networks that
 * cannot reach jsr. Deleting `links` from deno.json swaps in the published package; the callers
 * stay as they are. `tests/std` holds for both, and `deno task check:std` runs it against the
 * published sources.
 */
import nodeAssert from "node:assert/strict";

/** Fails unless `condition` is truthy. */
export function assert(condition: unknown, message = ""): asserts condition {
  if (!condition) nodeAssert.fail(message || "expected a truthy value");
}

/**
 * Fails unless the two are deeply and strictly equal. Here −0 is not 0 and an object without a
 * prototype equals none with one; the published package takes both for equal.
 */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  nodeAssert.deepStrictEqual(actual, expected, message);
}

/** Fails if the two are deeply and strictly equal. */
export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  nodeAssert.notDeepStrictEqual(actual, expected, message);
}

/**
 * Fails unless the two are the same or |actual − expected| ≤ tolerance (default 1e-7·|expected|).
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  message?: string,
): void {
  const allowed = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected) * 1e-7 : 1e-7);
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

// deno-lint-ignore no-explicit-any -- the arguments of a constructor do not matter here
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/** Fails unless `error` is an `errorClass` whose message includes `includes`. */
function check<E extends Error>(
  error: unknown,
  errorClass: ErrorClass<E> | undefined,
  includes = "",
  message?: string,
): unknown {
  if (errorClass === undefined) return error;
  if (!(error instanceof Error)) {
    nodeAssert.fail(message ?? `a value that is not an Error was thrown: ${String(error)}`);
  }
  if (!(error instanceof errorClass)) {
    nodeAssert.fail(
      message ?? `expected ${errorClass.name}, got ${error.constructor.name}: ${error.message}`,
    );
  }
  assertStringIncludes(error.message, includes, message);
  return error;
}

/** Fails unless `run` throws; returns what was thrown. */
export function assertThrows(run: () => unknown, message?: string): unknown;
/**
 * Fails unless `run` throws an `errorClass` whose message includes `includes`; returns the error.
 */
export function assertThrows<E extends Error = Error>(
  run: () => unknown,
  errorClass: ErrorClass<E>,
  includes?: string,
  message?: string,
): E;
export function assertThrows<E extends Error>(
  run: () => unknown,
  classOrMessage?: ErrorClass<E> | string,
  includes?: string,
  message?: string,
): unknown {
  const [errorClass, said] = split(classOrMessage, message);
  try {
    run();
  } catch (error) {
    return check(error, errorClass, includes, said);
  }
  nodeAssert.fail(said ?? "expected the function to throw");
}

/** Fails unless `run` returns a promise that rejects; returns what it was rejected with. */
export function assertRejects(run: () => PromiseLike<unknown>, message?: string): Promise<unknown>;
/**
 * Fails unless `run` returns a promise that rejects with an `errorClass` whose message includes
 * `includes`; returns the error.
 */
export function assertRejects<E extends Error = Error>(
  run: () => PromiseLike<unknown>,
  errorClass: ErrorClass<E>,
  includes?: string,
  message?: string,
): Promise<E>;
export async function assertRejects<E extends Error>(
  run: () => PromiseLike<unknown>,
  classOrMessage?: ErrorClass<E> | string,
  includes?: string,
  message?: string,
): Promise<unknown> {
  const [errorClass, said] = split(classOrMessage, message);
  let promise: PromiseLike<unknown>;
  try {
    promise = run();
  } catch (error) {
    nodeAssert.fail(said ?? `expected a promise, but the function itself threw: ${String(error)}`);
  }
  try {
    await promise;
  } catch (error) {
    return check(error, errorClass, includes, said);
  }
  nodeAssert.fail(said ?? "expected the promise to reject");
}

function split<E extends Error>(
  classOrMessage: ErrorClass<E> | string | undefined,
  message: string | undefined,
): [errorClass: ErrorClass<E> | undefined, message: string | undefined] {
  if (typeof classOrMessage === "string") return [undefined, classOrMessage];
  return [classOrMessage, message];
}

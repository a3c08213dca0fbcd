/** `node:assert` for a page: what the stand-in of `@std/assert` needs of it. */

/** What a failed assertion throws. */
export class AssertionError extends Error {}

/** A value as text that tells types and every number apart. */
function textOf(value: unknown): string {
  const text = JSON.stringify(value, (_key, part) => {
    if (typeof part === "number") return exact(part);
    if (ArrayBuffer.isView(part)) {
      const numbers = Array.from(part as unknown as ArrayLike<number>);
      return { kind: part.constructor.name, numbers };
    }
    if (part instanceof Map || part instanceof Set) {
      return { kind: part.constructor.name, members: [...part] };
    }
    return part;
  });
  return text ?? String(value);
}

/** JSON knows neither −0 nor NaN. */
function exact(value: number): number | string {
  if (Object.is(value, -0)) return "the number -0";
  return Number.isFinite(value) ? value : `the number ${value}`;
}

function deepStrictEqual(actual: unknown, expected: unknown, message = ""): void {
  const [got, wanted] = [textOf(actual), textOf(expected)];
  if (got === wanted) return;
  throw new AssertionError(`${message} ${got.slice(0, 300)} is not ${wanted.slice(0, 300)}`);
}

function notDeepStrictEqual(actual: unknown, expected: unknown, message = ""): void {
  if (textOf(actual) !== textOf(expected)) return;
  throw new AssertionError(`${message} both are ${textOf(actual).slice(0, 300)}`);
}

function fail(message: string): never {
  throw new AssertionError(message);
}

export default { deepStrictEqual, notDeepStrictEqual, fail };

/**
 * Shapes of JSON documents: one record says what a document holds, and gives both its type and its
 * check.
 */
import { isRecord } from "./json.ts";

/**
 * Checks a value found at `at` and returns it typed. @throws TypeError naming the place, what was
 * found and what was wanted.
 */
export type Shape<T> = (value: unknown, at: string) => T;
/** What a shape gives. */
export type Of<S> = S extends Shape<infer T> ? T : never;

/** A value of a shape did not have it. */
function refuse(value: unknown, at: string, wanted: string): never {
  throw new TypeError(`${at} is ${describe(value)}, not ${wanted}`);
}

function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** Any text. */
export const text: Shape<string> = (value, at) =>
  typeof value === "string" ? value : refuse(value, at, "a text");
/** True or false. */
export const truth: Shape<boolean> = (value, at) =>
  typeof value === "boolean" ? value : refuse(value, at, "true or false");
/** Any value. */
export const anything: Shape<unknown> = (value) => value;

/** Any object. */
export const anyObject: Shape<object> = (value, at) => objectAt(value, at);

/** A finite number of at least `min`. */
export const number = (min = -Infinity): Shape<number> => (value, at) => {
  if (typeof value === "number" && Number.isFinite(value) && value >= min) return value;
  return refuse(value, at, min === -Infinity ? "a number" : `a number from ${min}`);
};

/** A whole number of at least `min`. */
export const integer = (min = 0): Shape<number> => (value, at) =>
  Number.isSafeInteger(value) && value as number >= min
    ? value as number
    : refuse(value, at, `a whole number from ${min}`);

/** A value that may be missing or null. */
export const optional = <T>(shape: Shape<T>): Shape<T | undefined> => (value, at) =>
  value === undefined || value === null ? undefined : shape(value, at);

/** A value that may be null. */
export const orNull = <T>(shape: Shape<T>): Shape<T | null> => (value, at) =>
  value === null ? null : shape(value, at);

/** A list of one shape. */
export const list = <T>(shape: Shape<T>): Shape<readonly T[]> => (value, at) =>
  Array.isArray(value)
    ? value.map((entry, i) => shape(entry, `${at}[${i}]`))
    : refuse(value, at, "a list");

/** An object whose values have one shape. */
export const record = <T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> => (value, at) =>
  Object.fromEntries(
    Object.entries(objectAt(value, at)).map(([key, entry]) => [key, shape(entry, `${at}.${key}`)]),
  );

type Fields = Readonly<Record<string, Shape<unknown>>>;
type Optional<F extends Fields> = {
  [K in keyof F]: undefined extends Of<F[K]> ? K : never;
}[keyof F];

/** An object with these fields; further ones stay as they are. */
export const object = <F extends Fields>(
  fields: F,
): Shape<
  & { readonly [K in Exclude<keyof F, Optional<F>>]: Of<F[K]> }
  & { readonly [K in Optional<F>]?: Of<F[K]> }
> =>
(value, at) => {
  const found = objectAt(value, at);
  const checked: Record<string, unknown> = { ...found };
  for (const [key, shape] of Object.entries(fields)) {
    checked[key] = shape(found[key], `${at}.${key}`);
  }
  // deno-lint-ignore no-explicit-any -- the fields were checked one by one
  return checked as any;
};

function objectAt(value: unknown, at: string): Record<string, unknown> {
  return isRecord(value) ? value : refuse(value, at, "an object");
}

/**
 * Numbers of every Parquet type that can mean them: integers of any width and sign, decimals and
 * doubles that are whole, and times in whole seconds. Each by its type, never as other numbers.
 */
import type { SchemaElement } from "hyparquet";

/** Values of a page or dictionary as numbers; NaN where one is no whole number. */
export interface Numbers {
  readonly values: ArrayLike<number>;
  /** A value as it is in the file, for messages. */
  readonly shown: (i: number) => string;
}

/** Reads the values of a column. Undefined where their type can hold no such numbers. */
export type Conversion = (source: ArrayLike<unknown>) => Numbers | undefined;

/** Whole numbers beyond this are not exact in 32-bit floats. */
const MOST_FLOAT = 2 ** 24;
const JULIAN_EPOCH = 2_440_588;
const DAY = 86_400;
/** Units of timestamps in a second. */
const PER_SECOND = { MILLIS: 1000n, MICROS: 1_000_000n, NANOS: 1_000_000_000n } as const;

/** A column of whole numbers: ids. */
export function wholeNumbers(element: SchemaElement): Conversion {
  const { type } = element;
  const scale = scaleOf(element);
  if (timeUnitOf(element) !== undefined || isDate(element)) return () => undefined;
  if (scale !== undefined) return (source) => decimals(source, scale);
  if (type === "FLOAT") return (source) => wholeFloats(source, MOST_FLOAT);
  if (type === "DOUBLE") return (source) => wholeFloats(source, Number.MAX_SAFE_INTEGER);
  return (source) => integers(source, isUnsigned(element));
}

/**
 * A column of times: timestamps and dates as whole seconds since 1970, by their unit; numbers as
 * they are, because only the largest of the whole column tells their unit (`perSecondOf`).
 */
export function times(element: SchemaElement): { convert: Conversion; numbers: boolean } {
  const unit = timeUnitOf(element);
  if (unit !== undefined) {
    return { convert: (source) => divided(source, PER_SECOND[unit]), numbers: false };
  }
  if (isDate(element)) return { convert: (source) => scaled(source, DAY), numbers: false };
  if (element.type === "INT96") return { convert: julian, numbers: false };
  return {
    convert: scaleOf(element) === undefined ? anyNumbers : wholeNumbers(element),
    numbers: true,
  };
}

/** Integers beyond 2^53 lose their last bits, which are nanoseconds; 32-bit floats are no times. */
function anyNumbers(source: ArrayLike<unknown>): Numbers | undefined {
  const shown = (i: number) => String(source[i]);
  if (source instanceof BigInt64Array) return { values: Float64Array.from(source, Number), shown };
  return source instanceof Int32Array || source instanceof Float64Array
    ? { values: source, shown }
    : undefined;
}

/** What numbers of this size count, in a second: until the year 5138 they can be seconds. */
export function perSecondOf(largest: number): number {
  if (largest < 1e11) return 1;
  if (largest < 1e14) return 1e3;
  return largest < 1e17 ? 1e6 : 1e9;
}

/** Whole numbers as the texts that they would be; undefined where the type holds others. */
export function numberTexts(
  element: SchemaElement,
): (source: ArrayLike<unknown>) => string[] | undefined {
  const convert = wholeNumbers(element);
  return (source) => {
    const exact = exactTexts(source, element);
    if (exact !== undefined) return exact;
    const numbers = convert(source);
    return numbers && Array.from(
      numbers.values,
      (value, i) => Number.isNaN(value) ? numbers.shown(i) : `${value}`,
    );
  };
}

/** 64-bit integers beyond 2^53 are exact as texts. */
function exactTexts(source: ArrayLike<unknown>, element: SchemaElement): string[] | undefined {
  if (!(source instanceof BigInt64Array) || scaleOf(element) !== undefined) return undefined;
  return Array.from(isUnsigned(element) ? unsigned(source) : source, (value) => `${value}`);
}

function integers(source: ArrayLike<unknown>, isUnsigned: boolean): Numbers | undefined {
  if (source instanceof Int32Array) {
    const values = isUnsigned ? Float64Array.from(source, (value) => value >>> 0) : source;
    return { values, shown: (i) => String(values[i]) };
  }
  if (!(source instanceof BigInt64Array)) return undefined;
  const exact = isUnsigned ? unsigned(source) : source;
  return { values: Float64Array.from(exact, safe), shown: (i) => String(exact[i]) };
}

function unsigned(source: BigInt64Array): BigUint64Array {
  return BigUint64Array.from(source, (value) => BigInt.asUintN(64, value));
}

function safe(value: bigint): number {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : NaN;
}

function wholeFloats(source: ArrayLike<unknown>, most: number): Numbers | undefined {
  if (!(source instanceof Float64Array || source instanceof Float32Array)) return undefined;
  const isWhole = (value: number) => Number.isInteger(value) && Math.abs(value) <= most;
  return {
    values: Float64Array.from(source, (value) => isWhole(value) ? value : NaN),
    shown: (i) => String(source[i]),
  };
}

/** Decimals without a fraction: integers, or bytes with the highest first, of a power of ten. */
function decimals(source: ArrayLike<unknown>, scale: number): Numbers | undefined {
  const power = 10n ** BigInt(scale);
  const exact = Array.from(source, unscaled);
  if (exact.includes(undefined)) return undefined;
  const values = exact as bigint[];
  return {
    values: Float64Array.from(values, (value) => value % power === 0n ? safe(value / power) : NaN),
    shown: (i) => withPoint(values[i], scale),
  };
}

/** What is stored of a decimal, a whole number; undefined for another value. */
export function unscaled(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return BigInt(value);
  if (!(value instanceof Uint8Array) || value.length > 32) return undefined;
  const number = value.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return BigInt.asIntN(8 * value.length, number);
}

/** A whole number with a point before its last `scale` digits. */
export function withPoint(value: bigint, scale: number): string {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  const sign = value < 0n ? "-" : "";
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function divided(source: ArrayLike<unknown>, unit: bigint): Numbers | undefined {
  if (!(source instanceof BigInt64Array)) return undefined;
  const floor = (value: bigint) => value >= 0n ? value / unit : -((unit - 1n - value) / unit);
  return {
    values: Float64Array.from(source, (value) => Number(floor(value))),
    shown: (i) => String(source[i]),
  };
}

function scaled(source: ArrayLike<unknown>, factor: number): Numbers | undefined {
  if (!(source instanceof Int32Array)) return undefined;
  return {
    values: Float64Array.from(source, (value) => value * factor),
    shown: (i) => String(source[i]),
  };
}

/** INT96: nanoseconds of a day below, and the Julian day above. */
function julian(source: ArrayLike<unknown>): Numbers | undefined {
  const values = Array.from(source);
  if (!values.every((value) => typeof value === "bigint")) return undefined;
  return {
    values: Float64Array.from(values, (value) => {
      const days = Number(value >> 64n) - JULIAN_EPOCH;
      return days * DAY + Math.floor(Number(BigInt.asUintN(64, value)) / 1e9);
    }),
    shown: (i) => String(values[i]),
  };
}

/** Digits of a decimal behind its point; undefined for another type. */
export function scaleOf(
  { logical_type, converted_type, scale }: SchemaElement,
): number | undefined {
  const found = logical_type?.type === "DECIMAL" ? logical_type.scale ?? scale : scale;
  if (logical_type?.type !== "DECIMAL" && converted_type !== "DECIMAL") return undefined;
  return Math.min(38, Math.max(0, found ?? 0));
}

/** Whether values are days since 1970. */
export function isDate({ logical_type, converted_type }: SchemaElement): boolean {
  return logical_type?.type === "DATE" || converted_type === "DATE";
}

/** The unit of a timestamp; undefined for another type. */
export function timeUnitOf(
  { logical_type, converted_type }: SchemaElement,
): keyof typeof PER_SECOND | undefined {
  if (logical_type?.type === "TIMESTAMP") return logical_type.unit;
  if (converted_type === "TIMESTAMP_MILLIS") return "MILLIS";
  return converted_type === "TIMESTAMP_MICROS" ? "MICROS" : undefined;
}

/** Whether integers have no sign. */
export function isUnsigned({ logical_type, converted_type }: SchemaElement): boolean {
  return converted_type?.startsWith("UINT") === true ||
    (logical_type?.type === "INTEGER" && !logical_type.isSigned);
}

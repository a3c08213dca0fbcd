/**
 * The values of Parquet's types as DuckDB's own reader would have them: as texts in a CSV of typed
 * columns, and the expressions that make values of those. Nothing passes through a number that
 * could not hold it.
 */
import type { SchemaElement } from "hyparquet";
import {
  isDate,
  isUnsigned,
  scaleOf,
  timeUnitOf,
  unscaled,
  withPoint,
} from "../dataset/parquet/numbers.ts";

/** How the values of a type come into the database. */
export interface ValueForm {
  /** The database's type. */
  readonly type: string;
  /** The type of the CSV's column. */
  readonly csv: string;
  /** The value as an expression over that column. */
  readonly sql: (column: string) => string;
  /** A stored value as a field of the CSV. @throws TypeError for a text that is not UTF-8. */
  readonly field: (value: unknown) => string;
}

/** A type of its own name on both sides. */
function plain(type: string, field: ValueForm["field"] = String): ValueForm {
  return { type, csv: type, sql: (column) => column, field };
}

/**
 * The form of an element's values; undefined for types that are not read here: times of day,
 * intervals, 16-bit floats, and decimals of more than 38 digits.
 */
export function formOf(element: SchemaElement): ValueForm | undefined {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (timeUnitOf(element) !== undefined) return timestamps(element);
  if (scaleOf(element) !== undefined) return decimals(element);
  if (isDate(element)) {
    return {
      type: "DATE",
      csv: "INTEGER",
      sql: (column) => `(DATE '1970-01-01' + ${column})`,
      field: String,
    };
  }
  if (/^(TIME|INTERVAL|FLOAT16)/.test(logical?.type ?? converted ?? "")) return undefined;
  switch (type) {
    case "BOOLEAN":
    case "FLOAT":
    case "DOUBLE":
      return plain(type);
    case "INT32":
    case "INT64":
      return integers(element);
    case "INT96":
      return microseconds("TIMESTAMP", (value) => `${julianMicroseconds(value as bigint)}`);
    default:
      return texts(element);
  }
}

function microseconds(type: string, field: ValueForm["field"]): ValueForm {
  return { type, csv: "BIGINT", sql: (column) => `make_timestamp(${column})::${type}`, field };
}

function timestamps(element: SchemaElement): ValueForm {
  const { logical_type: logical } = element;
  const zoned = logical?.type === "TIMESTAMP" && logical.isAdjustedToUTC;
  const type = zoned ? "TIMESTAMP WITH TIME ZONE" : "TIMESTAMP";
  const unit = timeUnitOf(element);
  if (unit === "MICROS") return microseconds(type, String);
  if (unit === "MILLIS") return microseconds(type, (value) => `${value as bigint * 1000n}`);
  const whole = zoned ? `TIMESTAMP::${type}` : "TIMESTAMP_NS";
  return {
    type: zoned ? type : "TIMESTAMP_NS",
    csv: "BIGINT",
    sql: (column) => `make_timestamp_ns(${column})::${whole}`,
    field: String,
  };
}

const JULIAN_EPOCH = 2_440_588n;
const DAY_MICROSECONDS = 86_400_000_000n;

/** INT96: nanoseconds of a day below, and the Julian day above. */
function julianMicroseconds(value: bigint): bigint {
  const days = (value >> 64n) - JULIAN_EPOCH;
  return days * DAY_MICROSECONDS + BigInt.asUintN(64, value) / 1000n;
}

/** Digits of the database's longest decimal. */
const MOST_DIGITS = 38;

function decimals(element: SchemaElement): ValueForm | undefined {
  const scale = scaleOf(element)!;
  const { logical_type: logical } = element;
  const precision = (logical?.type === "DECIMAL" ? logical.precision : undefined) ??
    element.precision ?? MOST_DIGITS;
  if (precision > MOST_DIGITS) return undefined;
  return plain(
    `DECIMAL(${precision},${scale})`,
    (value) => withPoint(unscaled(value)!, scale),
  );
}

/** Integers by their bits. */
const INTEGERS: Readonly<Record<number, string>> = {
  8: "TINYINT",
  16: "SMALLINT",
  32: "INTEGER",
  64: "BIGINT",
};

function integers(element: SchemaElement): ValueForm {
  const { type, converted_type: converted, logical_type: logical } = element;
  const stored = type === "INT32" ? 32 : 64;
  const bits = logical?.type === "INTEGER"
    ? logical.bitWidth
    : Number(/INT_(\d+)/.exec(converted ?? "")?.[1] ?? stored);
  if (!isUnsigned(element)) return plain(INTEGERS[bits]);
  return plain(
    `U${INTEGERS[bits]}`,
    (value) =>
      typeof value === "bigint" ? `${BigInt.asUintN(64, value)}` : `${value as number >>> 0}`,
  );
}

function texts({ converted_type: converted, logical_type: logical }: SchemaElement): ValueForm {
  if (logical?.type === "UUID") return plain("UUID", (value) => hexOf(value as Uint8Array));
  if (/^(STRING|UTF8|ENUM|JSON)$/.test(logical?.type ?? converted ?? "")) {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return plain(
      "VARCHAR",
      (value) => `"${decoder.decode(value as Uint8Array<ArrayBuffer>).replaceAll('"', '""')}"`,
    );
  }
  return {
    type: "BLOB",
    csv: "VARCHAR",
    sql: (column) => `from_hex(${column})`,
    field: (value) => `"${hexOf(value as Uint8Array)}"`,
  };
}

function hexOf(bytes: Uint8Array): string {
  return bytes.toHex();
}

/**
 * The values of a Parquet page after its levels, as hyparquet decodes them, with every length
 * checked before it is believed.
 */
import type { ParquetType, SchemaElement } from "hyparquet";
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { byteStreamSplit } from "hyparquet/src/encoding.js";
import { readPlain } from "hyparquet/src/plain.js";
import { readVarInt } from "hyparquet/src/thrift.js";
import { Unsupported } from "./faults.ts";

/** Bytes that `count` plain values take at least; texts have a length of 4 bytes each. */
const PLAIN_BYTES: Partial<Record<ParquetType, number>> = {
  INT32: 4,
  INT64: 8,
  INT96: 12,
  FLOAT: 4,
  DOUBLE: 8,
  BYTE_ARRAY: 4,
};
/**
 * Texts with shared prefixes may be this many times larger than their page; beyond that they are
 * taken for damage.
 */
const MAX_GROWTH = 1000;

/** What is known of a column's values: their type and, where it is fixed, their length. */
export type ValueType = Pick<SchemaElement, "type" | "type_length">;

/**
 * `count` numbers or texts beginning at page[at]. @throws Error when the bytes do not hold them,
 * `Unsupported` for an encoding or type that is not read here.
 */
export function readValues(
  page: Uint8Array,
  at: number,
  element: ValueType,
  encoding: string,
  count: number,
): ArrayLike<unknown> {
  const { type } = element;
  if (encoding === "PLAIN") return readPlainValues(page, at, element, count);
  if (encoding === "DELTA_BINARY_PACKED" && (type === "INT32" || type === "INT64")) {
    const out = type === "INT32" ? new Int32Array(count) : new BigInt64Array(count);
    unpackDeltas({ view: viewOf(page), offset: at }, out);
    return out;
  }
  if (encoding === "DELTA_LENGTH_BYTE_ARRAY" && type === "BYTE_ARRAY") {
    return deltaTexts(page, at, count, false);
  }
  if (encoding === "DELTA_BYTE_ARRAY" && type === "BYTE_ARRAY") {
    return deltaTexts(page, at, count, true);
  }
  if (encoding === "BYTE_STREAM_SPLIT" && type !== undefined && SPLIT_TYPES.includes(type)) {
    requireBytes(page, at, element, count);
    return byteStreamSplit({ view: viewOf(page), offset: at }, count, type, element.type_length);
  }
  throw new Unsupported(`the encoding ${encoding} of ${type} values`);
}

/** Types whose values have a fixed length, so that their bytes can lie in streams. */
const SPLIT_TYPES: readonly ParquetType[] = [
  "INT32",
  "INT64",
  "FLOAT",
  "DOUBLE",
  "FIXED_LEN_BYTE_ARRAY",
];

/**
 * `count` plain numbers or texts. @throws Error when the bytes do not hold them, `Unsupported` for
 * another type.
 */
export function readPlainValues(
  page: Uint8Array,
  at: number,
  element: ValueType,
  count: number,
): ArrayLike<unknown> {
  requireBytes(page, at, element, count);
  const { type, type_length } = element;
  return readPlain({ view: viewOf(page), offset: at }, type!, count, type_length);
}

function requireBytes(page: Uint8Array, at: number, element: ValueType, count: number): void {
  const { type, type_length = 0 } = element;
  const bytes = type === "FIXED_LEN_BYTE_ARRAY" && type_length > 0
    ? type_length
    : PLAIN_BYTES[type ?? "BOOLEAN"];
  if (bytes === undefined) throw new Unsupported(`a column of the type ${type}`);
  if (!(count * bytes <= page.length - at)) {
    throw new RangeError(`${count} values of the type ${type} in ${page.length - at} bytes`);
  }
}

/** A view of exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

type Reader = { view: DataView; offset: number };

/** hyparquet trusts the sizes of delta blocks; a block of no values would never end. */
function unpackDeltas(reader: Reader, out: Int32Array | BigInt64Array): void {
  const probe = { ...reader };
  const block = readVarInt(probe);
  const miniblocks = readVarInt(probe);
  if (
    !(block >= 128 && block <= 65536 && miniblocks >= 1 && miniblocks <= block / 8 &&
      block % miniblocks === 0)
  ) {
    throw new Error(`delta blocks of ${block} values in ${miniblocks} parts`);
  }
  deltaBinaryUnpack(reader, out.length, out);
}

/**
 * Texts as deltas of their lengths, with or without a prefix that each shares with the one before.
 */
function deltaTexts(page: Uint8Array, at: number, count: number, shared: boolean): Uint8Array[] {
  const reader = { view: viewOf(page), offset: at };
  const prefixes = new Int32Array(count);
  const lengths = new Int32Array(count);
  if (shared) unpackDeltas(reader, prefixes);
  unpackDeltas(reader, lengths);
  let from = reader.offset;
  let previous = new Uint8Array(0);
  let left = MAX_GROWTH * page.length;
  return Array.from({ length: count }, (_, i) => {
    const prefix = prefixes[i];
    const length = lengths[i];
    left -= prefix + length;
    if (
      !(prefix >= 0 && prefix <= previous.length && length >= 0 && length <= page.length - from &&
        left >= 0)
    ) {
      throw new RangeError(`a text of ${prefix} + ${length} bytes`);
    }
    // who repeats the one before shares its bytes: a few bits may say so a million times
    if (length === 0 && prefix === previous.length) return previous;
    const text = prefix === 0 ? page.slice(from, from + length) : new Uint8Array(prefix + length);
    if (prefix > 0) {
      text.set(previous.subarray(0, prefix));
      text.set(page.subarray(from, from + length), prefix);
    }
    from += length;
    return previous = text;
  });
}

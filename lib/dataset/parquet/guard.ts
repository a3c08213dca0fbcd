/**
 * What hyparquet and its decompressors trust and a damaged file may lie about, checked before they
 * see it: sizes of Thrift lists and nesting (an array of the claimed size would be allocated), the
 * depth of the schema, and the size of what a page decompresses to.
 */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import type { Compressors, SchemaElement } from "hyparquet";
import { compressors } from "hyparquet-compressors";

/** No Parquet structure nests deeper: a footer's statistics lie 6 levels down. */
const MAX_DEPTH = 32;
/**
 * Structures in one footer or page header; a file of 20,000 row groups and 10 columns has fewer.
 */
const MAX_STRUCTS = 1_000_000;
/** Longest varint: 64 bits in groups of 7. */
const MAX_VARINT_BYTES = 10;

/**
 * Walks a struct of Thrift's compact protocol in bytes[at..end) without allocating. Returns the
 * place after it.
 * @throws RangeError when a size does not fit the bytes that are left, or the nesting or the number
 * of structures is not plausible.
 */
export function checkThrift(bytes: Uint8Array, at: number, end: number): number {
  let structs = 0;

  function byte(): number {
    if (at >= end) throw new RangeError("a structure is cut");
    return bytes[at++];
  }
  function varint(): number {
    let value = 0;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const b = byte();
      value += (b & 0x7f) * 2 ** (7 * i);
      if (b < 0x80) return value;
    }
    throw new RangeError("a number of more than 64 bits");
  }
  function skip(count: number, what: string): void {
    if (count > end - at) {
      throw new RangeError(`${what} of ${count} bytes where ${end - at} are left`);
    }
    at += count;
  }
  function element(type: number, depth: number, inList: boolean): void {
    switch (type) {
      case 1: // true and false: no bytes as a field, one in a list
      case 2:
        return inList ? skip(1, "a flag") : undefined;
      case 3:
        return skip(1, "a byte");
      case 4:
      case 5:
      case 6:
        return void varint();
      case 7:
        return skip(8, "a double");
      case 8:
        return skip(varint(), "a text");
      case 9: {
        const header = byte();
        const size = header >> 4 === 15 ? varint() : header >> 4;
        if (size > end - at) {
          throw new RangeError(`a list of ${size} elements where ${end - at} bytes are left`);
        }
        if (depth >= MAX_DEPTH) throw new RangeError("structures nested too deep");
        for (let i = 0; i < size; i++) element(header & 0x0f, depth + 1, true);
        return;
      }
      case 12:
        return struct(depth + 1);
      default:
        throw new RangeError(`a value of the unknown type ${type}`);
    }
  }
  function struct(depth: number): void {
    if (depth > MAX_DEPTH) throw new RangeError("structures nested too deep");
    if (++structs > MAX_STRUCTS) throw new RangeError(`more than ${MAX_STRUCTS} structures`);
    for (let header = byte(); (header & 0x0f) !== 0; header = byte()) {
      if (header >> 4 === 0) varint(); // the field's number, written out
      element(header & 0x0f, depth, false);
    }
  }

  struct(0);
  return at;
}

/** Checks that the flat list of a schema is a shallow tree. @throws RangeError when it is not. */
export function checkSchema(schema: readonly SchemaElement[]): void {
  const open: number[] = []; // children still to come, of every element above
  for (const [i, { num_children: children = 0 }] of schema.entries()) {
    if (i > 0 && open.length === 0) throw new RangeError("the schema has more than one root");
    if (open.length > 0) open[open.length - 1]--;
    if (!(children >= 0 && children < schema.length)) {
      throw new RangeError(`a schema element of ${children} children`);
    }
    open.push(children);
    if (open.length > MAX_DEPTH) throw new RangeError("the schema is nested too deep");
    while (open.length > 0 && open[open.length - 1] === 0) open.pop();
  }
  if (schema.length === 0 || open.length > 0) throw new RangeError("the schema is cut");
}

/**
 * The codecs that tests cover; others are refused by name. Zstandard, gzip and Brotli are the
 * system's own libraries, which stop at the size the page claims: the decoders in
 * hyparquet-compressors grow without end, and fzstd can be kept in a loop for ever by one flipped
 * bit. Those of Snappy and LZ4 write into an array of that size.
 */
export const CODECS: Compressors = {
  GZIP: (input, length) => gunzipSync(input, limit(length)),
  SNAPPY: compressors.SNAPPY,
  ZSTD: (input, length) => zstdDecompressSync(input, limit(length)),
  BROTLI: (input, length) => brotliDecompressSync(input, limit(length)),
  LZ4: compressors.LZ4,
  LZ4_RAW: compressors.LZ4_RAW,
};

const limit = (length: number) => ({ maxOutputLength: Math.max(1, length) });

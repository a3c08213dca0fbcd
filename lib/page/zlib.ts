/**
 * In place of `node:zlib` in a page: the decoders of Parquet's pages, each kept to the size that a
 * page claims, as Node's are.
 */
import { compressors } from "hyparquet-compressors";

interface Limit {
  readonly maxOutputLength: number;
}

function decoder(codec: "GZIP" | "ZSTD" | "BROTLI") {
  return (input: Uint8Array, { maxOutputLength }: Limit): Uint8Array => {
    const output = compressors[codec]!(input, maxOutputLength);
    if (output.length > maxOutputLength) throw new RangeError("the output is longer than it says");
    return output;
  };
}

export const gunzipSync = decoder("GZIP");
export const zstdDecompressSync = decoder("ZSTD");
export const brotliDecompressSync = decoder("BROTLI");

/** CRC-32 of bytes behind those of `before` (ISO 3309). */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 0xff];
  return ~crc >>> 0;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

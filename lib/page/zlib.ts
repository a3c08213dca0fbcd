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

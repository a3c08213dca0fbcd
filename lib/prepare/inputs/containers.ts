/** What a file is, by its first bytes. */
import { InputError } from "../../errors/input_error.ts";

/** How the text of a file is wrapped. */
export type Container = "plain" | "gzip" | "zstd" | "zip";

/** Bytes that tell. */
export const HEAD_BYTES = 16;

/** Beginnings of wrapped texts. */
const WRAPPED: readonly (readonly [Container, readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["zip", [0x50, 0x4b, 0x03, 0x04]],
  ["zip", [0x50, 0x4b, 0x05, 0x06]],
];

/** Beginnings of files that are no logs of text, what they are, and what to do. */
const OTHERS: readonly (readonly [string, string, string])[] = [
  ["BZh", "compressed with bzip2", "unpack it first: bunzip2"],
  ["\xfd7zXZ\0", "compressed with xz", "unpack it first: unxz"],
  ["7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it first"],
  ["Rar!", "a RAR archive", "unpack it first"],
  ["\x04\x22\x4d\x18", "compressed with lz4", "unpack it first: unlz4"],
  ["PAR1", "a Parquet file", "--format parquet"],
  ["PARE", "an encrypted Parquet file", "write it without encryption"],
  ["SQLite format 3\0", "an SQLite database", "export the table as CSV"],
  ["\xd0\xcf\x11\xe0", "an Excel workbook", "save the sheet as CSV UTF-8"],
  ["ARROW1", "an Arrow (Feather) file", "write it as Parquet"],
  ["Obj\x01", "an Avro file", "write it as Parquet"],
  ["ORC", "an ORC file", "write it as Parquet"],
  ["\x89HDF", "an HDF5 file", "write it as Parquet"],
];

/** How a file is wrapped. @throws InputError for a kind of file that is no text. */
export function containerOf(head: Uint8Array, path: string): Container {
  for (const [container, magic] of WRAPPED) {
    if (magic.every((byte, i) => head[i] === byte)) return container;
  }
  // pzstd begins with a skippable frame
  if ((head[0] & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18) {
    return "zstd";
  }
  const text = String.fromCharCode(...head);
  for (const [magic, kind, next] of OTHERS) {
    // a text may begin with ORC too: these names of a few letters count with what is no text
    if (!text.startsWith(magic)) continue;
    if (magic === "ORC" && head.every((byte) => byte >= 9)) continue;
    throw new InputError({
      doing: `reading ${path}`,
      found: `it is ${kind}`,
      wanted: "text, plain or compressed with gzip, Zstandard or zip",
      next,
    });
  }
  return "plain";
}

import { assertEquals, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { InputError } from "../../../lib/errors/input_error.ts";
import { sha256 } from "../../../lib/files/fingerprint.ts";
import { openInput } from "../../../lib/prepare/inputs/open_input.ts";
import { inFolder } from "../../in_folder.ts";
import { zip } from "./zip.ts";

/** A text beyond one block of the reader. */
const TEXT = Array.from({ length: 200_000 }, (_, i) => `row ${i}, é\n`).join("");
const SMALL = "a,b\n1,é\n";
const utf8 = (text: string) => new TextEncoder().encode(text);
const gzip = (text: string) => gzipSync(utf8(text));
const zstd = (text: string) => zstdCompressSync(utf8(text));
const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
const utf16 = (text: string, mark: boolean, big = false) => {
  const bytes = Buffer.from(`${mark ? "\ufeff" : ""}${text}`, "utf16le");
  return big ? bytes.swap16() : bytes;
};
const halves = [TEXT.slice(0, 1_000_000), TEXT.slice(1_000_000)];

/** Files of the same text, by what they are, and the name that is left of each. */
const WHOLE: [string, string, Uint8Array, string, string?][] = [
  ["plain", "log.csv", utf8(TEXT), "log.csv"],
  ["plain with a byte order mark", "log.csv", utf8(`\ufeff${TEXT}`), "log.csv"],
  ["gzip", "log.csv.gz", gzip(TEXT), "log.csv"],
  ["gzip in capitals", "LOG.CSV.GZ", gzip(TEXT), "LOG.CSV"],
  ["gzip of two members", "log.gz", Buffer.concat(halves.map(gzip)), "log"],
  [
    "gzip of many members and an empty one, as bgzip writes them",
    "log.gz",
    Buffer.concat([...TEXT.match(/.{1,65280}/gs)!.map(gzip), gzip("")]),
    "log",
  ],
  ["gzip that its name does not tell", "log.csv", gzip(TEXT), "log.csv"],
  ["zstd", "log.csv.zst", zstd(TEXT), "log.csv"],
  [
    "zstd of many frames, as pzstd writes them",
    "log.zst",
    Buffer.concat([skippable, ...halves.flatMap((half) => [zstd(half), skippable]), zstd("")]),
    "log",
  ],
  [
    "zstd with a checksum",
    "log.zst",
    zstdCompressSync(utf8(TEXT), { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
    "log",
  ],
  ["zip", "log.zip", zip({ name: "logs/log.csv", text: TEXT }), "logs/log.csv"],
  [
    "zip beside what macOS adds",
    "log.zip",
    zip({ name: "logs/", text: "" }, { name: "logs/log.csv", text: TEXT, stored: true }, {
      name: "__MACOSX/logs/._log.csv",
      text: "x",
    }),
    "logs/log.csv",
  ],
  ["UTF-16", "log.txt", utf16(TEXT, true), "log.txt", "UTF-16LE"],
  ["UTF-16, high byte first", "log.txt", utf16(TEXT, true, true), "log.txt", "UTF-16BE"],
  ["UTF-16 without a mark", "log.txt", utf16(TEXT, false), "log.txt", "UTF-16LE"],
  [
    "UTF-16, high byte first, without a mark",
    "log.txt",
    utf16(TEXT, false, true),
    "log.txt",
    "UTF-16BE",
  ],
  ["UTF-16 in gzip", "log.gz", gzipSync(utf16(TEXT, true)), "log", "UTF-16LE"],
];
for (const [what, name, bytes, inner, encoding] of WHOLE) {
  Deno.test(`opens ${what}`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/${name}`;
      await Deno.writeFile(path, bytes);
      const input = await openInput(path);
      const parts: Uint8Array[] = [];
      for await (const block of input.blocks) parts.push(block);
      assertEquals(Buffer.concat(parts).equals(Buffer.from(TEXT)), true, "the text");
      assertEquals(
        input.name,
        inner === name.replace(/\.(gz|zst)$/i, "") ? `${folder}/${inner}` : inner,
      );
      assertEquals(input.encoding, encoding);
      assertEquals(await input.fingerprint(), {
        path,
        bytes: bytes.length,
        sha256: await sha256(new Uint8Array(bytes)),
      });
      input.close();
    }));
}

const REFUSED: [string, string, Uint8Array, string][] = [
  ["gzip that is cut", "log.gz", gzip(TEXT).subarray(0, 5000), "unexpected end of file"],
  ["gzip and something else", "log.gz", Buffer.concat([gzip(SMALL), utf8("some more")]), "header"],
  ["text called .gz", "log.csv.gz", utf8(SMALL), "its name ends in .gz, but it is no gzip"],
  ["gzip called .zst", "log.csv.zst", gzip(SMALL), "its name ends in .zst"],
  ["zstd that is cut", "log.zst", zstd(TEXT).subarray(0, 5000), "ends inside a Zstandard frame"],
  [
    "zstd that is cut in its second frame",
    "log.zst",
    Buffer.concat([zstd(SMALL), zstd(TEXT).subarray(0, 100)]),
    "ends inside a Zstandard frame",
  ],
  ["zstd and something else", "log.zst", Buffer.concat([zstd(SMALL), utf8("more")]), "frame"],
  [
    "zip of two files",
    "log.zip",
    zip({ name: "a.csv", text: SMALL }, { name: "b.csv", text: SMALL }),
    'holds 2 files ("a.csv", "b.csv")',
  ],
  ["zip of none", "log.zip", zip(), "the zip archive is empty"],
  ["zip with a key", "log.zip", zip({ name: "a.csv", text: "x", encrypted: true }), "encrypted"],
  [
    "zip that is cut",
    "log.zip",
    zip({ name: "a.csv", text: TEXT }).subarray(0, 90_000),
    "the zip archive is cut or damaged",
  ],
  ["zip with a wrong checksum", "log.zip", flipped(zip({ name: "a", text: SMALL })), "checksum"],
  ["bzip2", "log.csv.bz2", utf8("BZh91AY&SY"), "bunzip2"],
  ["xz", "log.csv.xz", Buffer.from("\xfd7zXZ\0\0\0", "latin1"), "unxz"],
  ["Parquet", "log.csv", utf8("PAR1...."), "--format parquet"],
  ["Excel", "log.xls", Buffer.from("\xd0\xcf\x11\xe0\xa1\xb1", "latin1"), "save the sheet as CSV"],
  ["SQLite", "log.db", utf8("SQLite format 3\0"), "export the table"],
  ["UTF-16 that is cut", "log.txt", utf16("ab", true).subarray(0, 5), "not valid UTF-16LE"],
];
for (const [what, name, bytes, message] of REFUSED) {
  Deno.test(`refuses ${what} in a sentence that names it`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/${name}`;
      await Deno.writeFile(path, bytes);
      const error = await assertRejects(
        async () => {
          const input = await openInput(path);
          try {
            for await (const _ of input.blocks);
          } finally {
            input.close();
          }
        },
        InputError,
        message,
      );
      assertEquals(error.message.includes(path), true);
    }));
}

/** An archive whose checksum (in the list of contents) is another. */
function flipped(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  const at = copy.findLastIndex((byte, i) =>
    byte === 0x50 && copy[i + 1] === 0x4b && copy[i + 2] === 1 && copy[i + 3] === 2
  );
  copy[at + 16] ^= 1;
  return copy;
}

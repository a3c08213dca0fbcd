import { assert, assertEquals, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import { InputError } from "../../../lib/errors/input_error.ts";
import { openParquet } from "../../../lib/dataset/parquet/file.ts";
import { checkSchema, checkThrift, CODECS } from "../../../lib/dataset/parquet/guard.ts";
import { parsePairs } from "../../../lib/dataset/read_pairs.ts";
import { choices } from "../../fuzz/random.ts";
import { readValues } from "../../../lib/dataset/parquet/values.ts";

/** A file that is nothing but this footer. */
function withFooter(footer: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 + footer.length + 8);
  const magic = new TextEncoder().encode("PAR1");
  bytes.set(magic);
  bytes.set(footer, 4);
  new DataView(bytes.buffer).setUint32(4 + footer.length, footer.length, true);
  bytes.set(magic, 8 + footer.length);
  return bytes;
}

const varint = (value: number): number[] =>
  value < 128 ? [value] : [value % 128 + 128, ...varint(Math.floor(value / 128))];
const repeat = (count: number, ...bytes: number[]) =>
  Array.from({ length: count }, () => bytes).flat();

/**
 * Footers of a few bytes that take gigabytes, minutes or the whole stack when they are believed.
 */
const BOMBS: [string, number[], string][] = [
  [
    "lists of 2^25 elements inside each other",
    [0x19, ...repeat(200, 0xf9, ...varint(2 ** 25))],
    "elements",
  ],
  ["a list of 2^31 structures", [0x19, 0xfc, ...varint(2 ** 31)], "elements"],
  ["structures inside structures", repeat(100_000, 0x1c), "too deep"],
  ["a number of 100,000 bytes", [0x16, ...repeat(100_000, 0x80), 0], "64 bits"],
  ["a text of 2^31 bytes", [0x18, ...varint(2 ** 31)], "bytes"],
  ["no end", [0x15, 2], "cut"],
  [
    "a schema whose elements each have one child",
    [
      0x15,
      2,
      0x19,
      0xfc,
      ...varint(20_000),
      ...repeat(20_000, 0x48, 1, 0x61, 0x15, 2, 0),
      0x16,
      0,
      0x19,
      0x0c,
      0,
    ],
    "schema",
  ],
];

for (const [what, footer, part] of BOMBS) {
  Deno.test(`refused at once: a footer of ${what}`, () => {
    const begin = performance.now();
    const error = assertThrows(
      () => openParquet(withFooter(Uint8Array.from(footer)), "bomb.parquet"),
      InputError,
    );
    assert(error.message.includes("bomb.parquet") && error.message.includes(part), error.message);
    assert(performance.now() - begin < 1000);
  });
}

Deno.test("every footer of the fixtures passes, to its last byte", () => {
  const folder = new URL("../../fixtures/parquet/", import.meta.url);
  for (const { name } of Deno.readDirSync(folder)) {
    if (!name.endsWith(".parquet")) continue;
    const bytes = Deno.readFileSync(new URL(name, folder));
    const end = bytes.length - 8;
    const length = new DataView(bytes.buffer).getUint32(end, true);
    assertEquals(checkThrift(bytes, end - length, end), end, name);
  }
});

Deno.test("a schema is one shallow tree", () => {
  checkSchema([{ name: "root", num_children: 2 }, { name: "a" }, { name: "b", num_children: 1 }, {
    name: "c",
  }]);
  const faults = [[], [{ name: "root", num_children: 2 }, { name: "a" }], [{ name: "root" }, {
    name: "a",
  }], [{
    name: "root",
    num_children: -1,
  }]];
  for (const schema of faults) assertThrows(() => checkSchema(schema), RangeError);
});

Deno.test("a page never takes more than the size it claims, whatever its frame says", () => {
  const magic = [0x28, 0xb5, 0x2f, 0xfd];
  const raw = [0x29, 0, 0, 1, 2, 3, 4, 5]; // one last raw block of 5 bytes
  const frame = (...header: number[]) => Uint8Array.from([...magic, ...header, ...raw]);
  const { ZSTD, GZIP } = CODECS;
  assertEquals([...ZSTD!(frame(0x20, 5), 5)], [1, 2, 3, 4, 5]);
  assertThrows(() => ZSTD!(frame(0xa0, 0, 0, 0, 0x7f), 5)); // 2 GB of content
  assertThrows(() => ZSTD!(frame(0, 0xa8), 5)); // a window of 2 GB
  // 2.6 GB in 80 KB
  const blocks = Uint8Array.from([...magic, 0, 0x50, ...repeat(20_000, 2, 0, 16, 7), 3, 0, 16, 7]);
  const begin = performance.now();
  assertThrows(() => ZSTD!(blocks, 1000));
  assertThrows(() => GZIP!(gzipSync(new Uint8Array(50_000_000)), 1000));
  assert(performance.now() - begin < 1500);
});

Deno.test("a damaged Zstandard page ends: in fzstd it would go round for ever", () => {
  const folder = new URL("../../fixtures/parquet/", import.meta.url);
  const random = choices(17430);
  for (const name of ["pairs_duckdb_zstd.parquet", "pairs_pandas_zstd.parquet"]) {
    const valid = Deno.readFileSync(new URL(name, folder));
    for (let n = 0; n < 300; n++) {
      const bytes = valid.slice();
      for (let k = 0; k < 3; k++) bytes[4 + random.int(1500)] ^= 1 << random.int(8);
      try {
        parsePairs(bytes, name, 17);
      } catch (error) {
        assert(error instanceof InputError && error.message.includes(name), `${error}`);
      }
    }
  }
});

Deno.test("values are not read beyond their page, nor texts beyond what it can hold", () => {
  const file = new Uint8Array(1000);
  const page = file.subarray(0, 16);
  assertThrows(() => readValues(page, 0, { type: "INT64" }, "PLAIN", 3), RangeError, "3 values");
  assertThrows(() => readValues(page, 1, { type: "INT32" }, "PLAIN", 4), RangeError, "4 values");
  // a block of 128, one part, one value
  const deltas = (first: number) => [...varint(128), 1, 1, ...varint(2 * first)];
  assertThrows(
    () =>
      readValues(
        Uint8Array.from([...deltas(2 ** 30), ...deltas(0)]),
        0,
        { type: "BYTE_ARRAY" },
        "DELTA_BYTE_ARRAY",
        1,
      ),
    RangeError,
  );
  assertThrows(
    () =>
      readValues(
        Uint8Array.from(deltas(2 ** 30)),
        0,
        { type: "BYTE_ARRAY" },
        "DELTA_LENGTH_BYTE_ARRAY",
        1,
      ),
    RangeError,
  );
  assertThrows(
    () => readValues(Uint8Array.of(0, 0, 1, 0), 0, { type: "INT64" }, "DELTA_BINARY_PACKED", 9),
    Error,
    "delta blocks",
  );
});

const RUNS = new URL("../../fixtures/runs/", import.meta.url);

Deno.test("20 million values in 6 kB are read; they are what the file says", () => {
  const bytes = Deno.readFileSync(new URL("many_values.parquet", RUNS));
  const pairs = parsePairs(bytes, "many_values.parquet", 2);
  assert(bytes.length < 7000);
  assertEquals([pairs.count, pairs.users], [200_000, ["one learner"]]);
  assert(pairs.pairId.every((id, row) => id === row) && pairs.label.every((id) => id === 1));
  assert(pairs.prefixLength.every((length) => length === 100));
  assertEquals(pairs.items, new Int32Array(100)); // every prefix is the one before
});

Deno.test("10 million rows in 124 kB are refused by the memory that they would take", () => {
  const bytes = Deno.readFileSync(new URL("many_rows.parquet", RUNS));
  const begin = performance.now();
  const { message } = assertThrows(() => parsePairs(bytes, "many_rows.parquet", 2), InputError);
  assert(performance.now() - begin < 500);
  assert(/10,000,000 rows would take 480 MB .*at most 264 MB/.test(message), message);
  assert(!message.includes("damaged") && !message.includes("plausible"), message);
});

Deno.test("a text that is said again and again is kept once", () => {
  // "abc", then a block of 128 that each take the whole one before and add nothing
  const count = 129;
  const header = (first: number) => [...varint(128), 1, ...varint(count), 2 * first];
  const prefixes = [...header(0), 0, 2, 3, ...repeat(31, 0)]; // by two bits: 3 more, then no more
  const suffixes = [...header(3), 5, 2, 0xfc, ...repeat(31, 0xff)]; // 3 less, then no less
  const page = Uint8Array.from([...prefixes, ...suffixes, 97, 98, 99]);
  const texts = Array.from(readValues(page, 0, { type: "BYTE_ARRAY" }, "DELTA_BYTE_ARRAY", count));
  assertEquals([texts.length, texts[0]], [count, Uint8Array.of(97, 98, 99)]);
  assertEquals(new Set(texts).size, 1);
});

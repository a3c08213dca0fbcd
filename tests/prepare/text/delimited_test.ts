import { assert, assertEquals, assertThrows } from "@std/assert";
// @ts-types="./csv_parse.d.ts"
import { parse } from "csv-parse/sync";
import { MOST_ROW_BYTES } from "../../../lib/prepare/text/delimited.ts";
import type { Dialect } from "../../../lib/prepare/text/dialect.ts";
import { choices } from "../../fuzz/random.ts";
import { CSV, readDelimited, type Rows } from "./read_rows.ts";

/** Every line of a text is one of these: the sum is what a reader of lines would count. */
function assertEveryLine({ counts }: Rows, text: string): void {
  const ends = text.match(/\r\n|\n|\r/g)?.length ?? 0;
  const lines = /[\r\n]$/.test(text) || text === "" ? ends : ends + 1;
  assertEquals(counts.lines, lines, "lines of the text");
  const { header, blank, continued, rows } = counts;
  assertEquals(header + blank + continued + rows, lines, "lines accounted for");
}

Deno.test("delimited: random texts give what csv-parse gives, wherever blocks are cut", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = choices(seed);
    const width = 1 + random.int(4);
    const field = () => {
      const parts = ["a", "bc", "é", "", " ", ",", '""', "\n", "\r\n", "x,y", "0"];
      const text = Array.from({ length: random.int(4) }, () => random.pick(parts)).join("");
      const plain = text.replaceAll(/[",\r\n]/g, "");
      return random.chance(0.5) ? `"${text}"` : plain;
    };
    const names = Array.from({ length: width }, (_, i) => `n${i}`);
    const rows = Array.from(
      { length: random.int(12) },
      () =>
        names.map((_, i) => i === 0 ? `k${field().replaceAll(/[",\r\n ]/g, "")}` : field()).join(
          ",",
        ),
    );
    const end = random.pick(["\n", "\r\n", "\r"]);
    const text = [names.join(","), ...rows].join(end) + (random.chance(0.5) ? end : "");
    const wanted = parse(text, { columns: (header) => header, skip_empty_lines: true });
    for (const size of [1, 2, 3, 7, 1000]) {
      const found = readDelimited(text, CSV, size);
      assertEquals(
        found.rows,
        wanted.map((row) => names.map((name) => row[name])),
        `seed ${seed}, blocks of ${size} bytes`,
      );
      assertEquals(found.rejects, []);
      assertEveryLine(found, text);
    }
  }
});

const DIALECTS: [string, Dialect, string, string[][]][] = [
  ["a semicolon", { ...CSV, separator: ";" }, 'a;b\n1;"2;3"\n', [["1", "2;3"]]],
  ["two colons", { ...CSV, separator: "::" }, "a::b\n1::2:3\n:::\n", [["1", "2:3"], ["", ":"]]],
  ["a separator of two bytes", { ...CSV, separator: "§" }, "a§b\n1§2\n", [["1", "2"]]],
  ["tabs, quotes are text", { separator: "\t", header: true }, 'a\tb\n"x\t"y" z\n', [[
    '"x',
    '"y" z',
  ]]],
  ["a quote of one stroke", { ...CSV, quote: "'" }, "a,b\n'1,2','it''s'\n", [["1,2", "it's"]]],
  [
    "backslashes",
    { ...CSV, escape: "\\" },
    'a,b\n"say \\"hi\\"",x\\,y\n"end\\\\",\\N\n',
    [['say "hi"', "x,y"], ["end\\", ""]],
  ],
  ["no header", { ...CSV, header: false }, "1,2\n3,4", [["1", "2"], ["3", "4"]]],
  ["mixed line ends", CSV, "a,b\r\n1,2\n3,4\r5,6\r\n", [["1", "2"], ["3", "4"], ["5", "6"]]],
  ["blank lines", CSV, "\n \n\na,b\n1,2\n\n,\n , \n3,4\n\n", [["1", "2"], ["3", "4"]]],
  ["empty fields at the end of rows", CSV, "a,b\n1,2,\n3,4,,\n5,6\n", [
    ["1", "2"],
    ["3", "4"],
    ["5", "6"],
  ]],
  ["columns without a name and twice", CSV, ",a,a,\n0,1,2,3\n", [["0", "1", "2", "3"]]],
];
for (const [name, dialect, text, wanted] of DIALECTS) {
  Deno.test(`delimited: ${name}`, () => {
    for (const size of [1, 2, 5, 1000]) {
      const found = readDelimited(text, dialect, size);
      assertEquals(
        found.rows.map((row) => row.slice(0, wanted[0].length)),
        wanted,
        `blocks of ${size} bytes`,
      );
      assertEquals(found.rejects, []);
      assertEveryLine(found, text);
    }
  });
}

/** A log of three columns in which some lines are not as they should be. */
const ROWS = Array.from({ length: 40 }, (_, i) => `u${i},c${i},${100 + i}`);
const log = (change: (rows: string[]) => void) => {
  const rows = [...ROWS];
  change(rows);
  return `user,item,time\n${rows.join("\n")}\n`;
};
const STRAYS: [string, string, number[], number][] = [
  ["a quote that never closes", log((rows) => rows[9] = 'u9,"Heroes,109'), [11], 39],
  [
    "one that another field's quote ends",
    log((rows) => {
      rows[9] = 'u9,"Heroes,109';
      rows[20] = 'u20,"Low",120';
    }),
    [11],
    39,
  ],
  [
    "one that a quote at a line's end ends",
    log((rows) => {
      rows[9] = 'u9,"Heroes,109';
      rows[30] = 'u30,Heroes",130';
    }),
    [11],
    39,
  ],
  [
    "one whose row has too many fields then",
    log((rows) => {
      rows[9] = 'u9,"Heroes,109';
      rows[11] = 'u11,Heroes",111,x';
    }),
    [11, 13],
    38,
  ],
  ["text after a closing quote", log((rows) => rows[9] = 'u9,"Weird Al" Yankovic,109'), [11], 39],
  [
    "too few and too many fields",
    log((rows) => {
      rows[3] = "u3,c3";
      rows[5] = "u5,c5,105,more";
    }),
    [5, 7],
    38,
  ],
  ["a quote in every row", log((rows) => rows.forEach((row, i) => rows[i] = `"${row}`)), [], -1],
];
for (const [name, text, bad, kept] of STRAYS) {
  Deno.test(`delimited: ${name} costs its own line`, () => {
    for (const size of [1, 3, 50, 10_000]) {
      const found = readDelimited(text, CSV, size);
      assertEveryLine(found, text);
      if (kept < 0) {
        assertEquals([found.rows.length, found.counts.rows], [0, 40], "all are bad, and counted");
        continue;
      }
      assertEquals(found.rejects.map(({ line }) => line), bad);
      assertEquals(found.rows.length, kept);
      assertEquals(found.counts.rows, kept + bad.length);
      const lines = ROWS.map((_, i) => i + 2).filter((line) => !bad.includes(line));
      assertEquals(found.lines, lines, "the others are told with their own lines");
    }
  });
}

Deno.test("delimited: a text over many lines is a text, unless it is rows", () => {
  const essay = '"first\nsecond, with a comma\nthird\nfourth\nfifth"';
  const found = readDelimited(`user,item,time\nu,${essay},1\nv,c,2\n`);
  assertEquals(found.rows.map(([user]) => user), ["u", "v"]);
  assertEquals([found.lines, found.counts.continued], [[2, 7], 4]);
});

Deno.test("delimited: a row without end is one bad line", () => {
  const long = "x".repeat(MOST_ROW_BYTES + 5_000_000);
  const found = readDelimited(`a,b\n1,2\n3,${long}\n5,6\n`);
  assertEquals(found.rows, [["1", "2"], ["5", "6"]]);
  assertEquals(found.lines, [2, 4]);
  assertEquals(found.rejects.map(({ line }) => line), [3]);
  assert(found.rejects[0].fault.startsWith("a row of more than 16 MB"));
  // of a quote without end, only the first line
  const count = Math.ceil(1.1 * MOST_ROW_BYTES / 104);
  const quoted = readDelimited(`a,b\n3,"4\n${`${"y".repeat(100)},56\n`.repeat(count)}`);
  assertEquals([quoted.rows.length, quoted.rejects.length], [count, 1]);
});

Deno.test("delimited: rows that are not UTF-8 are left out with their lines", () => {
  const bytes = new Uint8Array([...new TextEncoder().encode("a,b\n1,é\n2,"), 0xe9, 10, 51, 44, 52]);
  const found = readDelimited(bytes);
  assertEquals(found.rows, [["1", "é"], ["3", "4"]]);
  assertEquals([found.lines, found.rejects.map(({ line }) => line)], [[2, 4], [3]]);
});

Deno.test("delimited: a header that is no row is refused", () => {
  assertThrows(() => readDelimited('"a,b\n1,2\n'), Error, "line 1: a quote that does not close");
  assertThrows(() => readDelimited('\n\n"a" b,c\n'), Error, "line 3: text after a closing quote");
});

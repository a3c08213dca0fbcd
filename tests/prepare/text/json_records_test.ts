import { assertEquals, assertThrows } from "@std/assert";
import { MOST_ROW_BYTES } from "../../../lib/prepare/text/delimited.ts";
import { readJson } from "./read_rows.ts";

const OBJECTS = [
  { user: "u", item: 'a\nb "c" ] } , [', time: 1 },
  { user: "é", deep: { list: [1, [2, { x: "]" }]], empty: {} } },
  { user: "\\", item: '\\"' },
];
const lines = OBJECTS.map((object) => JSON.stringify(object));

const indented = JSON.stringify(OBJECTS, null, 1);
const starts = indented.split("\n").flatMap((line, i) => line === " {" ? [i + 1] : []);

const SHAPES: [string, string, number[]][] = [
  ["lines", `${lines.join("\n")}\n`, [1, 2, 3]],
  ["lines with \\r\\n, blank ones between, no end", `\r\n${lines.join("\r\n \r\n")}`, [2, 4, 6]],
  ["a list on one line", JSON.stringify(OBJECTS), [1, 1, 1]],
  ["an indented list", indented, starts],
  ["a list with a line each", `\n [\n${lines.join(",\n")}\n]\n\n`, [3, 4, 5]],
];
for (const [name, text, at] of SHAPES) {
  Deno.test(`json: ${name}, wherever blocks are cut`, () => {
    for (const size of [1, 2, 3, 10, 1000]) {
      const found = readJson(text, size);
      assertEquals(found.rows.map(([row]) => JSON.parse(row)), OBJECTS, `blocks of ${size} bytes`);
      assertEquals(found.lines, at, `blocks of ${size} bytes`);
      assertEquals(found.rejects, []);
      const { lines, blank, rows } = found.counts;
      assertEquals([rows, lines - blank], [3, 3]);
    }
  });
}

Deno.test("json: what is no list and no object is a row for the database to refuse", () => {
  const found = readJson('{"a": 1}\n{broken\n"text"\n{"b": 2}\u0001\n');
  assertEquals(found.rows.map((row) => row[0]), [
    '{"a": 1}',
    "{broken",
    '"text"',
    '{"b": 2}\u0002',
  ]);
  assertEquals(found.lines, [1, 2, 3, 4]);
});

Deno.test("json: a list that does not end, and something after its end, are told", () => {
  for (const size of [1, 5, 100]) {
    const cut = readJson('[{"a": 1},\n{"a": 2},\n{"a": [', size);
    assertEquals([cut.rows.length, cut.rejects.map(({ line }) => line)], [2, [3]]);
    const more = readJson('[{"a": 1}]\n{"a": 2}', size);
    assertEquals([more.rows.length, more.rejects.map(({ line }) => line)], [1, [2]]);
    assertEquals(more.counts.lines, 2, "in a list the elements count as lines");
  }
  assertEquals(readJson("[]").counts.rows, 0);
  assertEquals(readJson(" \n\n").counts, { lines: 2, header: 0, blank: 2, continued: 0, rows: 0 });
  assertThrows(() => readJson('[["course", {}]]'), Error, "a list of lists");
});

Deno.test("json: a line without end is one bad row", () => {
  const long = `{"a": "${"x".repeat(MOST_ROW_BYTES)}"}`;
  const found = readJson(`{"a": 1}\n${long}\n{"a": 2}\n`);
  assertEquals(found.lines, [1, 3]);
  assertEquals(found.rejects.map(({ line }) => line), [2]);
});

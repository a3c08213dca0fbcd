import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { table } from "../../lib/terminal/table.ts";
import {
  barLine,
  duration,
  type Progress,
  progressLine,
  watchProgress,
} from "../../lib/terminal/terminal.ts";
import { cut, widthOf } from "../../lib/terminal/width.ts";

Deno.test("durations never say 60 of what makes one of the next", () => {
  const cases: [number, string][] = [
    [0, "0.00 s"],
    [420, "0.42 s"],
    [59_994, "59.99 s"],
    [59_996, "1 min 0 s"],
    [72_400, "1 min 12 s"],
    [119_700, "2 min 0 s"],
    [3_599_400, "59 min 59 s"],
    [3_599_600, "1 h 0 min"],
    [7_170_000, "2 h 0 min"],
    [7_500_000, "2 h 5 min"],
    [86_400_000, "24 h 0 min"],
  ];
  for (const [ms, text] of cases) assertEquals(duration(ms), text);
  for (let ms = 0; ms < 8e6; ms += 37) assert(!/(^| )60 /.test(duration(ms)), duration(ms));
});

Deno.test("a progress bar fits the terminal, whatever its title and however narrow", () => {
  const progress = {
    title: "gru_global",
    done: 1234,
    total: 9000,
    perSecond: 0.5,
    note: "epoch 3",
  };
  assertEquals(
    barLine(progress, 200),
    "   gru_global [###.....................] 1234/9000 0.5/s, 4 h 19 min left epoch 3",
  );
  for (const columns of [1, 2, 20, 40, 80]) {
    for (const title of ["gru_global", "数据结构与算法".repeat(20), "é".repeat(90)]) {
      const line = barLine({ ...progress, title }, columns);
      assert(widthOf(line) < columns, `${widthOf(line)} of ${columns} columns`);
    }
  }
});

Deno.test("in a log a line tells now and then how far work has come", () => {
  let now = 0;
  const lines: string[] = [];
  const show = (progress: Progress) => void lines.push(progressLine(progress));
  const bar = watchProgress("maml_warm", 3000, { every: 60_000, show }, () => now);
  bar.update(500); // an earlier start did these
  for (let step = 510; step <= 1000; step += 10) {
    now += 2500;
    bar.update(step, "mrr 0.4800 ");
  }
  assertEquals(lines, [
    "   maml_warm 740/3000, 4.0/s, 9 min 25 s left, mrr 0.4800",
    "   maml_warm 980/3000, 4.0/s, 8 min 25 s left, mrr 0.4800",
  ]);
  const slow = { title: "gru_global", done: 0, total: 10, perSecond: 0, note: "" };
  assertEquals(progressLine(slow), "   gru_global 0/10");
});

Deno.test("texts are measured in the terminal's columns", () => {
  assertEquals(["abc", "数据", "e\u0301", "한글", "🎓", ""].map(widthOf), [3, 4, 1, 4, 2, 0]);
  assertEquals([cut("数据", 3), cut("e\u0301x", 1), cut("abc", 9)], ["数", "e\u0301", "abc"]);
});

Deno.test("a table's columns stand under each other, and a name stays in its cell", () => {
  const rows = [["数据结构", "1"], ["a\u001b[2J\nb\u202ec", "12"]];
  assertEquals(table(["Course", "Rank"], rows).split("\n"), [
    "Course     Rank",
    "---------------",
    "数据结构      1",
    "a?[2J?b?c    12",
  ]);
});

Deno.test("a table that is too wide goes on below, and says every number at every width", () => {
  const header = ["Model", "Acc@1", "Recall@10", "MRR", "Settings"];
  const numbers = (row: number) => [0, 1, 2].map((at) => (0.1234 + row + at / 10).toFixed(4));
  const rows = ["popularity", "数据结构_last_item"].map((
    name,
    i,
  ) => [name, ...numbers(i), `s${i}`]);
  rows.push(["", "0.1–0.2"]);
  const whole = table(header, rows, Infinity);
  assertEquals(whole, table(header, rows)); // the tests' output is no terminal
  const widest = (text: string) => Math.max(...text.split("\n").map(widthOf));
  for (let columns = 19; columns <= 100; columns++) {
    const text = table(header, rows, columns);
    assert(widest(text) <= columns, `${columns}:\n${text}`);
    for (const cell of [...header, ...rows.flatMap((row) => row.slice(1))]) {
      assertStringIncludes(text, cell, `${columns}`);
    }
    const parts = text.split("\n\n").map((part) => part.split("\n"));
    for (const [head, rule, first] of parts) {
      assert(/^Model {2,}\S/.test(head) && /^-+$/.test(rule) && first.startsWith("popular"));
    }
    assertEquals(parts.length === 1, columns >= widest(whole), `${columns}`);
  }
  assertEquals(table(["A", "Long"], [["name", "x".repeat(30)]], 20).split("\n")[2].length, 20);
});

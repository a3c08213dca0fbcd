import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { indexNames, nearest, nearestFew } from "../../lib/errors/nearest.ts";

Deno.test("nearest: slips are found, strangers are not", () => {
  assertEquals(nearest("epohcs", ["epochs", "seed"]), "epochs");
  assertEquals(nearest("EPOCHS", ["epochs", "seed"]), "epochs");
  assertEquals(nearest("something", ["epochs", "seed"]), undefined);
  assertEquals(nearestFew("CourseA1", ["CourseA2", "CourseA3", "Other"], 2), [
    "CourseA2",
    "CourseA3",
  ]);
});

Deno.test("a part of a name finds it, and a name with something around it too", () => {
  const courses = ["made-up:Algebra-01", "made-up:Algebra-02", "made-up:Biology-01"];
  assertEquals(nearestFew("Algebra-01", courses, 5), ["made-up:Algebra-01"]);
  assertEquals(nearestFew("algebra 02", courses, 5), ["made-up:Algebra-02"]);
  assertEquals(nearestFew("algebra", courses, 5), courses.slice(0, 2));
  assertEquals(nearest("the course made-up:Biology-01 of 2015", courses), courses[2]);
  assertEquals(nearest("gru", ["sasrec", "gru_global"]), "gru_global");
  assertEquals(nearest("高等数学", ["线性代数(1)", "高等数学(上)"]), "高等数学(上)");
  // one slip is likelier than a part, a part likelier than two slips
  assertEquals(nearestFew("Algebra-1", ["my Algebra-1", "Alegbar-1", "Algebra-01"], 3), [
    "Algebra-01",
    "my Algebra-1",
    "Alegbar-1",
  ]);
});

Deno.test("a few letters inside a word are no part", () => {
  assertEquals(nearest("timeout", ["out", "seed"]), undefined);
  assertEquals(nearest("rec", ["sasrec", "popularity"]), undefined);
  assertEquals(nearest("x", ["max", "xy"]), "xy");
  assertEquals(nearest("", ["max"]), undefined);
});

const SIZE = 100_000;
const PATTERN = "Introduction to the theory and practise of subject number ###### (part I)";
const name = (id: number | string) => PATTERN.replace("######", String(id).padStart(6, "0"));

Deno.test("100,000 names of 73 letters: the right ones, each search under 20 ms of work", () => {
  const names = Array.from({ length: SIZE }, (_, id) => name(id));
  const index = indexNames(names);
  const questions: [string, readonly string[] | undefined][] = [
    [name("0xxxx1"), undefined], // four slips from ten thousand names
    [name(12345).replace("theory", "theroy"), [name(12345)]],
    [name(99).replace("of", "off").toUpperCase(), [name(99)]],
    ["number 054321", [name(54321)]],
    ["e".repeat(73), []],
    [PATTERN.repeat(4), undefined],
    ["x".repeat(1_000_000), []],
    ["ubject numbe", undefined], // a part of them all
    [[...name(4321)].reverse().join(""), undefined], // the letters of them all
  ];
  for (const [asked, wanted] of questions) {
    let best = Infinity;
    let found: readonly string[] = [];
    for (let i = 0; i < 8; i++) {
      const begin = process.cpuUsage(); // other programs' time does not count
      found = index.nearest(asked, 5);
      best = Math.min(best, process.cpuUsage(begin).user / 1000);
    }
    const shown = asked.slice(0, 80);
    assert(best < 20, `${best.toFixed(1)} ms for ${shown}`);
    if (wanted !== undefined) assertEquals(found.slice(0, Math.max(1, wanted.length)), wanted);
  }
});

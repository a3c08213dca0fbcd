import { assertEquals } from "@std/assert";
import { timesIn } from "../../scripts/slowest_tests.ts";

Deno.test("times of tests are read from a log, with output between and minutes", () => {
  const log = [
    "running 3 tests from ./tests/a_test.ts",
    "one ... ok (12ms)",
    "two ...",
    "------- output -------",
    "noise",
    "----- output end -----",
    "two ... ok (1m2s)",
    "three ...noise on stderr",
    " ok (3s)",
    "skipped ... ignored (0ms)",
  ].join("\n");
  assertEquals(timesIn(log), [
    { name: "one", seconds: 0.012 },
    { name: "two", seconds: 62 },
    { name: "three", seconds: 3 },
  ]);
});

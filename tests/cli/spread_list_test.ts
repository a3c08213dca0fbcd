import { assertEquals } from "@std/assert";
import { spreadList } from "../../lib/cli/spread_list.ts";

Deno.test("items behind a list flag become one, up to the next flag", () => {
  assertEquals(spreadList(["--compare", "A", "B", "C", "--out", "x"], "compare"), [
    "--compare",
    "A,B,C",
    "--out",
    "x",
  ]);
  assertEquals(spreadList(["--compare", "A,B"], "compare"), ["--compare", "A,B"]);
  assertEquals(spreadList(["--compare"], "compare"), ["--compare"]);
  assertEquals(spreadList(["--compare", "--help"], "compare"), ["--compare", "--help"]);
  assertEquals(spreadList(["--out", "x", "y"], "compare"), ["--out", "x", "y"]);
});

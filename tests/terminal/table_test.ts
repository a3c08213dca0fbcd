import { assertEquals } from "@std/assert";
import { firstColumn, table } from "../../lib/terminal/table.ts";

Deno.test("lines said one by one have one first column, as wide as its widest text", () => {
  const column = firstColumn(["a", "日本", "abc"]); // two wide letters take four places
  assertEquals(["a", "日本", "abc"].map(column), ["a   ", "日本", "abc "]);
  assertEquals(firstColumn([])("x"), "x");
  assertEquals(table(["Model", "n"], [["日本", "5"]]).split("\n").at(-1), "日本   5");
});

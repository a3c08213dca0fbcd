import { assertEquals } from "@std/assert";
import { counted, noun } from "../../lib/errors/counted.ts";

Deno.test("a count has its noun in the right number", () => {
  assertEquals([0, 1, 2, 1024].map((n) => counted(n, "row")), [
    "0 rows",
    "1 row",
    "2 rows",
    "1,024 rows",
  ]);
  const many = (one: string) => noun(2, one);
  assertEquals(["query", "day", "batch", "epoch", "process", "data set"].map(many), [
    "queries",
    "days",
    "batches",
    "epochs",
    "processes",
    "data sets",
  ]);
  assertEquals([1, 3].map((n) => counted(n, "row is", "rows are")), ["1 row is", "3 rows are"]);
});

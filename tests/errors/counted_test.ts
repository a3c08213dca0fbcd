import { assertEquals } from "@std/assert";
import { counted } from "../../lib/errors/counted.ts";

Deno.test("a count takes the singular of 1 alone, and groups its digits", () => {
  assertEquals(counted(0, "episode"), "0 episodes");
  assertEquals(counted(1, "episode"), "1 episode");
  assertEquals(counted(1, "query", "queries"), "1 query");
  assertEquals(counted(3240, "query", "queries"), "3,240 queries");
});

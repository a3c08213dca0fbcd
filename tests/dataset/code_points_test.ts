import { assertEquals } from "@std/assert";
import { compareCodePoints } from "../../lib/dataset/dataset.ts";

Deno.test("texts are ordered by code point, beyond the basic plane too", () => {
  const python = ["", "A", "a", "a b", "ab", "é", "\uffff", "😀", "😁"]; // sorted() in Python
  assertEquals([...python].reverse().sort(compareCodePoints), python);
});

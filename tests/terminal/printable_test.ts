import { assertEquals } from "@std/assert";
import { printable } from "../../lib/terminal/terminal.ts";

Deno.test("names from the data do not command the terminal", () => {
  assertEquals(printable("a\u001b[2Jb\u0007\u009b1\tc\nd é 日"), "a?[2Jb??1\tc\nd é 日");
});

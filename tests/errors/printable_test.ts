import { assertEquals } from "@std/assert";
import { show } from "../../lib/errors/input_error.ts";
import { printable, printableJson, printableLine } from "../../lib/errors/printable.ts";

Deno.test("names from the data do not command the terminal", () => {
  assertEquals(printable("a\u001b[2Jb\u0007\u009b1\tc\nd é 日"), "a?[2Jb??1\tc\nd é 日");
});

/** Whatever begins an escape sequence, turns the direction of letters or ends a line. */
const COMMANDS = [
  ...Array.from({ length: 0x20 }, (_, code) => code),
  ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i),
  0x061c,
  0x200e,
  0x200f,
  0x2028,
  0x2029,
  ...[0x202a, 0x202b, 0x202c, 0x202d, 0x202e],
  ...[0x2066, 0x2067, 0x2068, 0x2069],
];

Deno.test("no control character and no mark of direction is left, one by one", () => {
  for (const code of COMMANDS) {
    const name = `a${String.fromCodePoint(code)}b`;
    assertEquals(printableLine(name), "a?b", `U+${code.toString(16)}`);
    assertEquals(printable(name), code === 9 || code === 10 ? name : "a?b");
    const json = printableJson({ name });
    assertEquals(JSON.parse(json), { name });
    for (const text of [json, show(name), show({ [name]: [name] })]) {
      assertEquals(
        printableLine(text),
        text,
        `U+${code.toString(16)} is in ${JSON.stringify(text)}`,
      );
    }
  }
});

Deno.test("letters of every script, joined emoji and tabs between cells stay", () => {
  const text = "été Straße Ωμέγα дом 数据结构 한글 עברית العربية 👩‍🎓 क्‍ष\tx";
  assertEquals(printable(text), text);
});

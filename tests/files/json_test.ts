import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { decodeJson, decodeText, isRecord, jsonText, parseJson } from "../../lib/files/json.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("a document is read strictly: UTF-8, JSON, nothing behind it", () => {
  assertEquals(decodeJson(bytes('\ufeff{"a": [1, "\u00fc"]}\n')), { a: [1, "\u00fc"] });
  assertThrows(() => decodeText(Uint8Array.of(0x22, 0xff, 0x22)), TypeError);
  for (const text of ["", "{", "[1] 2", "undefined"]) {
    assertThrows(() => decodeJson(bytes(text)), SyntaxError);
  }
});

Deno.test("a document that is none is told in one style, with its cause", () => {
  const expected = { doing: "reading x.json", wanted: "a list", next: "write one" };
  for (const broken of [bytes("{nope"), Uint8Array.of(0xff)]) {
    const error = assertThrows(() => parseJson(broken, expected), InputError);
    const { found, ...rest } = error.fault;
    assertEquals(rest, expected);
    assertEquals(found.startsWith("it is not JSON in UTF-8 ("), true);
    assertEquals(error.cause instanceof Error, true);
  }
  assertEquals(parseJson(bytes("[1]"), expected), [1]);
});

Deno.test("what is written is indented and ends with a newline", () => {
  assertEquals(jsonText({ a: [1] }), '{\n  "a": [\n    1\n  ]\n}\n');
});

Deno.test("records are objects and not lists", () => {
  assertEquals([{}, { a: 1 }, [], null, "a", undefined].map(isRecord), [
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

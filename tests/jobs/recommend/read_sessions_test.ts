import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../../lib/errors/input_error.ts";
import { parseCourses, parseSessions } from "../../../lib/jobs/recommend/read_sessions.ts";

const parse = (text: string) => parseSessions(new TextEncoder().encode(text), "s.csv");

Deno.test("courses come between commas, or as JSON where a name holds one", () => {
  assertEquals(parseCourses(" A, B ,,C", "testing"), ["A", "B", "C"]);
  assertEquals(parseCourses('["A","B, C","A"]', "testing"), ["A", "B, C", "A"]);
  for (const bad of ["[A", "[1]"]) {
    assertThrows(() => parseCourses(bad, "reading --courses"), InputError, "reading --courses");
  }
});

Deno.test("a row a step: sessions and courses in order, other columns ignored", () => {
  assertEquals(parse('when,session,course\n1,b,"x, y"\n2,a,z\n3,b,"say ""hi"""\n'), [
    { session: "b", courses: ["x, y", 'say "hi"'] },
    { session: "a", courses: ["z"] },
  ]);
});

Deno.test("a row a session, with a byte order mark, CRLF and empty lines", () => {
  assertEquals(parse('\ufeffcourses\r\n"A,B"\r\n\r\nC\r\n'), [
    { session: "1", courses: ["A", "B"] },
    { session: "2", courses: ["C"] },
  ]);
  assertEquals(parse("session,courses\nmine,A\n"), [{ session: "mine", courses: ["A"] }]);
});

Deno.test("a file that is no such table is refused by its name", () => {
  const cases = [["user,item\n1,2\n", '"user", "item"'], ["session,course\n", "no session"], [
    "session,course\na,b,c\n",
    "line 2",
  ], [
    "",
    "no session",
  ]];
  for (const [text, part] of cases) assertThrows(() => parse(text), InputError, part);
  assertThrows(() => parseSessions(Uint8Array.of(0xff, 0xfe, 0x41), "s.csv"), InputError, "s.csv");
});

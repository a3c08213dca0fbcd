import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
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

Deno.test("a row without a course is named, unless it stands for a session without any", () => {
  assertEquals(parse("session,course\na,x\nb,\na,\na,y\n"), [
    { session: "a", courses: ["x", "y"], lines_without_course: [4] },
    { session: "b", courses: [] },
  ]);
});

Deno.test("a row a session, with a byte order mark, CRLF and empty lines", () => {
  assertEquals(parse('\ufeffcourses\r\n"A,B"\r\n\r\nC\r\n'), [
    { session: "1", courses: ["A", "B"] },
    { session: "2", courses: ["C"] },
  ]);
  assertEquals(parse("session,courses\nmine,A\n"), [{ session: "mine", courses: ["A"] }]);
});

Deno.test("what stands between the fields is told by the header", () => {
  const wanted = [{ session: "a", courses: ["x, y", "z"] }, { session: "b", courses: ["1"] }];
  for (const separator of [",", ";", "\t", "|", "::"]) {
    const rows = [["session", "course"], ["a", '"x, y"'], ["a", "z"], ["b", "1"]];
    assertEquals(parse(rows.map((row) => row.join(separator)).join("\r")), wanted);
  }
  assertEquals(parse("session;courses\na;x,y\n"), [{ session: "a", courses: ["x", "y"] }]);
});

Deno.test("JSON: an object a session or a step, a line each or in one list", () => {
  const sessions = [{ session: "a", courses: ["A", "B, C"] }, { session: 7, courses: [] }];
  const steps = [
    { session: "a", course: "A", at: 1 },
    { session: 7, course: null },
    { session: "a", course: "B, C" },
  ];
  const wanted = [{ session: "a", courses: ["A", "B, C"] }, { session: "7", courses: [] }];
  for (const objects of [sessions, steps]) {
    const lines = objects.map((object) => JSON.stringify(object));
    for (const text of [lines.join("\n"), `\ufeff${lines.join("\r\n\r\n")}\r\n`]) {
      assertEquals(parse(text), wanted);
    }
    assertEquals(parse(JSON.stringify(objects, null, 2)), wanted);
  }
  assertEquals(parse('[["A", "B, C"], [], [7]]'), [
    { session: "1", courses: ["A", "B, C"] },
    { session: "2", courses: [] },
    { session: "3", courses: ["7"] },
  ]);
  assertEquals(parse('{"courses": [12, 7]}\n\n{"courses": []}'), [
    { session: "1", courses: ["12", "7"] },
    { session: "2", courses: [] },
  ]);
  const cases = [
    ['{"session": "a", "courses": ["A"]}\n{"session": "b"', "line 2 is not JSON"],
    ['[{"session": "a"', "it is not JSON"],
    ['{"session": "a", "courses": "A"}', 'line 1: "courses" is "A"'],
    ['[{"session": "a", "courses": ["A"]}, 5]', "element 2: 5"],
    ['{"session": "", "course": "A"}', "line 1: no session"],
    ['{"course": "A"}', 'line 1: "session" is undefined'],
    ["[]", "it holds no session"],
  ];
  for (const [text, part] of cases) {
    const { message } = assertThrows(() => parse(text), InputError);
    assertStringIncludes(message, part);
    assertStringIncludes(message, "s.csv");
  }
});

Deno.test("a line that is no row is named, and so are columns of one name", () => {
  const cases = [
    ["session,course\na,b\n\nb,c,d\n", "line 4: 3 fields"],
    ['session,course\n"a" b,c\n', "line 2: text after a closing quote"],
    ["session,course,course\na,b,c\n", 'its columns 2 and 3 are both named "course"'],
    ["session,course\na,b\n,c\n", "line 3: no session"],
    ["session,courses\n,c\n", "line 2: no session"],
    ["Session,Course\na,b\n", 'its columns are "Session", "Course"'],
  ];
  for (const [text, part] of cases) assertThrows(() => parse(text), InputError, part);
  const latin = new Uint8Array([...new TextEncoder().encode("session,course\na,caf"), 0xe9, 10]);
  assertThrows(() => parseSessions(latin, "s.csv"), InputError, "line 2: it is not UTF-8");
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

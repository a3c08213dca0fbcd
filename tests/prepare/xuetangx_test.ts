import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { LEARNING_EVENTS } from "../../lib/prepare/options.ts";
import { cutter, type Piece } from "../../lib/prepare/pieces.ts";
import { prepare } from "../../lib/prepare/prepare.ts";
import { inFolder } from "../in_folder.ts";
import { assertFolder, optionsOf, RULES } from "./folder.ts";
import { awkwardLog, type Event, referenceOf } from "./reference.ts";

const LEARNING = [
  "load_video",
  "play_video",
  "pause_video",
  "stop_video",
  "seek_video",
  "problem_get",
  "problem_check",
  "problem_save",
];
const OTHER = [
  "click_about",
  "click_courseware",
  "close_courseware",
  "click_info",
  "click_forum",
  "create_thread",
  "enroll",
];

/** Events as the raw log nests them; the log in the order in which the file has them. */
function nested(
  events: readonly (Event & { type: string })[],
): { json: unknown; log: (Event & { type: string })[] } {
  const log: (Event & { type: string })[] = [];
  const json = [...Map.groupBy(events, (event) => event.item)].map(([course, own]) => [
    course,
    Object.fromEntries(
      [...Map.groupBy(own, (event) => event.user)].map(([user, theirs]) => [
        user,
        Object.fromEntries(
          [...Map.groupBy(theirs, (event) => event.session!)].map(([session, visits]) => {
            log.push(...visits);
            return [
              session,
              visits.map((
                { type, time },
              ) => [type, new Date(time * 1000).toISOString().slice(0, 19)]),
            ];
          }),
        ),
      ]),
    ),
  ]);
  return { json, log };
}

function typed(seed: number): (Event & { type: string })[] {
  const types = [...LEARNING, ...OTHER];
  // names that look like numbers would be put first by JSON.stringify, which the order of the log
  // must not hang on
  return awkwardLog(seed, 2500, true).map((event, i) => ({
    ...event,
    user: `u${event.user}`,
    item: `course-v1:${event.item}`,
    session: event.session ?? `hash${i % 50}`,
    type: types[(i * 7) % types.length],
  }));
}

for (const indent of [undefined, 2]) {
  Deno.test(`raw log${indent ? ", indented" : ""}: learning events, the platform's sessions`, () =>
    inFolder(async (folder) => {
      const { json, log } = nested(typed(21));
      await Deno.writeTextFile(`${folder}/log.json`, JSON.stringify(json, null, indent));
      const report = await prepare(
        optionsOf([`${folder}/log.json`], `${folder}/out`, RULES, { format: "xuetangx" }),
      );
      const kept = log.filter((event) => LEARNING.includes(event.type));
      await assertFolder(`${folder}/out`, referenceOf(kept, RULES));
      assertEquals([report.counts.rows, report.counts.other_events], [
        log.length,
        log.length - kept.length,
      ]);
      const counted = report.event_types!.map(({ type, kept, events }) => [type, kept, events]);
      const wanted = [...Map.groupBy(log, (event) => event.type)].map((
        [type, own],
      ) => [type, LEARNING.includes(type), own.length]);
      assertEquals(counted.sort(), wanted.sort());
    }));
}

Deno.test("--events names other beginnings; a dot is a dot", () =>
  inFolder(async (folder) => {
    const events = typed(22).map((event, i) => ({
      ...event,
      type: ["edx.video", "edx_video", "click_about"][i % 3],
    }));
    const { json, log } = nested(events);
    await Deno.writeTextFile(`${folder}/log.json`, JSON.stringify(json));
    const options = optionsOf([`${folder}/log.json`], `${folder}/out`, RULES, {
      format: "xuetangx",
      eventPrefixes: ["edx.", "click"],
    });
    await prepare(options);
    await assertFolder(
      `${folder}/out`,
      referenceOf(log.filter((event) => event.type !== "edx_video"), RULES),
    );
  }));

Deno.test("navigation, forum and enrolment are no learning; videos and problems are", () => {
  const isLearning = (type: string) => LEARNING_EVENTS.some((prefix) => type.startsWith(prefix));
  assertEquals(OTHER.filter(isLearning), []);
  assertEquals(
    [...LEARNING, "problem_check_correct", "reset_problem"].filter((type) => !isLearning(type)),
    [],
  );
});

Deno.test("bad events are told with course, user and session", () =>
  inFolder(async (folder) => {
    const { json } = nested(typed(23));
    const courses = json as unknown[];
    courses.push(["c", {
      u: {
        s: [["play_video", "yesterday"], ["play_video"], ["click_about", "yesterday"], 7, [
          "problem_get",
          null,
        ]],
        t: 5,
        v: [],
      },
    }]);
    await Deno.writeTextFile(`${folder}/log.json`, JSON.stringify(json));
    const options = optionsOf([`${folder}/log.json`], `${folder}/out`, RULES, {
      format: "xuetangx",
    });
    await assertRejects(
      () => prepare(options),
      InputError,
      'course "c", user "u", session "s": "yesterday" in "timestamp" is no time',
    );
    const report = await prepare({ ...options, onError: "skip" });
    assertEquals(report.bad_rows_listed.map(({ place, fault }) => [place.slice(-3), fault]), [
      ['"s"', '"yesterday" in "timestamp" is no time'],
      ['"s"', 'no time in "timestamp"'],
      ['"s"', 'no time in "timestamp"'],
      ['"s"', 'no time in "timestamp"'],
      ['"t"', 'no time in "timestamp"'],
    ]);
    await Deno.writeTextFile(
      `${folder}/log.json`,
      '[["c", {"u": {"s": [["play_video" "2015-10-26T11:50:11"]]}}]]',
    );
    await assertRejects(
      () => prepare(options),
      InputError,
      'byte 13, course "c", user "u": it is no JSON in UTF-8',
    );
  }));

/** The pieces of a text fed in chunks of `size` bytes. */
function cut(
  text: string,
  size: number,
): { course: string; user: string; sessions: string; offset: number }[] {
  const bytes = new TextEncoder().encode(text);
  const pieces: ReturnType<typeof cut> = [];
  const { push, end } = cutter("log.json", ({ sessions, ...rest }: Piece) => {
    pieces.push({ ...rest, sessions: new TextDecoder().decode(sessions) });
  });
  for (let at = 0; at < bytes.length; at += size) push(bytes.subarray(at, at + size));
  end();
  return pieces;
}

Deno.test("pieces: the same wherever the chunks are cut", () => {
  const text = ' [ ["c\\"1é" ,{"u":{"s{":[["a\\\\","t}"]]} , "\\u0076" : { }}],\n' +
    '\t["c2",{}],["c3",{"w":{"{":{"}":1}}}] ]\r\n';
  const wanted = [
    { course: 'c"1é', user: "u", sessions: '{"s{":[["a\\\\","t}"]]}', offset: 20 },
    { course: 'c"1é', user: "v", sessions: "{ }", offset: 56 },
    { course: "c3", user: "w", sessions: '{"{":{"}":1}}', offset: 83 },
  ];
  const found = cut(text, 1000);
  for (const { sessions, offset } of found) {
    assertEquals(
      new TextDecoder().decode(
        new TextEncoder().encode(text).slice(offset, offset + sessions.length),
      ),
      sessions,
    );
  }
  assertEquals(
    found.map(({ offset: _, ...rest }) => rest),
    wanted.map(({ offset: _, ...rest }) => rest),
  );
  for (let size = 1; size < text.length; size++) {
    assertEquals(cut(text, size), found, `chunks of ${size} bytes`);
  }
  assertEquals(cut("[]", 1), []);
});

Deno.test("pieces: a token that goes on over many chunks costs its length, ended or not", () => {
  const [chunk, chunks] = [new Uint8Array(1000).fill(0x78), 4000];
  const set = Uint8Array.prototype.set;
  let copied = 0;
  Uint8Array.prototype.set = function (source: ArrayLike<number>, offset?: number) {
    copied += source.length;
    set.call(this, source, offset);
  };
  try {
    const { push, end } = cutter("log.json", () => {});
    push(new TextEncoder().encode('[["'));
    for (let i = 0; i < chunks; i++) push(chunk);
    assertThrows(end, InputError, "the file ends");
  } finally {
    Uint8Array.prototype.set = set;
  }
  assert(copied <= 4 * chunks * chunk.length, `${copied} bytes copied`);
  const name = "x".repeat(5000);
  const [piece] = cut(`[["${name}", {"${name}": {"s": []}}]]`, 7);
  assertEquals([piece.course, piece.user, piece.sessions], [name, name, '{"s": []}']);
});

const BROKEN: [string, string][] = [
  ["", "byte 0: the file ends. Expected: ["],
  ["{}", 'byte 0: "{". Expected: ['],
  ["[[5]]", "the id of a course"],
  ['[["c" {}]]', "byte 6"],
  ['[["c", []]]', "byte 7"],
  ['[["c", {"u": []}]]', "byte 13"],
  ['[["c", {"u": {}, }]]', "the id of a user"],
  ['[["c", {"u": {}}, 5]]', "Expected: ]"],
  ['[["c", {"u": {"s": [', "the file ends"],
  ['[["c", {"u": {"s', "the file ends"],
  ['[["c", {}]', "the file ends. Expected: , or ]"],
  ["[] []", "the end of the file"],
  ['[["\\x", {}]]', "is no JSON text"],
];
Deno.test("pieces: a broken file is told with the byte and what was wanted there", () => {
  for (const [text, message] of BROKEN) {
    for (const size of [1, 3, 1000]) {
      assertThrows(() => cut(text, size), InputError, message, `${text} in chunks of ${size}`);
    }
  }
});

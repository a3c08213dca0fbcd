/**
 * What this project asks of its assertions: holds for lib/std/assert and for the published package
 * (`deno task check:std`).
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";

class Fault extends Error {
  override readonly name = "Fault";
}

/** Whether a check passed: told without the assertions that are tested here. */
function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

function expect(name: string, wanted: boolean, check: () => void): void {
  Deno.test(`${wanted ? "passes" : "fails"}: ${name}`, () => {
    if (passes(check) !== wanted) throw new Error(`${name} ${wanted ? "failed" : "passed"}`);
  });
}

expect("a truthy value", true, () => assert("x"));
for (const value of [0, "", null, undefined, NaN, false]) {
  expect(`${value} as a truthy value`, false, () => assert(value));
}

class Point {
  constructor(readonly x: number) {}
}
for (
  const [name, same, a, b] of [
    ["nested objects, keys in any order", true, { a: [1, { b: 2 }], c: 3 }, {
      c: 3,
      a: [1, { b: 2 }],
    }],
    ["NaN in a typed array", true, new Float32Array([NaN, 1]), new Float32Array([NaN, 1])],
    ["a view and a copy", true, new Uint8Array([9, 1]).subarray(1), new Uint8Array([1])],
    [
      "maps and sets in any order",
      true,
      new Map([[1, new Set([1, 2])]]),
      new Map([[
        1,
        new Set([2, 1]),
      ]]),
    ],
    ["an undefined property and none", false, { a: undefined }, {}],
    ["two typed arrays of other types", false, new Uint8Array([1]), new Int8Array([1])],
    ["a typed array and a list", false, new Uint8Array([1]), [1]],
    ["an object and one of a class", false, new Point(1), { x: 1 }],
    ["one element of many", false, new Float64Array([1, 2, 3]), new Float64Array([1, 2, 4])],
    ["a bigint and a number", false, 1n, 1],
    ["a hole and undefined", false, [, 1], [undefined, 1]],
    ["buffers of other bytes", false, new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
  ] as [string, boolean, unknown, unknown][]
) {
  expect(`equal: ${name}`, same, () => assertEquals(a, b));
  expect(`not equal: ${name}`, !same, () => assertNotEquals(a, b));
}

for (
  const [actual, expected, tolerance, near] of [
    [1 + 1e-8, 1, undefined, true],
    [1 + 1e-6, 1, undefined, false],
    [1.5, 1, 0.5, true],
    [1.6, 1, 0.5, false],
    [Infinity, Infinity, undefined, true],
    [1, Infinity, undefined, false],
    [1, -Infinity, undefined, false],
    [NaN, NaN, undefined, true],
    [NaN, 1, 100, false],
    [1, NaN, 100, false],
    [1e-8, 0, undefined, false],
  ] as [number, number, number | undefined, boolean][]
) {
  expect(
    `${actual} near ${expected} ± ${tolerance}`,
    near,
    () => assertAlmostEquals(actual, expected, tolerance),
  );
}

expect("a text that is included", true, () => assertStringIncludes("abc", "bc"));
expect("a text that is not included", false, () => assertStringIncludes("abc", "ac"));
expect("a text that matches", true, () => assertMatch("abc", /^a/));
expect("a text that does not match", false, () => assertMatch("abc", /^b/));

function raise(error: unknown): never {
  throw error;
}
const fault = new Fault("a long story");
expect("throwing anything", true, () => void assertThrows(() => raise("a text")));
expect("throwing nothing", false, () => void assertThrows(() => 1));
expect("throwing a text as an Error", false, () => void assertThrows(() => raise("x"), Error));
expect("throwing its class", true, () => void assertThrows(() => raise(fault), Fault));
expect("throwing a class above", true, () => void assertThrows(() => raise(fault), Error));
expect("throwing another class", false, () => void assertThrows(() => raise(fault), TypeError));
expect("its words", true, () => void assertThrows(() => raise(fault), Fault, "long"));
expect("other words", false, () => void assertThrows(() => raise(fault), Fault, "short"));

Deno.test("what was thrown comes back, by its class", async () => {
  const thrown: Fault = assertThrows(() => raise(fault), Fault);
  const rejected: Fault = await assertRejects(() => Promise.reject(fault), Fault);
  assert(thrown === fault && rejected === fault);
  assert(assertThrows(() => raise("x")) === "x");
  assert(await assertRejects(() => Promise.reject("x")) === "x");
});

for (
  const [name, wanted, run, type, words] of [
    ["a rejection", true, () => Promise.reject(fault), Fault, "story"],
    ["a rejection with other words", false, () => Promise.reject(fault), Fault, "novel"],
    ["a rejection of another class", false, () => Promise.reject(fault), TypeError, ""],
    ["a rejection with a text as an Error", false, () => Promise.reject("x"), Error, ""],
    ["a promise that is kept", false, () => Promise.resolve(), Fault, ""],
    ["a throw before the promise", false, () => raise(fault), Fault, ""],
  ] as [string, boolean, () => Promise<unknown>, new () => Error, string][]
) {
  Deno.test(`${wanted ? "passes" : "fails"}: ${name}`, async () => {
    let passed = true;
    try {
      await assertRejects(run, type, words);
    } catch {
      passed = false;
    }
    if (passed !== wanted) throw new Error(`${name} ${wanted ? "failed" : "passed"}`);
  });
}

/** The kernels' formatter and rules of style, which `deno task check` holds the kernels to. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  formatKernel,
  longLines,
  styleFaults,
  wgslFaults,
} from "../../scripts/build/format_kernels.ts";

Deno.test("AssemblyScript is formatted with its decorators", async () => {
  const text = "// @ts-ignore\n@inline\nfunction f(x:f32):f32{ return x*2 }\n" +
    "\n// @ts-ignore\n@unmanaged\nexport class Call { x: f32 }\n";
  const formatted = await formatKernel(text);
  assertEquals(
    formatted,
    "// @ts-ignore\n@inline\nfunction f(x: f32): f32 {\n  return x * 2;\n}\n" +
      "\n// @ts-ignore\n@unmanaged\nexport class Call {\n  x: f32;\n}\n",
  );
  assertEquals(await formatKernel(formatted), formatted);
});

Deno.test("AssemblyScript against the style is named with its line", async () => {
  const seven = "a: i32, b: i32, c: i32, d: i32, e: i32, f: i32, g: i32";
  const cases: readonly (readonly [string, string])[] = [
    ["let a = 1, b = 2;", "several variables"],
    ["a = 1, b = 2;", "a comma between expressions"],
    ["for (; a < 9; ) b = 1, c = 2;", "a comma between expressions"],
    ["const x = a ? 1 : b ? 2 : 3;", "a conditional inside a conditional"],
    [`@inline\nfunction f(${seven}): void {}`, "7 parameters"],
    [`@unmanaged\nclass C {\n  f(${seven}): void {}\n}`, "7 parameters"],
  ];
  for (const [text, expected] of cases) {
    const faults = await styleFaults(`\n${text}\n`);
    assertEquals(faults.length, 1, text);
    assertStringIncludes(faults[0], expected);
  }
  const decorated = await styleFaults(`@inline\nfunction f(): void {\n  let a = 1, b = 2;\n}\n`);
  assertEquals(decorated.map((fault) => fault.split(":")[0]), ["line 3"]);
  assertEquals(await styleFaults("for (let i = 0, j = 9; i < j; i++, j--) f(i, j);\n"), []);
  assertEquals(longLines(`// ${"x".repeat(97)}\n// ${"x".repeat(98)}\n`), [
    "line 2: 101 columns, at most 100",
  ]);
});

Deno.test("WGSL against the style is named with its line", () => {
  const good = "fn f() {\n  for (var i = 0u; i < 4u; i++) { a += i; }\n  b = 1; // c; d\n}\n";
  assertEquals(wgslFaults(good), []);
  assertEquals(wgslFaults("a = 1; b = 2;\n"), ["line 1: two statements: a line each"]);
  assertEquals(wgslFaults("\n   a = 1;\n"), ["line 2: odd indentation"]);
  assertEquals(wgslFaults("a = 1; \n"), ["line 1: spaces at its end"]);
  assertEquals(wgslFaults("  sync(); // rows are whole\n  // they are read\n  sync();\n"), []);
  assertEquals(wgslFaults("a = 1;\nworkgroupBarrier();\n"), [
    "line 2: a barrier without its reason in a comment",
  ]);
  assertEquals(wgslFaults(`// ${"x".repeat(98)}`), ["line 1: 101 columns, at most 100"]);
});

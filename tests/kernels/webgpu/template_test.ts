import { assertEquals, assertThrows } from "@std/assert";
import { workgroupBytes } from "../../../lib/kernels/webgpu/kernel.ts";
import { expand } from "../../../lib/kernels/webgpu/template.ts";

Deno.test("loops are unrolled, also inside loops, and lines kept or dropped", () => {
  assertEquals(
    expand("#for i < N\n#for j < 2\na${i}_${j};\n#end\n#end", { N: 2 }),
    "const N = 2u;\na0_0;\na0_1;\na1_0;\na1_1;",
  );
  const text = "#if ON\nyes\n#for i < N\ny${i}\n#end\n#else\nno\n#end\nafter";
  assertEquals(expand(text, { ON: 1, N: 1 }), "const ON = 1u;\nconst N = 1u;\nyes\ny0\nafter");
  assertEquals(expand(text, { ON: 0, N: 1 }), "const ON = 0u;\nconst N = 1u;\nno\nafter");
});

Deno.test("lines of a part are put in and expanded with the rest", () => {
  const parts = { sums: "#for i < N\nsum${i};\n#end\n" };
  assertEquals(
    expand("before\n  #use sums\nafter", { N: 2 }, parts),
    "const N = 2u;\nbefore\nsum0;\nsum1;\nafter",
  );
  assertThrows(
    () => expand("a\n#use sum", { N: 2 }, parts),
    SyntaxError,
    "sum is not given, line 2",
  );
});

Deno.test("lines that are dropped need no constants", () => {
  assertEquals(expand("#if ON\n#for i < N\na\n#end\n#end\nb", { ON: 0 }), "const ON = 0u;\nb");
});

Deno.test("a template's mistakes are errors with their line", () => {
  assertThrows(
    () => expand("#for i < MISSING\n#end", {}),
    SyntaxError,
    "MISSING is not given, line 1",
  );
  assertThrows(() => expand("a\n${j}", {}), SyntaxError, "${j} is not being repeated, line 2");
  assertThrows(() => expand("#end", {}), SyntaxError, "without a beginning, line 1");
  assertThrows(() => expand("#loop", {}), SyntaxError, "no directive");
  assertThrows(() => expand("#for i < 2\na", {}), SyntaxError, "is not closed");
  assertThrows(() => expand("#else\n#end", {}), SyntaxError, "#else without a beginning, line 1");
});

Deno.test("workgroup storage is counted from the text", () => {
  assertEquals(
    workgroupBytes("var<workgroup> a: array<vec4f, N>;\nvar<workgroup> b: array<f32, 8>;", {
      N: 3,
    }),
    3 * 16 + 8 * 4,
  );
  assertEquals(
    workgroupBytes("var<workgroup> a: array<array<vec4f, N>, 5>;", { N: 3 }),
    5 * 3 * 16,
  );
  for (const type of ["array<vec4f, N * 2>", "array<array<vec4f, M>, N>", "array<array<f32, N>>"]) {
    const text = `var<workgroup> a: ${type};`;
    assertThrows(() => workgroupBytes(text, { N: 3 }), TypeError);
  }
});

/**
 * Every kernel is WGSL by the standard, not only by the compiler that Deno has: browsers and Dawn
 * refuse what naga lets pass, above all barriers that not all threads may reach.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ARCHITECTURES } from "../../../lib/engine/webgpu/architectures.ts";
import { HEADS } from "../../../lib/engine/webgpu/heads.ts";
import { kernelVariants, LOSSES, MODELS } from "./variants.ts";
import { wgslCompilers } from "./wgsl_compilers.ts";

/** Valid for naga, not for the standard: whether a thread reaches the barrier may depend on it. */
const INVALID = `var<private> count: u32;
@compute @workgroup_size(64)
fn main() {
  for (var i = 0u; i < count; i++) { workgroupBarrier(); }
}`;

const [compiler] = await wgslCompilers();

Deno.test("the variants are of every architecture and every loss", () => {
  const names = (records: readonly { readonly name: string }[]) =>
    new Set(records.map(({ name }) => name));
  assertEquals(new Set(MODELS.map(({ architecture }) => architecture)), names(ARCHITECTURES));
  assertEquals(names(LOSSES), names(HEADS));
});

Deno.test({
  name: compiler === undefined
    ? "every kernel is valid WGSL: SKIPPED, there is neither a tint command nor Chromium"
    : `every kernel that the engine can make is valid WGSL, says ${compiler.name}`,
  ignore: compiler === undefined,
  // a browser is another process, which playwright talks to through pipes of its own
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const variants = kernelVariants();
    assert(variants.length > 500, `${variants.length} variants`);
    const [invalid, ...complaints] = await compiler.compileAll([
      INVALID,
      ...variants.map(({ code }) => code),
    ]);
    assertMatch(invalid, /uniform control flow/, "the check sees an invalid kernel");
    const refused = variants.flatMap(({ name, where }, i) =>
      complaints[i] === "" ? [] : [`${name}, made for ${where}:\n${complaints[i]}`]
    );
    assertEquals(refused.length, 0, refused.slice(0, 3).join("\n\n"));
  },
});

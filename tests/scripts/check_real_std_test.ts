import { assertEquals, assertStringIncludes } from "@std/assert";

const SCRIPT = new URL("../../scripts/check_real_std.ts", import.meta.url).pathname;

async function checkStd(...args: string[]): Promise<{ code: number; said: string }> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", "--allow-write", "--allow-run", SCRIPT, ...args],
  }).output();
  return { code, said: new TextDecoder().decode(stderr) };
}

Deno.test("check:std without a folder of packages says what it wants", async () => {
  const none = await checkStd();
  assertEquals(none.code, 2);
  assertStringIncludes(none.said, "a checkout of github.com/denoland/std");
  const folder = await Deno.makeTempDir();
  try {
    const empty = await checkStd(folder);
    assertEquals(empty.code, 2);
    assertStringIncludes(empty.said, `${folder}/cli/deno.json`);
  } finally {
    await Deno.remove(folder);
  }
});

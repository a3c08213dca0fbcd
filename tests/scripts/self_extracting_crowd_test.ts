/** A self-extracting file where others start it too, or have put files in its cache. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { complain } from "../../lib/terminal/say.ts";
import { assertRan, home, namesIn, newCache, pathIn, place, start } from "./self_extracting.ts";

Deno.test({
  name: "eight first starts at once: each runs, nothing is left beside",
  ignore: Deno.build.os === "windows",
  async fn() {
    const cache = await newCache();
    const ends = await Promise.all(Array.from({ length: 8 }, () => start(cache)));
    for (const end of ends) assertRan(end, cache);
    assertEquals(namesIn(cache), ["deno", "deno_dir", "tool"]);
  },
});

Deno.test({
  name: "what another process takes away while it is made is made again",
  ignore: Deno.build.os === "windows",
  async fn() {
    const cache = await newCache();
    const once = await Deno.makeTempFile({ dir: place });
    assertRan(await start(cache, { env: { TAKEN_ONCE: once } }), cache);
    assertEquals(namesIn(cache), ["deno", "deno_dir", "tool"]);
  },
});

const isRoot = Deno.build.os !== "windows" && Deno.uid() === 0;
if (!isRoot) complain("!! not root: files of another owner in the cache are not tried");
Deno.test({
  name: "files of another owner are not run, whatever they hold",
  ignore: !isRoot,
  async fn() {
    const cache = await newCache();
    assertRan(await start(cache), cache);
    for (const path of [pathIn(cache, "deno-"), `${pathIn(cache, "tool-")}/program.js`]) {
      await Deno.chown(path, 65534, 65534);
      assertRan(await start(cache), cache);
      assertEquals((await Deno.stat(path)).uid, 0);
    }
    const theirs = await newCache();
    await Deno.chown(theirs, 65534, 65534);
    const end = await start(theirs);
    assertRan(end, home);
    assertStringIncludes(end.stderr, "is not used");
  },
});

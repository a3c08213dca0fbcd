import { assert, assertEquals } from "@std/assert";
import { sweepTemporaries, writeAtomic } from "../../lib/files/atomic.ts";
import { inFolder } from "../in_folder.ts";

Deno.test("a file is whole at every moment and nothing is left beside it", () =>
  inFolder(async (root) => {
    const path = `${root}/deep/er/file.json`;
    const versions = ["a".repeat(100_000), "b".repeat(100_000)];
    await writeAtomic(path, versions[0]);
    const writing = Promise.all(
      Array.from({ length: 20 }, (_, i) => writeAtomic(path, versions[i % 2])),
    );
    for (let i = 0; i < 50; i++) assert(versions.includes(await Deno.readTextFile(path)));
    await writing;
    assertEquals([...Deno.readDirSync(`${root}/deep/er`)].map(({ name }) => name), ["file.json"]);
  }));

Deno.test("what a killed writer left is swept when it is old enough, and nothing else is", () =>
  inFolder(async (root) => {
    const left = `a.json.${crypto.randomUUID()}.tmp`;
    for (const name of [left, "a.json", "b.tmp"]) await Deno.writeTextFile(`${root}/${name}`, "");
    await sweepTemporaries(root, 60_000);
    assertEquals([...Deno.readDirSync(root)].length, 3);
    await sweepTemporaries(root, 0);
    assertEquals([...Deno.readDirSync(root)].map(({ name }) => name).sort(), ["a.json", "b.tmp"]);
    await sweepTemporaries(`${root}/none`, 0);
  }));

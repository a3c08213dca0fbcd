import { assert, assertEquals, assertRejects } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
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

Deno.test("what a dead writer left is swept; what a living one writes is not", () =>
  inFolder(async (root) => {
    const left = `${root}/a.json.${crypto.randomUUID()}.tmp`;
    const living = `${root}/c.json.${crypto.randomUUID()}.tmp`;
    for (const path of [left, living, `${root}/a.json`, `${root}/b.tmp`]) {
      await Deno.writeTextFile(path, "");
    }
    await Deno.mkdir(`${root}/d.json.${crypto.randomUUID()}.tmp`); // no file of ours
    using file = await Deno.open(living, { write: true });
    await file.lock(true);
    await sweepTemporaries(root);
    const names = [...Deno.readDirSync(root)].map(({ name }) => name.split(".").slice(0, 2).join());
    assertEquals(names.sort(), ["a,json", "b,tmp", "c,json", "d,json"]);
    assertEquals(await Deno.stat(left).catch(() => "gone"), "gone");
    await sweepTemporaries(`${root}/none`);
  }));

Deno.test("writers and sweepers of one folder at once: every write arrives", () =>
  inFolder(async (root) => {
    let writing = true;
    const sweeping = Promise.all(Array.from({ length: 3 }, async () => {
      while (writing) await sweepTemporaries(root);
    }));
    const names = Array.from({ length: 200 }, (_, i) => `${root}/${i % 20}.txt`);
    await Promise.all(names.map((path, i) => writeAtomic(path, `${i}`)));
    writing = false;
    await sweeping;
    assertEquals([...Deno.readDirSync(root)].length, 20);
  }));

Deno.test("a write that keeps folders makes none, and says that there is none", () =>
  inFolder(async (root) => {
    await assertRejects(
      () => writeAtomic(`${root}/none/a.json`, "1", { keepsFolders: true }),
      InputError,
      `writing ${root}/none/a.json`,
    );
    assertEquals([...Deno.readDirSync(root)], []);
  }));

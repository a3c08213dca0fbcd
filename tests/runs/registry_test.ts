import { assert, assertEquals, assertRejects } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { writeAtomic } from "../../lib/files/atomic.ts";
import { readRegistry, register } from "../../lib/runs/registry.ts";
import { createRunFolder, tagOf } from "../../lib/runs/run_folder.ts";

async function inFolder(run: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await run(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("runs of one second get folders of their own and all their entries", () =>
  inFolder(async (root) => {
    const now = new Date(2026, 0, 30, 7, 54, 35);
    assertEquals(tagOf(now), "20260130_075435");
    const runs = await Promise.all(Array.from({ length: 8 }, async () => {
      const identity = await createRunFolder(root, now);
      await register(identity);
      return identity;
    }));
    assertEquals(new Set(runs.map(({ outDir }) => outDir)).size, 8);
    const { schema_version, runs: entries } = await readRegistry(root);
    assertEquals(schema_version, 1);
    assertEquals(
      new Set(entries.map(({ run_id }) => run_id)),
      new Set(runs.map(({ runId }) => runId)),
    );
    assertEquals(
      entries[0].out_dir,
      `reports/06_base_model_selection_xuetangx/${entries[0].run_tag}`,
    );
  }));

Deno.test("a damaged registry is set aside as it was", () =>
  inFolder(async (root) => {
    await Deno.writeTextFile(`${root}/meta.json`, '{"schema_version": 1, "runs": [');
    const setAside = await register(await createRunFolder(root));
    assertEquals(await Deno.readTextFile(setAside!), '{"schema_version": 1, "runs": [');
    assertEquals((await readRegistry(root)).runs.length, 1);
  }));

Deno.test("a registry that nests too deep to be written again, or is not UTF-8, is set aside; one that cannot be read is not", () =>
  inFolder(async (root) => {
    const deep = `{"schema_version": 1, "runs": [], "x": ${"[".repeat(5000)}${"]".repeat(5000)}}`;
    for (const bytes of [new TextEncoder().encode(deep), Uint8Array.of(0x7b, 0xff, 0x7d)]) {
      await Deno.writeFile(`${root}/meta.json`, bytes);
      assertEquals(await Deno.readFile((await register(await createRunFolder(root)))!), bytes);
    }
    await Deno.remove(`${root}/meta.json`);
    await Deno.mkdir(`${root}/meta.json`);
    await assertRejects(
      async () => await register(await createRunFolder(root)),
      InputError,
      "meta.json",
    );
  }));

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

import { assert, assertEquals } from "@std/assert";
import { inScratch, recover } from "../../lib/files/scratch.ts";
import { writeFiles, writeFolder } from "../../lib/files/write_folder.ts";
import { inFolder } from "../in_folder.ts";

const OWNED = { owned: ["a.txt"] };
const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const scratchName = (name: string) => `.${name}.${crypto.randomUUID()}.partial`;
const text = (path: string) => Deno.readTextFileSync(path);
const bytes = (words: string) => [{ path: "a.txt", bytes: new TextEncoder().encode(words) }];

async function folderWith(path: string, words: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true });
  await Deno.writeTextFile(`${path}/a.txt`, words);
}

Deno.test("a kill between the two renames loses nothing: the next writer or sweep finishes", () =>
  inFolder(async (root) => {
    const cutShort = async (old: string, fresh: string) => {
      await folderWith(old, "old");
      await folderWith(fresh, "new");
    };
    const now = `${root}/${scratchName("data")}`;
    await cutShort(`${now}/old`, `${now}/new`);
    await Deno.writeTextFile(`${now}/lock`, "");
    const before = `${root}/${scratchName("earlier")}`; // as versions up to 0.1.0 left it
    await cutShort(`${before}.old`, before);
    await recover(root);
    assertEquals(namesIn(root), ["data", "earlier"]);
    assertEquals([text(`${root}/data/a.txt`), text(`${root}/earlier/a.txt`)], ["new", "new"]);

    await cutShort(`${now}/old`, `${now}/new`);
    await Deno.remove(`${root}/data`, { recursive: true });
    let found = "";
    await writeFolder(`${root}/data`, OWNED, (folder) => {
      found = text(`${root}/data/a.txt`);
      return writeFiles(folder, bytes("newest"));
    });
    assertEquals([found, text(`${root}/data/a.txt`)], ["new", "newest"]);
    assertEquals(namesIn(root), ["data", "earlier"]);
  }));

Deno.test("scratch of dead processes is removed at every stage, and not used", () =>
  inFolder(async (root) => {
    await folderWith(`${root}/data`, "there");
    const stages: Record<string, readonly string[]> = {
      made: [],
      locked: ["lock"],
      begun: ["lock", "new"],
      replaced: ["lock", "old"],
      removing: ["old"],
      several: ["lock", "old", "old.2"],
    };
    for (const names of Object.values(stages)) {
      const scratch = `${root}/${scratchName("data")}`;
      await Deno.mkdir(scratch);
      for (const name of names) {
        if (name === "lock") await Deno.writeTextFile(`${scratch}/lock`, "");
        else await folderWith(`${scratch}/${name}`, "half");
      }
    }
    const gone = `${root}/${scratchName("gone")}`; // begun where nothing was
    await folderWith(`${gone}/new`, "half");
    await folderWith(`${root}/.keep.partial`, "mine"); // not of our names
    await recover(root);
    assertEquals(namesIn(root), [".keep.partial", "data"]);
    assertEquals(text(`${root}/data/a.txt`), "there");
  }));

Deno.test("scratch of the living stays, and that of older versions until it is a day old", () =>
  inFolder(async (root) => {
    const older = scratchName("older");
    await folderWith(`${root}/${older}`, "perhaps alive");
    await inScratch(root, "living", async ({ fresh }) => {
      await recover(root);
      assert((await Deno.stat(fresh)).isDirectory);
      assertEquals(namesIn(root).length, 2);
    });
    assertEquals(namesIn(root), [older]);
    await Deno.utime(`${root}/${older}`, 1, 1);
    await recover(root);
    assertEquals(namesIn(root), []);
    await recover(`${root}/none`);
  }));

Deno.test("six writers of one folder at once: one is whole in its place, nothing beside it", () =>
  inFolder(async (root) => {
    for (let round = 0; round < 5; round++) {
      await Promise.all(
        Array.from(
          { length: 6 },
          (_, i) =>
            writeFolder(`${root}/data`, OWNED, (folder) => writeFiles(folder, bytes(`${i}`))),
        ),
      );
      assertEquals(namesIn(root), ["data"]);
      assert(/^[0-5]$/.test(text(`${root}/data/a.txt`)));
    }
  }));

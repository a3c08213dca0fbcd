/** Links, devices and pipes, with the permissions that a task has: folders by name. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { writeAtomic } from "../../lib/files/atomic.ts";
import { findFiles } from "../../lib/files/find_files.ts";
import { readInput } from "../../lib/files/input_file.ts";
import { tryLock } from "../../lib/files/lock.ts";
import { writeFolder } from "../../lib/files/write_folder.ts";
import { isEncrypted } from "../../lib/dataset/parquet/encryption.ts";
import { readWhole } from "../../lib/prepare/inputs/open_input.ts";
import { zip } from "../prepare/inputs/zip.ts";

const place = await Deno.realPath(await Deno.makeTempDir({ prefix: "permitted_" }));
const [inside, outside, named] = ["inside", "outside", "named"].map((name) => `${place}/${name}`);
for (const folder of [inside, `${inside}/own/.hidden`, outside]) {
  await Deno.mkdir(folder, { recursive: true });
}
for (
  const path of [
    `${outside}/secret.csv`,
    `${inside}/own/a.csv`,
    `${inside}/own/b.csv`,
    `${inside}/own/c[1].csv`,
    `${inside}/own/.hidden/d.csv`,
  ]
) await Deno.writeTextFile(path, "text");
await Deno.writeFile(`${outside}/log.zip`, zip({ name: "log.csv", text: "a,b\n" }));
await Deno.symlink(outside, `${inside}/out`);
await Deno.symlink(`${outside}/secret.csv`, `${inside}/secret.csv`);
await Deno.symlink("own", `${inside}/alias`);
await Deno.symlink("self.csv", `${inside}/self.csv`);
await Deno.symlink(`${outside}/none`, `${inside}/dangling`);
await Deno.symlink(outside, named);
await new Deno.Command("mkfifo", { args: [`${inside}/pipe.csv`] }).output();
const before = await Array.fromAsync(Deno.readDir(outside));
globalThis.addEventListener("unload", () => Deno.removeSync(place, { recursive: true }));

const NO_LINKS = Deno.build.os === "windows";
const refused = async (promise: Promise<unknown>, part: string) => {
  const { message } = await assertRejects(() => promise, InputError);
  assertStringIncludes(message, part);
  return message;
};
const doing = "looking";

Deno.test({
  name: "a link out of what may be read is not followed, and says how to allow it",
  ignore: NO_LINKS,
  permissions: { read: [inside] },
  async fn() {
    for (const path of ["secret.csv", "out/secret.csv"]) {
      const message = await refused(readInput(`${inside}/${path}`), `leads to ${outside}`);
      assertStringIncludes(message, `BASELINES_ALLOW="--allow-read=${outside}"`);
      assert(!message.includes("text"), message);
    }
    assertEquals((await readInput(`${inside}/alias/a.csv`)).fingerprint.bytes, 4);
    await refused(readInput(`${inside}/self.csv`), "symbolic links");
    await refused(readInput(`${inside}/dangling`), "no such file");
    await refused(readInput(`${outside}/secret.csv`), "no permission to read");
  },
});

Deno.test({
  name: "a folder that is allowed by its name may be a link, and lie behind links",
  ignore: NO_LINKS,
  permissions: { read: [named] },
  async fn() {
    assertEquals((await readInput(`${named}/secret.csv`)).fingerprint.bytes, 4);
    const archive = await readWhole(`${named}/log.zip`, 100); // looked at from its end
    assertEquals(new TextDecoder().decode(archive), "a,b\n");
    assertEquals(await isEncrypted(`${named}/secret.csv`), false);
  },
});

Deno.test({
  name: "devices and pipes are refused before they are opened",
  ignore: NO_LINKS,
  permissions: { read: true },
  async fn() {
    await refused(readInput(`${inside}/pipe.csv`), "a named pipe");
    await refused(readInput("/dev/zero"), "a device");
    await refused(readInput(inside), "a folder");
    await refused(findFiles(`${inside}/p*.csv`, { doing }), "a named pipe");
  },
});

Deno.test({
  name: "patterns list what may be read and nothing behind links out of it",
  ignore: NO_LINKS,
  permissions: { read: [inside] },
  async fn() {
    const find = async (pattern: string) =>
      (await findFiles(`${inside}/${pattern}`, { doing })).map((path) =>
        path.slice(inside.length + 1)
      );
    assertEquals(await find("own/?.csv"), ["own/a.csv", "own/b.csv"]);
    assertEquals(await find("a*/[!b].csv"), ["alias/a.csv"]);
    assertEquals(await find("own/**/*.csv"), ["own/a.csv", "own/b.csv", "own/c[1].csv"]);
    assertEquals(await find("own/c[1].csv"), ["own/c[1].csv"]);
    assertEquals(await find("own/c[[]1].csv"), ["own/c[1].csv"]);
    assertEquals(await find("own/.h*/*"), ["own/.hidden/d.csv"]);
    assertEquals(await find("none/*.csv"), []);
    assertEquals(await find("own"), []);
    await refused(find("o*/*.csv"), outside);
    await refused(find("out/*.csv"), outside);
    await refused(find("sec*"), outside);
    await refused(findFiles(`${outside}/*`, { doing }), "no permission to read");
    assertEquals(await findFiles(`${inside}/out/../own/a.csv`, { doing }), [`${inside}/own/a.csv`]);
  },
});

Deno.test({
  name: "nothing is written, made, locked or removed behind a link out of what may be written",
  ignore: NO_LINKS,
  permissions: { read: [place], write: [inside, named] },
  async fn() {
    const owned = { owned: ["a"] };
    const write = (folder: string) => writeAtomic(`${folder}/a`, "x");
    for (const folder of [`${inside}/out`, `${inside}/out/deep`, named]) {
      await refused(writeAtomic(`${folder}/a`, "x"), `leads to ${outside}`);
      await refused(writeFolder(`${folder}/b`, owned, write), `leads to ${outside}`);
      await refused(tryLock(`${folder}/lock`), `leads to ${outside}`);
    }
    await refused(tryLock(`${inside}/dangling`), "symbolic link");
    await writeAtomic(`${inside}/alias/new/a`, "x");
    await writeFolder(`${inside}/alias/made`, owned, write);
    assertEquals(await Deno.readTextFile(`${inside}/own/new/a`), "x");
    assertEquals(await Deno.readTextFile(`${inside}/own/made/a`), "x");
    assertEquals(await Array.fromAsync(Deno.readDir(outside)), before);
  },
});

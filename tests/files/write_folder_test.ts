import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { writeFiles, writeFolder } from "../../lib/files/write_folder.ts";
import { Interrupted, interruptible } from "../../lib/terminal/signals.ts";
import { inFolder } from "../in_folder.ts";

const OWNED = { owned: ["a.txt", "sub"] };

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}

const write = (text: string) => async (folder: string) => {
  await Deno.mkdir(`${folder}/sub`);
  await Deno.writeTextFile(`${folder}/sub/b.txt`, text);
  await Deno.writeTextFile(`${folder}/a.txt`, text);
  return text;
};

Deno.test("a folder appears whole, with its parents; then it is replaced whole", () =>
  inFolder(async (root) => {
    const target = `${root}/deep/er/target`;
    assertEquals(await writeFolder(target, OWNED, write("one")), "one");
    await writeFolder(
      `${target}/`,
      OWNED,
      (folder) => Deno.writeTextFile(`${folder}/a.txt`, "two"),
    );
    assertEquals(namesIn(target), ["a.txt"]); // what the old one had beside is gone
    assertEquals(Deno.readTextFileSync(`${target}/a.txt`), "two");
    assertEquals(namesIn(`${root}/deep/er`), ["target"]);
  }));

Deno.test("while it is written the old one is there; a failure leaves it, and nothing else", () =>
  inFolder(async (root) => {
    const target = `${root}/target`;
    await writeFolder(target, OWNED, write("old"));
    await assertRejects(
      () =>
        writeFolder(target, OWNED, async (folder) => {
          await write("new")(folder);
          assertEquals(Deno.readTextFileSync(`${target}/a.txt`), "old");
          throw new RangeError("half way");
        }),
      RangeError,
      "half way",
    );
    assertEquals(Deno.readTextFileSync(`${target}/sub/b.txt`), "old");
    assertEquals(namesIn(root), ["target"]);
  }));

Deno.test("what this program did not write is never replaced", () =>
  inFolder(async (root) => {
    let called = false;
    const refuse = (target: string, message: string) =>
      assertRejects(
        () => writeFolder(target, OWNED, () => Promise.resolve(called = true)),
        InputError,
        message,
      );
    await Deno.mkdir(`${root}/thesis`);
    await Deno.writeTextFile(`${root}/thesis/chapter.tex`, "years of work");
    await refuse(`${root}/thesis`, '"chapter.tex"');
    await refuse(`${root}/thesis/chapter.tex`, "it is not a folder");
    for (const target of ["/", ".", "..", `${root}/thesis/..`]) {
      await refuse(target, "no folder that can be replaced");
    }
    await Deno.symlink(`${root}/thesis`, `${root}/link`);
    await refuse(`${root}/link`, "it is not a folder");
    await Deno.writeTextFile(`${root}/file`, "");
    await refuse(`${root}/file/target`, "writing");
    assertEquals(called, false);
    // and what appears meanwhile is found before the rename
    await assertRejects(
      () =>
        writeFolder(`${root}/new`, OWNED, async () => {
          await Deno.mkdir(`${root}/new`);
          await Deno.writeTextFile(`${root}/new/other.txt`, "");
        }),
      InputError,
      '"other.txt"',
    );
    assertEquals(namesIn(`${root}/new`), ["other.txt"]);
  }));

Deno.test({ // SIGINT is the test runner's own; tests/prepare sends it to a process of ours
  name: "SIGTERM aborts the writing and leaves the old folder",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (root) => {
      const target = `${root}/target`;
      await writeFolder(target, OWNED, write("old"));
      const error = await assertRejects(
        () =>
          interruptible((signal) => {
            const interrupted = async (folder: string) => {
              await write("new")(folder);
              const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
              const busy = setInterval(() => {}, 1000); // a signal alone keeps no program waiting
              Deno.kill(Deno.pid, "SIGTERM");
              await aborted;
              clearInterval(busy);
            };
            return writeFolder(target, OWNED, interrupted, signal);
          }),
        Interrupted,
      );
      assertEquals(error.exitCode, 143);
      assertEquals(Deno.readTextFileSync(`${target}/a.txt`), "old");
      assertEquals(namesIn(root), ["target"]);
    }),
});

Deno.test({
  name: "a full disk is told, and leaves the old folder",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    inFolder(async (disk) => {
      const args = ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk];
      const mount = await new Deno.Command("mount", { args, stderr: "null" }).output().catch(
        () => ({ success: false }),
      );
      if (!mount.success) {
        return console.warn(
          "SKIPPED: a full disk, because no tmpfs can be mounted here (that needs root)",
        );
      }
      try {
        const target = `${disk}/target`;
        await writeFolder(target, OWNED, write("old"));
        const fill = (folder: string) => Deno.writeFile(`${folder}/a.txt`, new Uint8Array(8 << 20));
        const error = await assertRejects(() => writeFolder(target, OWNED, fill), Error);
        assertStringIncludes(error.message, "No space left");
        assertEquals(Deno.readTextFileSync(`${target}/a.txt`), "old");
        assertEquals(namesIn(disk), ["target"]);
      } finally {
        await new Deno.Command("umount", { args: [disk] }).output();
      }
    }),
});

Deno.test("a folder that another program made meanwhile stays, where so asked", () =>
  inFolder(async (root) => {
    const target = `${root}/set`;
    const files = [{ path: "sub/b.txt", bytes: Uint8Array.of(1) }];
    const made = () => writeFolder(target, "keep", (folder) => writeFiles(folder, files));
    await made();
    assertEquals(Deno.readFileSync(`${target}/sub/b.txt`), Uint8Array.of(1));
    // the other one is there before the rename, and holds what it likes
    await Deno.remove(target, { recursive: true });
    await writeFolder(target, "keep", async (folder) => {
      await writeFiles(folder, files);
      await Deno.mkdir(target);
      await Deno.writeTextFile(`${target}/other.txt`, "theirs");
    });
    assertEquals(namesIn(target), ["other.txt"]);
    await Promise.all([made(), made(), made()]);
    assertEquals([namesIn(root), namesIn(target)], [["set"], ["other.txt"]]);
    // but a target that cannot be made is told, and a file in its place is no folder
    await Deno.writeTextFile(`${root}/file`, "");
    for (const target of [`${root}/file/set`, `${root}/file`]) {
      await assertRejects(
        () => writeFolder(target, "keep", (folder) => writeFiles(folder, files)),
        InputError,
        `writing ${target}`,
      );
    }
  }));

Deno.test("files are asked for one at a time, and none after an abort", () =>
  inFolder(async (root) => {
    const controller = new AbortController();
    function* files() {
      yield { path: "a", bytes: Uint8Array.of(1) };
      assertEquals(namesIn(root), ["a"]);
      controller.abort(new Error("enough"));
      yield { path: "b", bytes: Uint8Array.of(2) };
    }
    await assertRejects(() => writeFiles(root, files(), controller.signal), Error, "enough");
    assertEquals(namesIn(root), ["a"]);
  }));

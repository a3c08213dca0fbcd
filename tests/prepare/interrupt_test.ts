import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { prepare } from "../../lib/prepare/prepare.ts";
import { inFolder } from "../in_folder.ts";
import { contentsOf, optionsOf } from "./folder.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Enough rows that preparing takes a second or two. */
function largeLog(rows = 300_000): string {
  const lines = ["user_id,item_id,timestamp"];
  for (let i = 0; i < rows; i++) {
    lines.push(`u${i >> 6},c${(i * 7919) % 307},${1_600_000_000 + 40 * i}`);
  }
  return `${lines.join("\n")}\n`;
}

for (const [signal, exitCode] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test({
    name:
      `${signal} while it prepares: exit code ${exitCode}, the old folder stays, nothing beside it`,
    ignore: Deno.build.os === "windows",
    fn: () =>
      inFolder(async (folder) => {
        const out = `${folder}/out`;
        await Deno.writeTextFile(`${folder}/small.csv`, largeLog(3000));
        await Deno.writeTextFile(`${folder}/large.csv`, largeLog());
        await prepare(optionsOf([`${folder}/small.csv`], out));
        const before = await contentsOf(out);
        const args = [
          "run",
          "--no-prompt",
          "--allow-read",
          "--allow-write",
          "--allow-ffi",
          "scripts/prepare.ts",
        ];
        const child = new Deno.Command(Deno.execPath(), {
          args: [...args, "--input", `${folder}/large.csv`, "--out", out],
          cwd: ROOT,
          stdout: "piped",
          stderr: "piped",
        }).spawn();
        const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
        for (let text = ""; !text.includes("read ");) { // it has begun; the queries come next
          const { value, done } = await reader.read();
          assert(!done, "it ended before it was interrupted");
          text += value;
        }
        child.kill(signal);
        while (!(await reader.read()).done);
        const stderr = await new Response(child.stderr).text();
        assertEquals((await child.status).code, exitCode, stderr);
        assertStringIncludes(stderr, `interrupted by ${signal}`);
        assertEquals(await contentsOf(out), before);
        assertEquals([...Deno.readDirSync(folder)].map((entry) => entry.name).sort(), [
          "large.csv",
          "out",
          "small.csv",
        ]);
      }),
  });
}

Deno.test({
  name: "a full disk: told in a sentence, the old folder as it was, nothing beside it",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    inFolder(async (folder) => {
      const disk = `${folder}/disk`;
      await Deno.mkdir(disk);
      const mount = await new Deno.Command("mount", {
        args: ["-t", "tmpfs", "-o", "size=6m", "tmpfs", disk],
        stderr: "null",
      }).output()
        .catch(() => ({ success: false }));
      if (!mount.success) {
        return console.warn(
          "SKIPPED: prepare on a full disk, because no tmpfs can be mounted here (that needs root)",
        );
      }
      try {
        await Deno.writeTextFile(`${folder}/small.csv`, largeLog(500));
        await Deno.writeTextFile(`${folder}/large.csv`, largeLog());
        await prepare(optionsOf([`${folder}/small.csv`], `${disk}/out`));
        const before = await contentsOf(`${disk}/out`);
        const error = await assertRejects(
          () => prepare(optionsOf([`${folder}/large.csv`], `${disk}/out`)),
          InputError,
        );
        assertStringIncludes(error.message, "free some space");
        assertEquals(await contentsOf(`${disk}/out`), before);
        assertEquals([...Deno.readDirSync(disk)].map((entry) => entry.name), ["out"]);
      } finally {
        await new Deno.Command("umount", { args: [disk] }).output();
      }
    }),
});

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { assertWhole, resultOf, runsWith } from "./outputs.ts";
import { type Project, SMALL_RUN, withProject } from "./program.ts";

const RUN = [...SMALL_RUN, "--epochs", "3", "--models", "random,popularity,gru_global,sasrec"];
const OUT = ["--out", "runs"];

async function mount(...args: string[]): Promise<boolean> {
  return (await new Deno.Command("mount", { args, stdout: "null", stderr: "null" }).output().catch(
    () => ({ success: false }),
  )).success;
}

/**
 * Whether this machine lets a test mount a small file system; root's writes are stopped by nothing
 * else.
 */
const MOUNTS = await (async () => {
  const folder = await Deno.makeTempDir();
  const able = await mount("-t", "tmpfs", "-o", "size=64k", "none", folder);
  if (able) await new Deno.Command("umount", { args: [folder] }).output();
  await Deno.remove(folder);
  if (!able) {
    console.warn(
      "!! small file systems cannot be mounted: the tests of full disks are skipped",
    );
  }
  return able;
})();

/** A project whose folder runs/ is a file system of its own, and what an undisturbed run gives. */
async function withSmallDisk(
  size: string,
  use: (project: Project, whole: Record<string, string>) => Promise<void>,
): Promise<void> {
  await withProject(async (project) => {
    const { folder, run } = project;
    const { code, output } = await run([...RUN, ...OUT]);
    assertEquals(code, 0, output);
    const whole = await resultOf(
      `${folder}/runs`,
      (await runsWith(`${folder}/runs`, "manifest.json"))[0],
    );
    assert(await mount("-t", "tmpfs", "-o", `size=${size}`, "none", `${folder}/runs`));
    try {
      await use(project, whole);
    } finally {
      await new Deno.Command("umount", { args: [`${folder}/runs`] }).output();
    }
  });
}

async function temporaries(folder: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("find", { args: [folder, "-name", "*.tmp"] }).output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}

for (const size of ["4k", "200k", "1500k", "3000k"]) {
  Deno.test({
    name: `a full disk of ${size}: a clear error, nothing half-written, and a resume to the end`,
    ignore: !MOUNTS,
    fn: () =>
      withSmallDisk(size, async ({ folder, run }, whole) => {
        const { code, output } = await run([...RUN, ...OUT]);
        const runs = `${folder}/runs`;
        assertEquals(code, 1, output);
        assertMatch(output, /No space left on device/);
        assertMatch(output, /While (writing|making|locking) .*Try: /);
        assert(!/\n\s+at /.test(output), `a stack trace: ${output}`);
        await assertWhole(runs);
        assertEquals(await temporaries(runs), []);
        assert(await mount("-o", "remount,size=64m", runs));
        const begun = (await runsWith(runs, "progress.json")).length > 0;
        if (begun) assertStringIncludes(output, "--resume");
        const again = await run(begun ? ["--resume", ...OUT] : [...RUN, ...OUT]);
        assertEquals(again.code, 0, again.output);
        assertEquals(await resultOf(runs, (await runsWith(runs, "manifest.json"))[0]), whole);
      }),
  });
}

Deno.test({
  name: "a read-only folder: a clear error, and a resume once it is writable",
  ignore: !MOUNTS,
  fn: () =>
    withSmallDisk("64m", async ({ folder, start, run }) => {
      const runs = `${folder}/runs`;
      const long = [...SMALL_RUN, "--epochs", "400", "--models", "gru_global", ...OUT];
      const process = start(long);
      await process.until("epoch 1/");
      process.child.kill("SIGTERM");
      const stopped = await process.end;
      assertEquals(stopped.code, 143, stopped.output);
      assert(await mount("-o", "remount,ro", runs));
      for (const args of [["--resume", ...OUT], [...RUN, ...OUT]]) {
        const { code, output } = await run(args);
        assertEquals(code, 1, output);
        assertMatch(output, /While (writing|making|locking) .*Read-only file system/);
        assert(!/\n\s+at /.test(output), `a stack trace: ${output}`);
      }
      assert(await mount("-o", "remount,rw", runs));
      await assertWhole(runs);
      const { code, output } = await run(["--resume", ...OUT]);
      assertEquals(code, 0, output);
      assertStringIncludes(output, "going on from step");
    }),
});

Deno.test({
  name: "memory that cannot be had: a clear error and a run that goes on where there is more",
  fn: () =>
    withProject(async ({ folder, run }) => {
      const whole = await run(RUN);
      assertEquals(whole.code, 0, whole.output);
      const result = await resultOf(folder, (await runsWith(folder, "manifest.json"))[0]);
      // half a megabyte for the CPU engine
      const limited = await run(RUN, { flags: ["--v8-flags=--wasm-max-mem-pages=8"] });
      assertEquals(limited.code, 1, limited.output);
      assertStringIncludes(limited.output, "cannot be had");
      assertStringIncludes(limited.output, "--resume");
      await assertWhole(folder);
      const { code, output } = await run(["--resume"]);
      assertEquals(code, 0, output);
      const ended = await runsWith(folder, "manifest.json");
      assertEquals(ended.length, 2);
      for (const tag of ended) assertEquals(await resultOf(folder, tag), result);
    }),
});

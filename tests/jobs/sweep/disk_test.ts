/** A sweep on a disk that is full, and goes on when there is room. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../../lib/errors/input_error.ts";
import { openSweep, retry } from "../../../lib/jobs/sweep/job.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { inFolder } from "../../in_folder.ts";
import { recorder } from "../recorder.ts";
import { finish, ME, plan } from "./small_sweep.ts";

/** Mounts a file system of so many bytes, or changes its size; false where that is not allowed. */
async function mount(folder: string, options: string): Promise<boolean> {
  const args = ["-t", "tmpfs", "-o", options, "none", folder];
  const { success } = await new Deno.Command("mount", { args, stderr: "null" }).output().catch(
    () => ({ success: false }),
  );
  return success;
}

const unmount = (folder: string) => new Deno.Command("umount", { args: [folder] }).output();

const MOUNTS = await inFolder(async (folder) => {
  const able = await mount(folder, "size=64k");
  if (able) await unmount(folder);
  else console.warn("!! small file systems cannot be mounted: a sweep on a full disk is skipped");
  return able;
});

for (const size of ["90k", "200k"]) {
  Deno.test({
    name: `a disk of ${size} that is full ends a sweep with a clear error; --resume does the rest`,
    ignore: !MOUNTS,
    fn: () =>
      inFolder(async (out) => {
        const data = await writeFolder(tinyFolder());
        const flags = ["--models=popularity,gru_global", "--grid=gru_global.hidden-dim=8,16"];
        const whole = await inFolder(async (other) =>
          await finish(await plan(other, ...flags, "--data", data))
        );
        assert(await mount(out, `size=${size}`));
        try {
          const planned = await plan(out, ...flags, "--data", data);
          const { message } = await assertRejects(() => finish(planned), InputError);
          assertStringIncludes(message, "No space left on device");
          assertStringIncludes(message, `While writing ${planned.home.folder}`);
          assert(await mount(out, "remount,size=50m"));
          const again = await openSweep(out, "latest");
          await retry(again, ME, recorder().terminal);
          const { rows, failed } = await finish(again);
          assertEquals(failed, []);
          assertEquals(rows.map(({ test }) => test), whole.rows.map(({ test }) => test));
        } finally {
          await unmount(out);
        }
      }),
  });
}

Deno.test({
  name: "a sweep whose plan finds no room leaves no folder",
  ignore: !MOUNTS,
  fn: () =>
    inFolder(async (out) => {
      const data = await writeFolder(tinyFolder());
      assert(await mount(out, "size=4k"));
      try {
        await Deno.writeFile(`${out}/full`, new Uint8Array(4096));
        const { fault } = await assertRejects(
          () => plan(out, "--models=popularity", "--data", data),
          InputError,
        );
        assertStringIncludes(fault.doing, "sweep.json");
        assertEquals([...Deno.readDirSync(`${out}/reports/sweeps`)], []);
      } finally {
        await unmount(out);
      }
    }),
});

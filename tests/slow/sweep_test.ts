import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { tinyFolder } from "../dataset/tiny.ts";
import { choices } from "../fuzz/random.ts";
import { type Project, withProject, writeFiles } from "../process/program.ts";
import { processesIn, SMALL_SWEEP, sweepResult, sweepsOf } from "../process/sweeps.ts";

const LINUX = Deno.build.os === "linux";
const KILLS = 20;
const sweep = { task: "sweep" };

/** A project with a second data set. */
const withData = (use: (project: Project) => Promise<void>) =>
  withProject(async (project) => {
    await writeFiles(`${project.folder}/data/other`, tinyFolder(13));
    await use(project);
  });

/** The sweep by one worker, that nobody disturbs. */
const whole = (() => {
  let result: Promise<Record<string, string>> | undefined;
  return () =>
    result ??= (async () => {
      let found: Record<string, string> = {};
      await withData(async ({ folder, run }) => {
        const { code, output } = await run([...SMALL_SWEEP, "--workers=1"], sweep);
        assertEquals(code, 0, output);
        assertStringIncludes(output, "(24/24)");
        found = await sweepResult(folder, (await sweepsOf(folder))[0]);
        assertEquals(found.pieces, "24");
      });
      return found;
    })();
})();

Deno.test({
  name: `a sweep of 24 pieces whose parts are killed ${KILLS} times ends with the same bytes`,
  ignore: !LINUX, // its processes are found in /proc
  fn: () =>
    withData(async ({ folder, start, run }) => {
      const random = choices(20260107);
      const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      let kills = 0;
      let pools = 0;
      const done = new Set<string>();
      const left = async () => (await sweepsOf(folder)).filter((tag) => !done.has(tag));
      while (kills < KILLS || (await left()).length > 0) {
        const isNew = (await left()).length === 0;
        const pool = start(isNew ? [...SMALL_SWEEP, "--workers=3"] : ["--resume"], sweep);
        let over = false;
        pool.end.then(() => over = true);
        while (!over && kills < KILLS) {
          await pause(100 + random.int(500));
          const parts = await processesIn(folder, "scripts/sweep.ts");
          if (over || parts.length === 0) continue;
          const part = parts[random.int(parts.length)];
          if (part === pool.child.pid) pools++;
          try {
            Deno.kill(part, "SIGKILL");
            kills++;
          } catch { /* it has just ended */ }
        }
        const { code, signal, output } = await pool.end;
        if (signal === "SIGKILL") continue;
        assertEquals(code, 0, output);
        const [tag] = await left();
        assertEquals(await sweepResult(folder, tag), await whole());
        done.add(tag);
      }
      const { code, output } = await run(["status"], sweep);
      assertEquals(code, 0, output);
      console.log(`   ${kills} kills, ${pools} of them of the pool; ${done.size} sweeps ended`);
      assert(pools > 0 && pools < kills);
      while ((await processesIn(folder, "scripts/sweep.ts")).length > 0) await pause(50);
    }),
});

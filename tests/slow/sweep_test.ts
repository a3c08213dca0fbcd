import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { rangesOf } from "../../lib/jobs/sweep/slurm.ts";
import { tinyFolder } from "../dataset/tiny.ts";
import { choices } from "../fuzz/random.ts";
import { type Project, withProject, writeFiles } from "../process/program.ts";
import { slurmIsMissing, withSlurm } from "../process/slurm.ts";
import { processesOf, SMALL_SWEEP, sweepResult, sweepsOf } from "../process/sweeps.ts";

const LINUX = Deno.build.os === "linux";
const KILLS = 20;
const sweep = { task: "sweep" };

/** A project with a second data set. */
const withData = (use: (project: Project) => Promise<void>) =>
  withProject(async (project) => {
    await writeFiles(`${project.folder}/data/other`, tinyFolder(13));
    await use(project);
  });

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Kills a process, unless it has just ended. */
function kill(process: number): boolean {
  try {
    Deno.kill(process, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

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
          await pause(100 + random.int(400));
          const [tag] = await left();
          if (tag === undefined) continue; // not planned yet
          const workers = await processesOf(folder, tag, "--tied");
          if (over || workers.length === 0) continue;
          const isOfPool = random.int(5) === 0;
          const part = isOfPool ? pool.child.pid : workers[random.int(workers.length)];
          if (!kill(part)) continue;
          kills++;
          if (isOfPool) pools++;
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
      for (const tag of done) {
        while ((await processesOf(folder, tag)).length > 0) await pause(50);
      }
    }),
});

const missing = await slurmIsMissing();
if (missing !== undefined) console.log(`the sweep on Slurm is not tested: ${missing}`);

Deno.test({
  name: `on Slurm the same sweep, ${KILLS} times hit, ends with the same bytes`,
  ignore: missing !== undefined,
  fn: () =>
    withSlurm((env) =>
      withData(async ({ folder, run }) => {
        const random = choices(7);
        const options = { ...sweep, env };
        const queue = async () => {
          const { stdout } = await new Deno.Command("squeue", {
            args: ["--noheader", "--array"],
            env,
          }).output();
          return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "").length;
        };
        const first = await run([...SMALL_SWEEP, "--slurm", "--time=10"], options);
        assertEquals(first.code, 0, first.output);
        assertStringIncludes(first.output, "tasks 0-23");
        const [tag] = await sweepsOf(folder);
        let kills = 0;
        let submissions = 1;
        for (;;) {
          for (let looks = 0; await queue() > 0; looks++) {
            assert(looks < 2000, "Slurm never ends");
            await pause(100 + random.int(300));
            const parts = await processesOf(folder, tag);
            if (kills < KILLS && parts.length > 0) {
              kills += Number(kill(parts[random.int(parts.length)]));
            }
            // whoever needs another's trial helps; the last run is nobody's need
            if (submissions > 1) continue;
            for (const last of await processesOf(folder, tag, "--part=23")) kill(last);
          }
          const gathered = await run(["gather", tag], options);
          if (gathered.code === 0) break;
          assertStringIncludes(gathered.output, "have not ended");
          // what died is resubmitted, and nothing else
          const status = await run(["status", tag, "--json"], options);
          const { pieces } = JSON.parse(status.output.slice(status.output.indexOf("{")));
          const left = pieces.flatMap(({ state }: { state: string }, place: number) =>
            state === "done" ? [] : [place]
          );
          const again = await run(["--resume", tag, "--slurm"], options);
          assertEquals(again.code, 0, again.output);
          assertStringIncludes(again.output, `tasks ${rangesOf(left)}\n`);
          assert(++submissions < 10, again.output);
        }
        console.log(`   ${kills} kills, ${submissions} submissions`);
        assert(kills > 0 && submissions > 1, `${kills} kills, ${submissions} submissions`);
        assertEquals(await sweepResult(folder, tag), await whole());
      })
    ),
});

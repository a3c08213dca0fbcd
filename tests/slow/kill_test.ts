import { assert, assertEquals } from "@std/assert";
import { choices } from "../fuzz/random.ts";
import {
  assertNewestPublished,
  assertWhole,
  publishedOf,
  resultOf,
  runsThatAre,
  runsWith,
} from "../process/outputs.ts";
import { SMALL_RUN, withProject } from "../process/program.ts";

/** In each of two ways of training: half of 30. */
const KILLS = 15;
const SEED = 20260107;
const BASE = [
  ...SMALL_RUN,
  "--checkpoint-every",
  "0.001",
  "--epochs",
  "4",
  "--models",
  "random,popularity,gru_global,sasrec,sessionknn",
];

for (
  const [how, more] of [["", []], [", scored and stopped early", ["--patience", "1"]]] as const
) {
  const name = `killed ${KILLS} times at random and resumed${how}, runs end with the same bytes`;
  Deno.test(name, () => killAtRandom([...BASE, ...more]));
}

async function killAtRandom(flags: readonly string[]): Promise<void> {
  await withProject(async (reference) => {
    await reference.run(["--help"]); // compiles
    const begin = performance.now();
    const { code, output } = await reference.run(flags);
    const time = performance.now() - begin;
    assertEquals(code, 0, output);
    const [wholeTag] = await runsWith(reference.folder, "progress.json");
    const whole = await resultOf(reference.folder, wholeTag);
    const published = await publishedOf(reference.folder);
    assert(
      Object.keys(whole).filter((path) => path.startsWith("models/")).length === 6 &&
        Object.keys(published).length === 6,
    );

    await withProject(async ({ folder, start, run }) => {
      const random = choices(SEED);
      const done = new Set<string>();
      let kills = 0;
      let looks = 0;
      let files = 0;
      let begun = 0;
      let resumed = 0;
      // Whoever ended them: a process may be killed after its run was finished.
      const countFinished = async () => {
        for (const tag of await runsThatAre("finished", folder)) {
          if (done.has(tag)) continue;
          assertEquals(await resultOf(folder, tag), whole);
          done.add(tag);
        }
      };
      while (kills < KILLS) {
        const unfinished = await runsThatAre("running", folder);
        assert(unfinished.length <= 1, "runs beyond the one that is resumed");
        const process = start(unfinished.length === 0 ? flags : ["--resume"]);
        unfinished.length === 0 ? begun++ : resumed++;
        const timer = setTimeout(() => {
          try {
            process.child.kill("SIGKILL");
          } catch { /* it has ended by itself, and the last of its output is being read */ }
        }, time * (0.1 + 0.7 * random.int(1000) / 1000));
        let over = false;
        const watching = (async () => {
          while (!over) {
            files = Math.max(files, await assertWhole(folder));
            looks++;
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        })();
        const { code, signal, output } = await process.end;
        clearTimeout(timer);
        over = true;
        await watching;
        await assertWhole(folder);
        if (signal === "SIGKILL") kills++;
        else assertEquals(code, 0, output);
        await countFinished();
      }
      while (await leftToDo(folder)) {
        const { code, output } = await run(["--resume"]);
        assertEquals(code, 0, output);
        await countFinished();
      }
      assert(done.size > 0, "no run ended");
      assertEquals(await publishedOf(folder), published);
      await assertNewestPublished(folder);
      console.log(
        `   ${kills} kills, ${begun} runs begun, ${resumed} resumed, ${done.size} ended; ` +
          `${looks} looks at up to ${files} files`,
      );
    });
  });
}

/** Whether a run waits to be resumed, or one that is finished for its copies. */
async function leftToDo(folder: string): Promise<boolean> {
  if ((await runsThatAre("running", folder)).length > 0) return true;
  return await Deno.stat(`${folder}/models/.publishing.json`).then(() => true, () => false);
}

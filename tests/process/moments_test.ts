import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { assertWhole, resultOf, runsWith } from "./outputs.ts";
import { type Project, SMALL_RUN, withProject } from "./program.ts";

const RUN = [...SMALL_RUN, "--epochs", "1", "--models", "popularity"];
const RUNS = "reports/06_base_model_selection_xuetangx";
const WINDOWS = Deno.build.os === "windows";

/** A file that whoever reads it waits for. */
async function blockingFile(path: string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
  assert(success, "mkfifo failed");
}

const tagsOf = async (folder: string) => {
  try {
    return (await Array.fromAsync(Deno.readDir(`${folder}/${RUNS}`))).map(({ name }) => name);
  } catch {
    return [];
  }
};

/** Starts a run and kills it once it has its folder and nothing moves any more. */
async function killInside({ folder, start }: Project): Promise<string> {
  const before = await tagsOf(folder);
  const process = start(RUN);
  await process.until("Device:");
  let made: string[] = [];
  while ((made = (await tagsOf(folder)).filter((tag) => !before.includes(tag))).length === 0) {
    await wait(20);
  }
  await wait(400);
  process.child.kill("SIGKILL");
  assertEquals((await process.end).signal, "SIGKILL");
  return made[0];
}

/**
 * Starts a run and kills it while it holds the lock of the run log, whose length gives the time.
 */
async function killHolding({ folder, start }: Project): Promise<void> {
  const entry = { run_id: "0".repeat(32), run_tag: "20200101_000000", created_at: "" };
  const log = JSON.stringify({ schema_version: 1, runs: new Array(100_000).fill(entry) });
  await Deno.writeTextFile(`${folder}/meta.json`, log);
  const process = start(RUN);
  for (let held = false; !held;) {
    using lock = await Deno.open(`${folder}/meta.json.lock`, { write: true, create: true });
    held = !await lock.tryLock(true);
    if (!held) await wait(1);
  }
  process.child.kill("SIGKILL");
  assertEquals((await process.end).signal, "SIGKILL");
  assertEquals(await Deno.readTextFile(`${folder}/meta.json`), log);
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test({
  name: "killed while it begins, at each point: no run is lost or blocked",
  ignore: WINDOWS, // no mkfifo
  fn: () =>
    withProject(async (project) => {
      const { folder, run } = project;
      { // waiting for its turn at the run log: a folder and nothing else
        using lock = await Deno.open(`${folder}/meta.json.lock`, { write: true, create: true });
        await lock.lock(true);
        const tag = await killInside(project);
        assertEquals((await tagsOf(folder)).length, 1);
        const { code, output } = await run(["--resume"]);
        assertEquals(code, 1, output);
        assertStringIncludes(output, "no unfinished run");
        const named = await run(["--resume", tag]);
        assertEquals(named.code, 1, named.output);
        assertStringIncludes(named.output, "ended before it had begun");
      }
      // while it holds the lock, with the run log in its hands: the system drops the lock
      await killHolding(project);
      await Deno.remove(`${folder}/meta.json`);
      // registered, and neither config.json nor progress.json
      await blockingFile(`${folder}/.git/HEAD`);
      const registered = await killInside(project);
      await Deno.remove(`${folder}/.git`, { recursive: true });
      assertEquals(
        JSON.parse(await Deno.readTextFile(`${folder}/meta.json`)).runs.map((
          r: { run_tag: string },
        ) => r.run_tag),
        [
          registered,
        ],
      );

      const { code, output } = await run(RUN);
      assertEquals(code, 0, output);
      await assertWhole(folder);
      assertEquals((await tagsOf(folder)).length, 4);
      const [tag] = await runsWith(folder, "progress.json");
      assertEquals(
        Object.keys(await resultOf(folder, tag)).includes("models/popularity.json"),
        true,
      );
      assertStringIncludes((await run(["--resume"])).output, "no unfinished run among 4");
    }),
});

Deno.test({
  name: "Ctrl-C and SIGTERM say how to resume; of two resumes one is refused",
  ignore: WINDOWS,
  fn: () =>
    withProject(async ({ folder, start, run }) => {
      const LONG = [
        ...SMALL_RUN,
        "--epochs",
        "10000",
        "--models",
        "gru_global",
        "--checkpoint-every",
        "3600",
      ];
      const first = start(LONG);
      await first.until("epoch 1/");
      first.child.kill("SIGINT");
      const { code, signal, output } = await first.end;
      assertEquals([code, signal], [130, null], output);
      const [tag] = await runsWith(folder, "progress.json");
      assertStringIncludes(output, `deno task baselines --resume ${tag}`);
      assertMatch(output, /SIGINT: finishing the step/);

      const second = start(["--resume"]);
      await second.until("going on from step");
      const other = await run(["--resume", tag]); // while the second works
      assertEquals(other.code, 1, other.output);
      assertStringIncludes(other.output, "another process is working on it");
      second.child.kill("SIGTERM");
      const end = await second.end;
      assertEquals([end.code, end.signal], [143, null], end.output);
      assertStringIncludes(end.output, `--resume ${tag}`);

      await blockingFile(`${folder}/.git/HEAD`); // a run that cannot come to a safe point
      const third = start(["--resume"]);
      await third.until("Device:");
      await wait(200);
      third.child.kill("SIGINT");
      await third.until("once more to stop at once");
      await wait(1200); // sooner, a second signal is the same wish
      const begin = performance.now();
      third.child.kill("SIGINT");
      const last = await third.end;
      assertEquals([last.code, last.signal], [130, null], last.output);
      assert(performance.now() - begin < 2000, "it did not end at once");
      await assertWhole(folder);
    }),
});

Deno.test("8 concurrent runs: 8 folders, 8 entries; a damaged run log is set aside", async () => {
  await withProject(async ({ folder, run }) => {
    await Deno.writeTextFile(`${folder}/meta.json`, '{"schema_version": 1, "runs": [{"run_id":');
    const seeds = Array.from({ length: 8 }, (_, i) => 100 + i);
    const ends = await Promise.all(
      seeds.map((seed) =>
        run([...SMALL_RUN, "--models", "random,popularity", "--seed", `${seed}`])
      ),
    );
    for (const { code, output } of ends) assertEquals(code, 0, output);
    await assertWhole(folder);
    const tags = await runsWith(folder, "manifest.json");
    const { runs } = JSON.parse(await Deno.readTextFile(`${folder}/meta.json`));
    assertEquals(tags.length, 8);
    assertEquals(runs.map(({ run_tag }: { run_tag: string }) => run_tag).sort(), tags.sort());
    assertEquals(new Set(runs.map(({ run_id }: { run_id: string }) => run_id)).size, 8);
    const aside = (await Array.fromAsync(Deno.readDir(`${folder}/reports`))).filter(({ name }) =>
      name.startsWith("meta.json.damaged")
    );
    assertEquals(aside.length, 1);
    assertEquals(
      await Deno.readTextFile(`${folder}/reports/${aside[0].name}`),
      '{"schema_version": 1, "runs": [{"run_id":',
    );
    assertEquals(
      ends.filter(({ output }) => output.includes("the run log meta.json was damaged")).length,
      1,
    );
    // what is published is of one run: its models' seed is that of its results
    const { run_tag } = JSON.parse(
      await Deno.readTextFile(`${folder}/results/baselines_K1_Q2.json`),
    );
    const { seed } = JSON.parse(await Deno.readTextFile(`${folder}/models/baselines/random.json`));
    assertEquals(
      JSON.parse(await Deno.readTextFile(`${folder}/${RUNS}/${run_tag}/config.json`)).seed,
      seed,
    );
  });
});

/** Links, devices and pipes in every program's way, with the permissions of its task. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Project, SMALL_RUN, withProject } from "./program.ts";

const RUN = [...SMALL_RUN, "--models", "popularity"];
const IGNORED = Deno.build.os === "windows";
const RUNS = "reports/06_base_model_selection_xuetangx";
const LOG = `user_id,item_id,timestamp\n${
  Array.from({ length: 120 }, (_, i) => `u${i % 30},i${i % 4},${1_600_000_000 + 60 * i}\n`).join("")
}`;
const SECRET = "SECRET";

/**
 * A folder beside the project, with one file, to which nothing may be added and that none may read.
 */
async function withOutside(
  use: (project: Project, outside: string) => Promise<void>,
): Promise<void> {
  const outside = await Deno.realPath(await Deno.makeTempDir({ prefix: "outside_" }));
  await Deno.writeTextFile(`${outside}/secret.csv`, `user_id,item_id,timestamp\n1,${SECRET},1\n`);
  await Deno.writeTextFile(`${outside}/secret.json`, `{"${SECRET}": 0, "b": "x"}`);
  await withProject((project) => use(project, outside));
  const names = [...Deno.readDirSync(outside)].map(({ name }) => name).sort();
  await Deno.remove(outside, { recursive: true });
  assertEquals(names, ["secret.csv", "secret.json"]);
}

function assertRefused({ code, output }: { code: number; output: string }, outside: string) {
  assert(code === 1 || code === 2, output);
  assertStringIncludes(output, outside);
  assertStringIncludes(output, "link");
  assert(!output.includes(SECRET), output);
  assert(!/\n\s+at /.test(output), `a stack trace: ${output}`);
}

Deno.test({
  name: "no program writes behind a link out of its folders",
  ignore: IGNORED,
  fn: () =>
    withOutside(async ({ folder, run }, outside) => {
      await Deno.symlink(outside, `${folder}/data/link`);
      await Deno.writeTextFile(`${folder}/data/log.csv`, LOG);
      await Deno.symlink(outside, `${folder}/dist`);
      const prepare = ["--input", "data/log.csv", "--k", "1", "--q", "1", "--out"];
      for (const out of ["data/link/x", "data/link/deep/x"]) {
        assertRefused(await run(["--users", "300", "--out", out], { task: "synthesize" }), outside);
        assertRefused(await run([...prepare, out], { task: "prepare" }), outside);
      }
      assertRefused(await run([], { task: "compile" }), outside);
      assertRefused(await run([], { task: "pack" }), outside);

      await Deno.mkdir(`${folder}/runs`);
      await Deno.symlink(outside, `${folder}/runs/link`);
      assertRefused(await run([...RUN, "--out", "runs/link"]), outside);
      const tags = [];
      for (const seed of ["1", "2"]) {
        const { code, output } = await run([...RUN, "--seed", seed]);
        assertEquals(code, 0, output);
        tags.push(/Run (\d+(?:_\d+)+)/.exec(output)![1]);
      }
      const evaluate = ["--data", "data/tiny", "--split", "val", "--device", "tfjs-cpu"];
      const moved = await Deno.realPath(await Deno.makeTempDir({ prefix: "moved_" }));
      await Deno.rename(`${folder}/reports`, `${moved}/reports`);
      await Deno.symlink(`${moved}/reports`, `${folder}/reports`);
      const before = [...Deno.readDirSync(`${moved}/reports`)].length;
      assertRefused(await run(["--compare", ...tags], { task: "report" }), moved);
      assertRefused(await run(["--run", tags[0]], { task: "report" }), moved);
      assertRefused(await run(evaluate, { task: "evaluate" }), moved);
      for (const args of [["export", "--file", "reports/t"], ["leaderboard"], ["show", tags[0]]]) {
        const { code, output } = await run(args, { task: "runs" }); // which follows no link
        assertEquals(code, 1, output);
      }
      const sweep = ["--data", "data/tiny", "--k", "1", "--q", "2", "--models", "popularity"];
      assertRefused(await run(sweep, { task: "sweep" }), moved);
      assertRefused(await run(["--methods", "unseen"], { task: "fewshot" }), moved);
      assertRefused(await run(RUN), moved);
      assertEquals([...Deno.readDirSync(`${moved}/reports`)].length, before);
      await Deno.remove(moved, { recursive: true });
    }),
});

Deno.test({
  name: "no program reads or lists behind a link out of its folders, nor tells what is there",
  ignore: IGNORED,
  fn: () =>
    withOutside(async ({ folder, run }, outside) => {
      await new Deno.Command("cp", { args: ["-r", "data/tiny", "data/evil"], cwd: folder })
        .output();
      const vocabulary = `${folder}/data/evil/vocab/course2id.json`;
      await Deno.remove(vocabulary);
      await Deno.symlink(`${outside}/secret.json`, vocabulary);
      await Deno.symlink(`${outside}/secret.csv`, `${folder}/data/l.csv`);
      await Deno.symlink(outside, `${folder}/data/link`);
      const evil = RUN.map((part) => part === "data/tiny" ? "data/evil" : part);
      assertRefused(await run(evil), outside);
      assertRefused(await run([...RUN, "--config", "data/link/secret.json"]), outside);
      const neural = [...SMALL_RUN, "--models", "gru_global"];
      assertRefused(await run([...neural, "--init", "data/link/secret.json"]), outside);
      assertRefused(await run(["--input", "data/l.csv"], { task: "recommend" }), outside);
      const prepare = (input: string) =>
        run(["--input", input, "--out", "data/z", "--k", "1", "--q", "1"], { task: "prepare" });
      for (const input of ["data/l.csv", "data/link/*.csv", "data/l*/*.csv", "data/l*.csv"]) {
        assertRefused(await prepare(input), outside);
      }
      for (const input of [`${outside}/secret.csv`, `${outside}/*.csv`]) {
        const { code, output } = await prepare(input);
        assertEquals(code, 1, output);
        assertStringIncludes(output, "no permission to read");
        assert(!output.includes(SECRET), output);
        assert(input.includes("secret") || !output.includes("secret"), output);
      }
    }),
});

Deno.test({
  name: "devices and pipes are refused at once by every reader",
  ignore: IGNORED,
  fn: () =>
    withProject(async ({ folder, run, start }) => {
      const { code, output } = await run(RUN);
      assertEquals(code, 0, output);
      const tag = /Run (\d+(?:_\d+)+)/.exec(output)![1];
      const pipe = async (path: string) => {
        await Deno.remove(`${folder}/${path}`).catch(() => {});
        await new Deno.Command("mkfifo", { args: [`${folder}/${path}`] }).output();
      };
      const atOnce = async (
        args: string[],
        task: "baselines" | "prepare" | "recommend" | "evaluate" = "baselines",
      ) => {
        const process = start(args, { task });
        const timer = setTimeout(() => process.child.kill("SIGKILL"), 20_000);
        const { code, signal, output } = await process.end;
        clearTimeout(timer);
        assertEquals([code === 0, signal], [false, null], `${task} ${args}: ${output}`);
        assertStringIncludes(output, "a named pipe (FIFO)", `${task} ${args}`);
      };
      await pipe("data/pipe.csv");
      const to = ["--out", "data/z", "--k", "1", "--q", "1"];
      await atOnce(["--input", "data/pipe.csv", ...to], "prepare");
      await atOnce(["--input", "data/p*.csv", ...to], "prepare");
      await atOnce(["--input", "data/pipe.csv"], "recommend");
      await atOnce([...RUN, "--config", "data/pipe.csv"]);
      await atOnce([...SMALL_RUN, "--models", "gru_global", "--init", "data/pipe.csv"]);
      const meta = await Deno.readFile(`${folder}/meta.json`);
      await pipe("meta.json");
      const folders = [...Deno.readDirSync(`${folder}/${RUNS}`)].length;
      await atOnce(RUN);
      assertEquals([...Deno.readDirSync(`${folder}/${RUNS}`)].length, folders);
      await Deno.remove(`${folder}/meta.json`);
      await Deno.writeFile(`${folder}/meta.json`, meta);
      await pipe(`${RUNS}/${tag}/models/popularity.json`);
      await atOnce(["--courses", "course 1"], "recommend");
      await pipe("data/tiny/pairs/pairs_val.parquet");
      await atOnce(RUN);
      await pipe("data/tiny/vocab/course2id.json");
      await atOnce(["--data", "data/tiny"], "evaluate");
      await Deno.remove(`${folder}/data/tiny/pairs/pairs_train.parquet`);
      await Deno.symlink("/dev/zero", `${folder}/data/tiny/pairs/pairs_train.parquet`);
      const zero = await run(RUN, { permissions: ["-A"] });
      assertEquals(zero.code, 1, zero.output);
    }),
});

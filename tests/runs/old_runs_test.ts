/**
 * Runs of version 0.1.0 (at 849fea7), made in Tokyo: their times are local, their copies have no
 * run file, one is finished and one was killed in its second model. They open, resume and publish.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readRun } from "../../lib/runs/read_run.ts";
import { VERSION } from "../../lib/terminal/terminal.ts";
import { inFolder } from "../in_folder.ts";
import { configOf, resumedConfig, runJob } from "../jobs/job.ts";
import { recorder } from "../jobs/recorder.ts";

const FIXTURE = new URL("../fixtures/old_runs/", import.meta.url).pathname;
const RUNS = "reports/06_base_model_selection_xuetangx";
const [FINISHED, KILLED] = ["20261126_075614", "20261126_075617"];
const read = async (path: string) => JSON.parse(await Deno.readTextFile(path));
const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

/** A copy of the old project; its unfinished run is of this version, as others are refused. */
async function withOldProject(use: (root: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const root = `${folder}/project`;
    await new Deno.Command("cp", { args: ["-r", FIXTURE, root] }).output();
    const path = `${root}/${RUNS}/${KILLED}/progress.json`;
    const progress = await read(path);
    progress.settings.version = VERSION;
    await Deno.writeTextFile(path, JSON.stringify(progress));
    await Deno.writeTextFile(`${root}/models/baselines/.lock`, "");
    const killed = `${root}/${RUNS}/${KILLED}`;
    await Deno.writeTextFile(`${killed}/progress.json.${crypto.randomUUID()}.tmp`, "{");
    await use(root);
  });
}

async function resume(root: string): Promise<string> {
  const { terminal, text } = recorder();
  const config = await resumedConfig("--resume", "--out", root);
  const end = await runJob(config, `${root}/data/tiny`, terminal);
  assert("finished" in end && end.finished.runTag === KILLED);
  assertStringIncludes(text(), "fitted before");
  return text();
}

Deno.test("an old run is read; one that was killed is taken up, and is the newest then", () =>
  withOldProject(async (root) => {
    const { tag, results, courses } = await readRun(root, "latest");
    assertEquals([tag, Object.keys(results.baselines)], [FINISHED, ["random", "popularity"]]);
    assertEquals(courses.length, 7);
    await resume(root);
    assertEquals((await readRun(root, "latest")).tag, KILLED);
    assertEquals(namesIn(`${root}/models/baselines`), [
      "gru_global.safetensors",
      "popularity.json",
      "run.json",
      "vocabulary.json",
    ]);
    assertEquals((await read(`${root}/models/baselines/run.json`)).run_tag, KILLED);
    assertEquals((await read(`${root}/results/baselines_K1_Q2.json`)).run_tag, KILLED);
    assertEquals(namesIn(`${root}/${RUNS}/${KILLED}`).filter((name) => name.endsWith("tmp")), []);
  }));

Deno.test("a new run beside them is the newest, though the old tags' clock is ahead", () =>
  withOldProject(async (root) => {
    const flags = ["--k", "1", "--q", "2", "--models", "random", "--out", root];
    const end = await runJob(configOf(...flags), `${root}/data/tiny`, recorder().terminal);
    assert("finished" in end);
    const { runTag } = end.finished;
    assertEquals((await readRun(root, "latest")).tag, runTag);
    assertEquals(namesIn(`${root}/models/baselines`), [
      "random.json",
      "run.json",
      "vocabulary.json",
    ]);
    assertStringIncludes(await resume(root), "a newer run has finished");
    assertEquals((await read(`${root}/models/baselines/run.json`)).run_tag, runTag);
    assertEquals((await read(`${root}/results/baselines_K1_Q2.json`)).run_tag, runTag);
    assertEquals((await read(`${root}/meta.json`)).runs.length, 3);
  }));

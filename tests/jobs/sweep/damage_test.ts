/** Files of a sweep that are gone or damaged. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../../lib/errors/input_error.ts";
import { gatherAll, retry } from "../../../lib/jobs/sweep/job.ts";
import { statusOf } from "../../../lib/jobs/sweep/status.ts";
import { outDirOf } from "../../../lib/runs/run_folder.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { inFolder } from "../../in_folder.ts";
import { recorder } from "../recorder.ts";
import { finish, gathered, json, ME, plan, told } from "./small_sweep.ts";

Deno.test("a trial whose result is gone or cut short is done again, and the choice made", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    const flags = ["--models=popularity,markov", "--grid=markov.pruning=0,1,2"];
    const planned = await plan(out, ...flags, "--data", data);
    const { home: { folder, tag }, sweep } = planned;
    const results = await finish(planned);
    const paths = sweep.trials.map(({ name }) => `${folder}/trials/${name}.json`);
    const kept = ["choice.json", ...paths.map((path) => path.slice(folder.length + 1))];
    const read = () => Promise.all(kept.map((path) => Deno.readTextFile(`${folder}/${path}`)));
    const before = await read();
    await Deno.remove(paths[0]);
    await Deno.writeTextFile(paths[1], before[2].slice(0, 50));
    await Deno.writeTextFile(paths[2], before[1]);
    await Deno.writeTextFile(`${folder}/choice.json`, "{");
    const states = (await statusOf(planned, ME.host)).map(({ state }) => state);
    assertEquals(states, ["damaged", "damaged", "damaged", "done"]);
    await assertRejects(
      () => gatherAll(planned, recorder().terminal),
      InputError,
      `deno task sweep --resume ${tag} --out ${out} does it again`,
    );
    const heard = recorder();
    await retry(planned, ME, heard.terminal);
    for (const path of [...paths, `${folder}/choice.json`]) {
      assertStringIncludes(heard.text(), path);
    }
    assertEquals(await finish(planned), results);
    assertEquals(await read(), before);
  }));

Deno.test("a damaged run is named with what to delete, and then made again", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    const planned = await plan(out, "--models=popularity", "--data", data);
    const { home: { folder }, sweep: { runs: [{ tag }] } } = planned;
    const results = await finish(planned);
    const run = `${folder}/${outDirOf(tag)}`;
    await Deno.writeTextFile(`${run}/results.json`, "{");
    for (const say of [told, gathered]) {
      const text = await say(planned);
      assertStringIncludes(text, `${run}/results.json`);
      assertStringIncludes(text, `delete the folder ${run}; then deno task sweep --resume`);
    }
    await retry(planned, ME, recorder().terminal);
    assertEquals((await statusOf(planned, ME.host))[0].state, "damaged");
    await Deno.remove(run, { recursive: true });
    await retry(planned, ME, recorder().terminal);
    assertEquals(await finish(planned), results);
  }));

Deno.test("a choice that is gone is not made again beside runs of another one", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    const flags = ["--models=popularity,markov", "--grid=markov.pruning=0,1,2"];
    const planned = await plan(out, ...flags, "--data", data);
    const { home: { folder }, sweep } = planned;
    await finish(planned);
    const { chosen } = await json(`${folder}/choice.json`);
    const { settings } = chosen.find(({ model }: { model: string }) => model === "markov");
    for (const { name, settings: own } of sweep.trials) {
      const path = `${folder}/trials/${name}.json`;
      const isChosen = JSON.stringify(own) === JSON.stringify(settings);
      const trial = await json(path);
      trial.validation.mrr = isChosen ? 0.1 : 0.9;
      await Deno.writeTextFile(path, JSON.stringify(trial));
    }
    await Deno.remove(`${folder}/choice.json`);
    const text = await gathered(planned);
    assertStringIncludes(text, `the run ${sweep.runs[0].tag} was made by another choice`);
    assertStringIncludes(text, `delete ${folder}/${outDirOf(sweep.runs[0].tag)};`);
  }));

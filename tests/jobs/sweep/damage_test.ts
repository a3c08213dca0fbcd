/** Files of a sweep that are gone or damaged. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../../lib/errors/input_error.ts";
import { gatherAll, openSweep, retry } from "../../../lib/jobs/sweep/job.ts";
import { submit } from "../../../lib/jobs/sweep/slurm.ts";
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

Deno.test("a run whose manifest alone is lost is finished again, to the same bytes", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    const planned = await plan(out, "--models=popularity,markov", "--data", data);
    const { home: { folder }, sweep: { runs: [{ tag }] } } = planned;
    const results = await finish(planned);
    const run = `${folder}/${outDirOf(tag)}`;
    const before = await Deno.readTextFile(`${run}/queries.json`);
    await Deno.remove(`${run}/manifest.json`);
    const text = await told(planned);
    assertStringIncludes(text, "unfinished");
    assert(!text.includes("delete the folder"), text);
    await retry(planned, ME, recorder().terminal);
    assertEquals(await finish(planned), results);
    assertEquals(await Deno.readTextFile(`${run}/queries.json`), before);
    assertEquals((await statusOf(planned, ME.host)).map(({ state }) => state), ["done"]);
  }));

Deno.test("runs of two settings are never one row: an altered choice is told", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    const flags = ["--models=markov", "--grid=markov.pruning=0,1", "--seeds=1,2"];
    const planned = await plan(out, ...flags, "--data", data);
    const { home: { folder }, sweep: { runs: [{ tag }, second] } } = planned;
    const results = await finish(planned);
    const path = `${folder}/choice.json`;
    const choice = await json(path);
    const { settings, candidates } = choice.chosen[0];
    const other = candidates.find((one: { settings: unknown }) =>
      JSON.stringify(one.settings) !== JSON.stringify(settings)
    );
    choice.chosen[0].settings = other.settings;
    await Deno.writeTextFile(path, JSON.stringify(choice));
    // the second had not ended
    const progress = `${folder}/${outDirOf(second.tag)}/progress.json`;
    const begun = { ...await json(progress), status: "running" };
    await Deno.writeTextFile(progress, JSON.stringify(begun));
    await Deno.remove(`${folder}/times/${second.tag}.json`);
    const heard = recorder();
    await retry(planned, ME, heard.terminal);
    await assertRejects(() => finish(planned), InputError);
    const texts = ["default settings", "pruning=1"];
    const [was, is] = Object.keys(settings).length === 0 ? texts : texts.toReversed();
    for (const text of [heard.text(), await told(planned), await gathered(planned)]) {
      assertStringIncludes(text, `the run ${tag} is not of the settings in ${path}`);
      assertStringIncludes(text, `markov: ${was} in the run, ${is} in the choice`);
    }
    assertStringIncludes(await told(planned), `going on with the run ${second.tag}: it was begun`);
    await Deno.remove(path);
    await retry(planned, ME, recorder().terminal);
    assertEquals(await finish(planned), results);
  }));

/** What a kill, a bad disk or a hand may make of a JSON file. */
const DAMAGES: Readonly<Record<string, (text: string) => string>> = {
  "cut short": (text) => text.slice(0, text.length / 2),
  empty: () => "",
  "a list": () => "[1]",
  "another object": () => '{"name": 1}',
  "no text": () => "\0\0\0\0",
};

/** Does what `deno task sweep --resume` does. */
async function resumed(out: string, heard = recorder()) {
  const planned = await openSweep(out, "latest");
  await retry(planned, ME, heard.terminal);
  return await finish(planned, heard);
}

Deno.test("a damaged file of a sweep is made again, or named with what mends it", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    const flags = ["--models=popularity,markov", "--grid=markov.pruning=0,1"];
    const planned = await plan(out, ...flags, "--data", data);
    const { home: { folder }, sweep: { trials: [trial], runs: [run] } } = planned;
    const results = await finish(planned);
    await writeSubmission(folder);
    const mended = ["choice.json", "results.json", "meta.json", `trials/${trial.name}.json`];
    const harmless = [`times/${trial.name}.json`, `times/${run.tag}.json`];
    for (const path of [...mended, ...harmless]) {
      for (const [what, damage] of Object.entries(DAMAGES)) {
        const before = await Deno.readTextFile(`${folder}/${path}`);
        await Deno.writeTextFile(`${folder}/${path}`, damage(before));
        const heard = recorder();
        assertEquals(await resumed(out, heard), results, `${path}: ${what}`);
        const after = await Deno.readTextFile(`${folder}/${path}`);
        if (harmless.includes(path)) await Deno.writeTextFile(`${folder}/${path}`, before);
        else assertEquals(after, before, `${path}: ${what}`);
        if (["choice.json", "meta.json"].includes(path)) {
          assertStringIncludes(heard.text(), "again");
        }
      }
    }
    const submitting = () =>
      submit(planned, { options: "", tasks: 0, program: ["deno", "task", "sweep"] });
    const named: Record<string, () => Promise<unknown>> = {
      "sweep.json": () => openSweep(out, "latest"),
      "slurm.json": submitting,
    };
    for (const [path, use] of Object.entries(named)) {
      for (const [what, damage] of Object.entries(DAMAGES)) {
        const before = await Deno.readTextFile(`${folder}/${path}`);
        await Deno.writeTextFile(`${folder}/${path}`, damage(before));
        const { fault } = await assertRejects(use, InputError, undefined, `${path}: ${what}`);
        assertEquals(fault.doing, `reading ${folder}/${path}`);
        assertEquals(fault.wanted, "the file as the sweep wrote it");
        assert(fault.found !== "" && fault.next!.length > 20, `${path}: ${what}`);
        await Deno.writeTextFile(`${folder}/${path}`, before);
      }
    }
  }));

Deno.test("the progress of an unfinished run that is damaged is told with what to delete", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    const planned = await plan(out, "--models=popularity", "--data", data);
    const { home: { folder }, sweep: { runs: [{ tag }] } } = planned;
    const run = `${folder}/${outDirOf(tag)}`;
    for (const damage of Object.values(DAMAGES)) {
      await Deno.mkdir(run, { recursive: true });
      await Deno.writeTextFile(`${run}/progress.json`, damage('{"status": "running"}'));
      const { failed: [{ reason }] } = await resumed(out);
      assertStringIncludes(reason, `While reading ${run}/progress.json: `);
      assertStringIncludes(reason, `Expected: the progress of run ${tag}.`);
      assertStringIncludes(reason, `delete the folder ${run}; then deno task sweep --resume`);
    }
    await Deno.remove(run, { recursive: true });
    const { rows, failed } = await resumed(out);
    assertEquals([rows.length, failed], [1, []]);
  }));

/** What a submission leaves: no Slurm is asked, since the sweep has nothing left. */
const writeSubmission = (folder: string) =>
  Deno.writeTextFile(`${folder}/slurm.json`, '{"options": "", "tasks": 2, "jobs": ["1"]}');

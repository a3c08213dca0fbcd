/** A sweep in one process, without its pool: planned, worked on and gathered. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BASELINES } from "../../../lib/baselines/registry.ts";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { sweepCommand, sweepConfig } from "../../../lib/jobs/sweep/config.ts";
import { gatherAll, openSweep, retry, workOn } from "../../../lib/jobs/sweep/job.ts";
import { type Planned, planSweep } from "../../../lib/jobs/sweep/plan.ts";
import { statusOf, statusText } from "../../../lib/jobs/sweep/status.ts";
import { NEVER } from "../../../lib/jobs/job.ts";
import { outDirOf } from "../../../lib/runs/run_folder.ts";
import { readRunLog } from "../../../lib/runs/run_log.ts";
import { readRun } from "../../../lib/runs/read_run.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { inFolder } from "../../in_folder.ts";
import { filesBelow } from "../../process/outputs.ts";
import { jobOf } from "../job.ts";
import { recorder } from "../recorder.ts";

const COMMAND = sweepCommand(BASELINES);
const ME = { host: "here", worker: "the only one" };
const FLAGS = ["--k=1", "--q=2", "--batch-size=16", "--epochs=2", "--device=tfjs-cpu"];

async function plan(out: string, ...args: string[]): Promise<Planned> {
  const config = sweepConfig(parseFlags(COMMAND, [...FLAGS, ...args, "--out", out]));
  return await planSweep(await jobOf(config, recorder().terminal));
}

async function finish(planned: Planned, { terminal } = recorder()) {
  const share = { part: 0, parts: 1 };
  await workOn(planned, share, { baselines: BASELINES, terminal, signal: NEVER, me: ME });
  return await gatherAll(planned, terminal);
}

const json = async (path: string) => JSON.parse(await Deno.readTextFile(path));

Deno.test("settings are chosen on validation; test episodes change no trial and no choice", () =>
  inFolder(async (out) => {
    const files = tinyFolder();
    const test = tinyFolder(13); // other users, other episodes
    const other = { ...files };
    for (const name of Object.keys(files).filter((path) => path.includes("test"))) {
      other[name] = test[name];
    }
    const flags = [
      "--models=popularity,association_rules",
      "--grid=association_rules.pruning=0,1,2,3",
    ];
    const sides = [[files, "1,2"], [other, "1"]] as const;
    const [one, two] = await Promise.all(sides.map(async ([folder, seeds]) => {
      const data = await writeFolder(folder);
      const planned = await plan(out, ...flags, "--seeds", seeds, "--data", data);
      const results = await finish(planned);
      const { folder: home } = planned.home;
      const trials = await Promise.all(
        planned.sweep.trials.map(async ({ name }) =>
          (await json(`${home}/trials/${name}.json`)).validation
        ),
      );
      const { chosen } = await json(`${home}/choice.json`);
      return {
        planned,
        results,
        trials,
        settings: chosen.map(({ settings }: { settings: unknown }) => settings),
      };
    }));
    // four settings; the seed does not decide the model, so that it counts once
    assertEquals(one.trials.length, 4);
    assertEquals(one.trials, two.trials);
    assert(one.trials.every(({ mrr }) => mrr < 1), "too easy to tell the splits apart");
    assertEquals(one.settings, two.settings);
    const { rows } = one.results;
    assertEquals(rows.map(({ model, seeds }) => [model, seeds]), [
      ["popularity", [1, 2]],
      ["association_rules", [1, 2]],
    ]);
    for (const place of [0, 1]) {
      assert(rows[place].test.mrr.values[0] !== two.results.rows[place].test.mrr.values[0]);
    }

    const { home, sweep } = one.planned;
    const runs = await Promise.all(sweep.runs.map(({ tag }) => readRun(home.folder, tag)));
    assertEquals(runs.map(({ config: { seed } }) => seed), [1, 2]);
    assertEquals(
      runs.map(({ results }) => results.baselines.association_rules.mrr),
      rows[1].test.mrr.values,
    );
    const log = await readRunLog(home.folder);
    assertEquals(log.runs.map(({ run_tag }) => run_tag), sweep.runs.map(({ tag }) => tag));
    // all of it lies in the sweep's folder, and nothing is published there either
    assertEquals([...Deno.readDirSync(out)].map(({ name }) => name), ["reports"]);
    assertEquals([...Deno.readDirSync(`${out}/reports`)].map(({ name }) => name), ["sweeps"]);
    const written = await filesBelow(home.folder);
    assert(!written.some((path) => /^(models|results)\//.test(path)), written.join("\n"));
  }));

Deno.test("what fails is named, and neither chosen nor in another's way; it is retried", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    // 7 is no multiple of 2 heads
    const planned = await plan(
      out,
      "--models=popularity,sasrec_last_item",
      "--grid=sasrec_last_item.hidden-dim=8,7",
      "--data",
      data,
    );
    const { home, sweep } = planned;
    assertEquals([sweep.trials.length, sweep.runs.length], [2, 1]);
    assertEquals((await statusOf(planned, ME.host)).map(({ state }) => state), [
      "waiting",
      "waiting",
      "waiting",
    ]);
    await assertRejects(
      () => gatherAll(planned, recorder().terminal),
      InputError,
      "3 of its trials and runs have not ended",
    );
    const { rows, failed } = await finish(planned);
    assertEquals(rows.map(({ model, settings }) => [model, settings]), [
      ["popularity", {}],
      ["sasrec_last_item", { hiddenDim: 8 }],
    ]);
    assertEquals(failed.map(({ unit }) => unit), [sweep.trials[1].name]);
    assertStringIncludes(failed[0].reason, "7");
    const again = await openSweep(out, "latest");
    const before = await statusOf(again, ME.host);
    assertEquals(before.map(({ state }) => state), ["done", "failed", "done"]);
    // settings were chosen without it: the trial stays as it is, or the test would be read twice
    await retry(again, ME, recorder().terminal);
    assertEquals(await statusOf(again, ME.host), before);
    await Deno.remove(`${home.folder}/choice.json`);
    await retry(again, ME, recorder().terminal);
    assertEquals((await statusOf(again, ME.host)).map(({ state }) => state), [
      "done",
      "waiting",
      "done",
    ]);
  }));

Deno.test("the same data under two names count once, and data that changed are refused", () =>
  inFolder(async (out) => {
    const [first, second] = [await writeFolder(tinyFolder()), await writeFolder(tinyFolder())];
    const planned = await plan(out, "--models=popularity", "--data", `${first},${second}`);
    assertEquals(planned.sweep.data.length, 1);
    assertEquals(planned.sweep.trials, []);
    const test = "pairs/pairs_test.parquet";
    await Deno.writeFile(`${first}/${test}`, tinyFolder(11)[test]);
    const { rows, failed } = await finish(planned);
    assertEquals(rows, []);
    assertEquals(failed.length, 1);
  }));

Deno.test("a file system without locks is enough", () =>
  inFolder(async (out) => {
    const { tryLock } = Deno.FsFile.prototype;
    let asked = 0;
    Deno.FsFile.prototype.tryLock = () => {
      asked++;
      return Promise.reject(new Error("Function not implemented (os error 38)"));
    };
    try {
      const data = await writeFolder(tinyFolder());
      const flags = ["--models=popularity,markov", "--grid=markov.pruning=0,1"];
      const planned = await plan(out, ...flags, "--data", data);
      const { rows, failed } = await finish(planned);
      assertEquals([rows.length, failed], [2, []]);
      const log = await readRunLog(planned.home.folder);
      assertEquals(log.runs.map(({ run_tag }) => run_tag), [planned.sweep.runs[0].tag]);
      assert(asked > 0);
    } finally {
      Deno.FsFile.prototype.tryLock = tryLock;
    }
  }));

Deno.test("a piece whose owners die one after the other fails, until it is to be tried again", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    const planned = await plan(out, "--models=popularity", "--data", data);
    const { folder } = planned.home;
    const [{ tag }] = planned.sweep.runs;
    await Deno.mkdir(`${folder}/claims/${tag}`, { recursive: true });
    for (let n = 1; n <= 5; n++) {
      const path = `${folder}/claims/${tag}/00000${n}.json`;
      await Deno.writeTextFile(path, JSON.stringify({ host: "elsewhere", worker: `${n}` }));
      await Deno.utime(path, 0, 0);
    }
    assertEquals((await statusOf(planned, ME.host)).map(({ state }) => state), ["dead"]);
    const { failed } = await finish(planned);
    assertStringIncludes(failed[0].reason, "5 times");
    await retry(planned, ME, recorder().terminal);
    const { rows } = await finish(planned);
    assertEquals(rows.map(({ runs }) => runs), [[tag]]);
  }));

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

const told = async (planned: Planned) => statusText(planned, await statusOf(planned, ME.host));
const gathered = async (planned: Planned) =>
  (await assertRejects(() => gatherAll(planned, recorder().terminal), InputError)).message;

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

Deno.test("where all runs failed there is no table, and each failure is told once", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    const planned = await plan(out, "--models=popularity", "--data", data);
    const test = "pairs/pairs_test.parquet";
    await Deno.writeFile(`${data}/${test}`, tinyFolder(11)[test]);
    const heard = recorder();
    const { failed: [{ unit }] } = await finish(planned, heard);
    const count = () => heard.text().split(`${unit} failed`).length - 1;
    assertEquals(count(), 1);
    await gatherAll(planned, heard.terminal, new Set([unit]));
    assertEquals(count(), 1);
    assert(!heard.text().includes("results (test set)"), heard.text());
    assert(!heard.text().includes("standard deviation"), heard.text());
  }));

Deno.test("a share that is none of the shares, and draws of nothing, are refused", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    const planned = await plan(out, "--models=popularity", "--data", data);
    const { terminal } = recorder();
    const work = (part: number, parts: number) =>
      workOn(planned, { part, parts }, { baselines: BASELINES, terminal, signal: NEVER, me: ME });
    await assertRejects(() => work(5, 1), InputError, "it is 5 of --parts 1");
    await assertRejects(() => work(3, 3), InputError, "a share from 0 to 2");
    const none = ["--models=popularity", "--random=5", "--data", data];
    await assertRejects(() => plan(out, ...none), InputError, "no --grid beside it");
  }));

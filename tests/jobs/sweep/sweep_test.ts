/** A sweep in one process: what is planned, chosen and written. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { BASELINES } from "../../../lib/baselines/registry.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { openSweep, workOn } from "../../../lib/jobs/sweep/job.ts";
import { NEVER } from "../../../lib/jobs/job.ts";
import { readRunLog } from "../../../lib/runs/run_log.ts";
import { readRun } from "../../../lib/runs/read_run.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { inFolder } from "../../in_folder.ts";
import { filesBelow } from "../../process/outputs.ts";
import { recorder } from "../recorder.ts";
import { finish, json, ME, plan } from "./small_sweep.ts";

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

Deno.test("what is searched is told as by default, too; one trial may stand for all seeds", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    const flags = ["--models=vsknn,markov", "--grid=vsknn.k=1,100", "--grid=vsknn.weighting=div"];
    const planned = await plan(out, ...flags, "--seeds=1,2,3", "--data", data);
    const told = planned.sweep.trials.map(({ settings, searched, seed }) => ({
      settings,
      searched,
      seed,
    }));
    assertEquals(told, [
      { settings: { k: 1 }, searched: { k: 1, weighting: "div" }, seed: 1 },
      { settings: {}, searched: { k: 100, weighting: "div" }, seed: 1 },
    ]);
    const heard = recorder();
    const { rows } = await finish(planned, heard);
    const { chosen: [{ candidates, searched }] } = await json(`${planned.home.folder}/choice.json`);
    assertEquals(candidates.map(({ seeds, sd }: { seeds: number[]; sd: number }) => [seeds, sd]), [
      [[1, 2, 3], 0],
      [[1, 2, 3], 0],
    ]);
    assertEquals([rows[0].searched, rows[0].seeds], [searched, [1, 2, 3]]);
    assertEquals(rows[0].validation?.sd, 0);
    assertMatch(heard.text(), /\nvsknn .* 3 +k=(1|100 \(default\)) weighting=div \(default\)\n/);
    assertMatch(heard.text(), /\nmarkov .* 3 +default settings\n/);
    // a document of an older version says less, and is read
    const path = `${planned.home.folder}/sweep.json`;
    const older = await json(path);
    for (const trial of older.trials) delete trial.searched;
    await Deno.writeTextFile(path, JSON.stringify(older));
    await Deno.remove(`${planned.home.folder}/choice.json`);
    const again = recorder();
    await finish(await openSweep(out, planned.home.tag), again);
    assertMatch(again.text(), /\nvsknn .* 3 +(k=1|default settings)\n/);
    // at random the seed decides
    const random = await plan(
      out,
      ...flags,
      "--grid=vsknn.sampling=recent,random",
      "--seeds=1,2",
      "--data",
      data,
    );
    assertEquals(random.sweep.trials.map(({ seed }) => seed), [1, 1, 2, 1, 1, 2]);
  }));

Deno.test("more pieces than a folder is to hold are refused before any is planned", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    const many = ["--models=gru_global", "--grid=gru_global.hidden-dim=1..11", "--seeds=1..10000"];
    const { message } = await assertRejects(() => plan(out, ...many, "--data", data), InputError);
    assertStringIncludes(message, "reading --grid: 120,000 trials and runs, 110,000 and 10,000 on");
    const runs = [
      "--models=popularity",
      "--seeds=1..10000",
      `--data=${Array(11).fill(0).map((_, i) => `${data}/${i}`)}`,
    ];
    await assertRejects(() => plan(out, ...runs), InputError, "reading --seeds: 110,000 trials");
    assertEquals([...Deno.readDirSync(out)], []);
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

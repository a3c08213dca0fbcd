/** Pieces of a sweep that fail, or whose workers die. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../../lib/errors/input_error.ts";
import { gatherAll, openSweep, retry } from "../../../lib/jobs/sweep/job.ts";
import { NEVER } from "../../../lib/jobs/job.ts";
import { onceEach } from "../../../lib/jobs/sweep/once.ts";
import { processWorker, runPool } from "../../../lib/jobs/sweep/pool.ts";
import { statusOf } from "../../../lib/jobs/sweep/status.ts";
import { outDirOf } from "../../../lib/runs/run_folder.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { inFolder } from "../../in_folder.ts";
import { recorder } from "../recorder.ts";
import { finish, ME, plan } from "./small_sweep.ts";

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

Deno.test("trials that failed for a while are tried again; a run without their model is told", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    const flags = ["--models=popularity,markov", "--grid=markov.pruning=0,1"];
    const planned = await plan(out, ...flags, "--data", data);
    const { folder } = planned.home;
    const isThere = (path: string) => Deno.stat(path).then(() => true, () => false);
    // all of the data, all of the time
    await Deno.rename(data, `${data}.away`);
    assertEquals((await finish(planned)).failed.length, 3);
    assert(await isThere(`${folder}/choice.json`));
    await Deno.rename(`${data}.away`, data);
    await retry(planned, ME, recorder().terminal);
    const results = await finish(planned);
    assertEquals([results.rows.length, results.failed], [2, []]);
    // back before the runs: they were made without the model
    const other = await plan(out, ...flags, "--data", data);
    for (const { name: unit } of other.sweep.trials) {
      const failure = JSON.stringify({ unit, reason: "the folder was away" });
      await Deno.mkdir(`${other.home.folder}/failed`, { recursive: true });
      await Deno.writeTextFile(`${other.home.folder}/failed/${unit}.json`, failure);
    }
    assertEquals((await finish(other)).rows.map(({ model }) => model), ["popularity"]);
    await retry(other, ME, recorder().terminal);
    const { fault } = await assertRejects(() => finish(other), InputError);
    const run = `${other.home.folder}/${outDirOf(other.sweep.runs[0].tag)}`;
    assertStringIncludes(fault.found!, "markov: not there in the run, default settings in the");
    assertStringIncludes(fault.next!, `delete the folder ${run}`);
    await Deno.remove(run, { recursive: true });
    await retry(other, ME, recorder().terminal);
    const { rows } = await finish(other);
    assertEquals(rows.map(({ test }) => test), results.rows.map(({ test }) => test));
  }));

Deno.test("workers that refuse are counted beside what is done, and say the same line once", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    const flags = ["--models=popularity,markov", "--grid=markov.pruning=0,1"];
    const planned = await plan(out, ...flags, "--data", data);
    const [{ name }] = planned.sweep.trials;
    await Deno.mkdir(`${planned.home.folder}/times`, { recursive: true });
    await Deno.writeTextFile(`${planned.home.folder}/times/${name}.json`, "{}");
    const heard: string[] = [];
    const hear = onceEach((line) => heard.push(line));
    const words = ["sh", "-c", "printf '\\nno room\\n\\nat all' >&2; exit 1"];
    const { terminal } = recorder();
    const { fault } = await assertRejects(
      () =>
        runPool(planned, {
          ...{ workers: 1, terminal, signal: NEVER },
          start: () => processWorker(words, hear),
        }),
      InputError,
    );
    assertEquals(
      fault.found,
      "3 workers in a row ended with an error; 1 of 3 trials and runs are done",
    );
    assertEquals(heard, ["no room", "at all"]);
  }));

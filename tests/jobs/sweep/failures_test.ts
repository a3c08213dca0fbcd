/** Pieces of a sweep that fail, or whose workers die. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../../lib/errors/input_error.ts";
import { gatherAll, openSweep, retry } from "../../../lib/jobs/sweep/job.ts";
import { statusOf } from "../../../lib/jobs/sweep/status.ts";
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

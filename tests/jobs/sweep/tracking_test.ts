/** A sweep that is tracked: by event files, and by a server that cannot be had. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../../lib/errors/input_error.ts";
import { openSweep, retry } from "../../../lib/jobs/sweep/job.ts";
import { outDirOf } from "../../../lib/runs/run_folder.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { inFolder } from "../../in_folder.ts";
import { agreeable, withServer } from "../../track/mlflow_server.ts";
import { filesBelow } from "../../process/outputs.ts";
import { recorder } from "../recorder.ts";
import { finish, json, ME, plan } from "./small_sweep.ts";

const MODELS = ["--models=popularity,gru_global", "--grid=gru_global.hidden-dim=4,8"];

Deno.test("trials and runs write event files, and score what they score untracked", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    const flags = [...MODELS, "--data", data];
    const plain = await plan(out, ...flags);
    const results = await finish(plain);
    const tracked = await plan(out, ...flags, "--track=tensorboard");
    const { home: { folder }, sweep: { trials, runs } } = tracked;
    assertEquals(trials, plain.sweep.trials, "tracking is another sweep");
    const { rows } = await finish(tracked);
    assertEquals(rows.map(({ test }) => test), results.rows.map(({ test }) => test));
    const events = (await filesBelow(folder)).filter((path) => path.includes("tfevents"));
    const places = events.map((path) => path.slice(0, path.lastIndexOf("/"))).sort();
    assertEquals(
      places,
      [
        ...["gru_global", "popularity"].map((model) =>
          `${outDirOf(runs[0].tag)}/tensorboard/${model}`
        ),
        ...trials.map(({ name, settings: { hiddenDim = 64 }, seed }) =>
          `tracked/gru_global,hidden-dim=${hiddenDim},seed=${seed},${
            name.slice(-6)
          }/tensorboard/gru_global`
        ),
      ].sort(),
    );
    for (const trial of trials) {
      const path = events.find((path) => path.includes(`,${trial.name.slice(-6)}/`));
      const text = new TextDecoder("latin1").decode(await Deno.readFile(`${folder}/${path}`));
      const dim = `hidden-dim=${trial.settings.hiddenDim}`;
      for (const part of ["loss", "validation/mrr", "hiddenDim", dim]) {
        assertStringIncludes(text, part);
      }
      assert(!text.includes("test/"), "a trial does not see the test");
    }
  }));

Deno.test("a server hears of every piece by the sweep, setting and seed", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    await withServer(agreeable, async (url, asked) => {
      const planned = await plan(out, ...MODELS, "--data", data, `--track=mlflow=${url}`);
      await finish(planned);
      const made = asked.filter(([path]) => path === "/runs/create").map(([, body]) =>
        JSON.parse(body) as { run_name: string; tags: { key: string; value: string }[] }
      );
      const name = data.slice(data.lastIndexOf("/") + 1);
      const { home: { tag }, sweep: { runs: [run] } } = planned;
      assertEquals(made.map(({ run_name }) => run_name), [
        `trial gru_global, hidden-dim=4, seed 20260107, ${name}`,
        `trial gru_global, hidden-dim=8, seed 20260107, ${name}`,
        `run ${run.tag}: 2 models, seed 20260107, ${name}`,
        "gru_global",
        "popularity",
      ]);
      for (const { tags } of made) {
        assertEquals(tags.filter(({ key }) => key === "sweep"), [{ key: "sweep", value: tag }]);
      }
    });
  }));

Deno.test("a dead server costs nothing and is said; one that may not be asked is refused", () =>
  inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    const dead = "--track=mlflow=http://127.0.0.1:1";
    const planned = await plan(out, ...MODELS, "--data", data, dead);
    const heard = recorder();
    const { rows, failed } = await finish(planned, heard);
    assertEquals([rows.length, failed], [2, []]);
    assertStringIncludes(heard.text(), "MLflow at http://127.0.0.1:1");

    const far = "--track=mlflow=http://mlflow.example:5000";
    const allowance = "--allow-net=mlflow.example:5000";
    await assertRejects(
      () => plan(out, ...MODELS, "--data", data, far),
      InputError,
      allowance,
    );
    // the folder may go to another machine, or be taken up by a call without the allowance
    const path = `${planned.home.folder}/sweep.json`;
    const sweep = await json(path);
    sweep.flags.track = [far.slice("--track=".length)];
    await Deno.writeTextFile(path, JSON.stringify(sweep));
    const again = await openSweep(out, "latest");
    await assertRejects(() => retry(again, ME, recorder().terminal), InputError, allowance);
    await assertRejects(() => finish(again), InputError, allowance);
  }));

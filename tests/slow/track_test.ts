/** Runs and sweeps that are tracked by a real MLflow server, on this machine. */
import { assert, assertEquals } from "@std/assert";
import { tinyFolder, writeFolder } from "../dataset/tiny.ts";
import { configOf, resumedConfig, runJob } from "../jobs/job.ts";
import { TINY_FLAGS } from "../jobs/recommend/tiny_run.ts";
import { recorder } from "../jobs/recorder.ts";
import { finish, json, plan } from "../jobs/sweep/small_sweep.ts";
import { inFolder } from "../in_folder.ts";
import { ask, HAS_MLFLOW, runsOf, valuesOf, withMlflow } from "./mlflow_server.ts";

Deno.test({
  name: "MLflow's own server has what runs and sweeps told it",
  ignore: !HAS_MLFLOW,
  fn: (t) =>
    withMlflow(async (url) => { // one for both: it takes seconds to start
      const step = (name: string, fn: (url: string) => Promise<void>) =>
        t.step(name, () => fn(url));
      await step("a run that is stopped and resumed is one run, with all that it came to", resumed);
      await step("a sweep's pieces are found by the sweep and named by settings", swept);
    }),
});

async function resumed(url: string): Promise<void> {
  const data = await writeFolder(tinyFolder());
  const out = await Deno.makeTempDir();
  const flags = [...TINY_FLAGS, "--validate", "--models", "popularity,gru_global"];
  const own = ["--gru_global.hidden-dim", "48"];
  const config = configOf(
    ...flags,
    ...own,
    "--track",
    `mlflow=${url}#one course`,
    "--out",
    out,
  );
  const { terminal, text } = recorder();
  const received = () => text().includes("epoch 1/2") ? "SIGINT" as const : undefined;
  const signal = { received, stop: () => {} };
  assert("stopped" in await runJob(config, data, terminal, signal));
  const remote = async () =>
    new Map((await runsOf(url, "one course")).map((run) => [run.info.run_name, run]));
  const stopped = await remote();
  assertEquals([...stopped.values()].map(({ info }) => info.status), ["KILLED", "KILLED"]);

  const end = await runJob(await resumedConfig("--resume", "--out", out), data, terminal);
  assert("finished" in end, text());
  assert(!text().includes("MLflow"), text());
  const { runTag, outDir } = end.finished;
  const runs = await remote();
  assertEquals([...runs.keys()].sort(), [runTag, "gru_global", "popularity"]);
  const gru = runs.get("gru_global")!;
  assertEquals(gru.info.status, "FINISHED");
  assertEquals(gru.info.run_id, stopped.get("gru_global")!.info.run_id);
  assertEquals(valuesOf(gru.data.tags)["mlflow.parentRunId"], runs.get(runTag)!.info.run_id);
  const params = valuesOf(gru.data.params);
  assertEquals([params.epochs, params.hiddenDim, params.select], ["2", "48", "mrr"]);

  const report = JSON.parse(await Deno.readTextFile(`${out}/${outDir}/report.json`));
  const history = await ask<{ metrics: { step: number; value: number }[] }>(
    url,
    `mlflow/metrics/get-history?metric_key=loss&run_id=${gru.info.run_id}`,
  );
  assertEquals(
    history.metrics.map(({ step, value }) => [step, value]),
    report.training.gru_global.epoch_losses.map((loss: number, i: number) => [i + 1, loss]),
  );
  const metrics = valuesOf(gru.data.metrics);
  assertEquals(metrics["test/recall_at_10"], report.metrics.gru_global["recall@10"]);
  assert(typeof metrics["validation/mrr"] === "number");

  const path = "models/gru_global.safetensors";
  const place = `${gru.info.experiment_id}/${gru.info.run_id}/artifacts`;
  const model = await fetch(`${url}/api/2.0/mlflow-artifacts/artifacts/${place}/${path}`);
  assertEquals(await model.bytes(), await Deno.readFile(`${out}/${outDir}/${path}`));
  const { files } = await ask<{ files: { path: string }[] }>(
    url,
    `mlflow/artifacts/list?run_id=${runs.get(runTag)!.info.run_id}`,
  );
  for (const name of ["config.json", "report.html", "results.json", "manifest.json"]) {
    assert(files.some((file) => file.path === name), name);
  }
}

async function swept(url: string): Promise<void> {
  await inFolder(async (out) => {
    const data = await writeFolder(tinyFolder());
    const planned = await plan(
      out,
      ...["--models=popularity,gru_global", "--grid=gru_global.hidden-dim=4,8"],
      ...["--seeds=1,2", "--data", data, "--track", `mlflow=${url}#our course`],
    );
    const heard = recorder();
    const { rows } = await finish(planned, heard);
    assert(!heard.text().includes("MLflow"), heard.text());
    const runs = await runsOf(url, "our course");
    const tagged = runs.map((run) => ({ ...run, tags: valuesOf(run.data.tags) }));
    const { tag, folder } = planned.home;
    assertEquals(new Set(tagged.map(({ tags }) => tags.sweep)), new Set([tag]));
    assertEquals(new Set(tagged.map(({ info }) => info.status)), new Set(["FINISHED"]));
    const of = (piece: string) =>
      tagged.filter(({ tags }) => tags.piece === piece && !("mlflow.parentRunId" in tags));
    const name = data.slice(data.lastIndexOf("/") + 1);
    assertEquals(
      of("trial").map(({ info }) => info.run_name).sort(),
      [4, 8].flatMap((dim) =>
        [1, 2].map((seed) => `trial gru_global, hidden-dim=${dim}, seed ${seed}, ${name}`)
      ),
    );
    assertEquals(of("run").map(({ tags }) => tags.seed).sort(), ["1", "2"]);
    // four trials; two runs with two models each
    assertEquals(tagged.length, 4 + 2 * 3);
    for (const trial of of("trial")) {
      const { hiddenDim } = valuesOf(trial.data.params);
      const { metrics } = trial.data;
      const scored = planned.sweep.trials.find(({ seed, settings }) =>
        `${seed}` === trial.tags.seed && `${settings.hiddenDim}` === hiddenDim
      )!;
      const { validation } = await json(`${folder}/trials/${scored.name}.json`);
      assertEquals(valuesOf(metrics)["validation/mrr"], validation.mrr);
      assert(!metrics.some(({ key }) => key.startsWith("test/")));
    }
    const seconds = tagged.filter(({ info, tags }) =>
      info.run_name === "gru_global" && tags.seed === "2"
    );
    const { test } = rows.find(({ model }) => model === "gru_global")!;
    assertEquals(valuesOf(seconds[0].data.metrics)["test/mrr"], test.mrr.values[1]);
  });
}

/**
 * Runs that are tracked by a real MLflow server, on this machine. `PYTHON` names a Python that has
 * `mlflow-skinny` and what its server needs (see .ci/run).
 */
import { assert, assertEquals } from "@std/assert";
import { tinyFolder, writeFolder } from "../dataset/tiny.ts";
import { configOf, resumedConfig, runJob } from "../jobs/job.ts";
import { TINY_FLAGS } from "../jobs/recommend/tiny_run.ts";
import { recorder } from "../jobs/recorder.ts";
import { hasModules, PYTHON } from "../track/python.ts";

const HAS_MLFLOW = await hasModules("mlflow, flask_cors, sqlalchemy, uvicorn");

/** A run on the server. */
interface Remote {
  info: { run_id: string; run_name: string; status: string };
  data: Record<"params" | "tags" | "metrics", { key: string; value: string | number }[]>;
}

/** The app that `mlflow server` starts, without the process that watches over it. */
async function withMlflow(use: (url: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mlflow_" });
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const server = new Deno.Command(PYTHON, {
    args: ["-m", "uvicorn", "--port", `${port}`, "mlflow.server.fastapi_app:app"],
    env: {
      _MLFLOW_SERVER_FILE_STORE: `${folder}/store`,
      _MLFLOW_SERVER_ARTIFACT_ROOT: "mlflow-artifacts:/",
      _MLFLOW_SERVER_ARTIFACT_DESTINATION: `${folder}/artifacts`,
      _MLFLOW_SERVER_SERVE_ARTIFACTS: "true",
      MLFLOW_ALLOW_FILE_STORE: "true",
      MLFLOW_DISABLE_TELEMETRY: "true",
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
    },
    cwd: folder,
    stdout: "null",
    stderr: "null",
  }).spawn();
  const url = `http://127.0.0.1:${port}`;
  try {
    for (;;) {
      const answer = await fetch(`${url}/health`).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.ok) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await use(url);
  } finally {
    server.kill("SIGKILL");
    await server.status;
  }
}

async function ask<T>(url: string, path: string, body?: unknown): Promise<T> {
  const init = body === undefined ? {} : {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  };
  const response = await fetch(`${url}/api/2.0/${path}`, init);
  return await response.json();
}

const valuesOf = (pairs: readonly { key: string; value: string | number }[]) =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, value]));

Deno.test({
  name: "a run that is stopped and resumed is one run of MLflow, with all that it came to",
  ignore: !HAS_MLFLOW,
  async fn() {
    await withMlflow(async (url) => {
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
      const { experiment } = await ask<{ experiment: { experiment_id: string } }>(
        url,
        "mlflow/experiments/get-by-name?experiment_name=one%20course",
      );
      const query = { experiment_ids: [experiment.experiment_id] };
      const remote = async () => {
        const { runs } = await ask<{ runs: Remote[] }>(url, "mlflow/runs/search", query);
        return new Map(runs.map((run) => [run.info.run_name, run]));
      };
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
      const place = `${experiment.experiment_id}/${gru.info.run_id}/artifacts`;
      const model = await fetch(`${url}/api/2.0/mlflow-artifacts/artifacts/${place}/${path}`);
      assertEquals(await model.bytes(), await Deno.readFile(`${out}/${outDir}/${path}`));
      const { files } = await ask<{ files: { path: string }[] }>(
        url,
        `mlflow/artifacts/list?run_id=${runs.get(runTag)!.info.run_id}`,
      );
      for (const name of ["config.json", "report.html", "results.json", "manifest.json"]) {
        assert(files.some((file) => file.path === name), name);
      }
    });
  },
});

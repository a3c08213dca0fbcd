/**
 * A real MLflow server on this machine. `PYTHON` names a Python that has `mlflow-skinny` and what
 * its server needs (see .ci/run).
 */
import { hasModules, PYTHON } from "../track/python.ts";

/** Whether there is one. */
export const HAS_MLFLOW = await hasModules("mlflow, flask_cors, sqlalchemy, uvicorn");

/** A run on the server. */
export interface Remote {
  info: { run_id: string; experiment_id: string; run_name: string; status: string };
  data: Record<"params" | "tags" | "metrics", { key: string; value: string | number }[]>;
}

/** The app that `mlflow server` starts, without the process that watches over it. */
export async function withMlflow(use: (url: string) => Promise<void>): Promise<void> {
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

/** Asks the server. */
export async function ask<T>(url: string, path: string, body?: unknown): Promise<T> {
  const init = body === undefined ? {} : {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  };
  const response = await fetch(`${url}/api/2.0/${path}`, init);
  return await response.json();
}

/** Pairs as a record. */
export const valuesOf = (pairs: readonly { key: string; value: string | number }[]) =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, value]));

/** The runs of an experiment. */
export async function runsOf(url: string, name: string): Promise<Remote[]> {
  const found = await ask<{ experiment: { experiment_id: string } }>(
    url,
    `mlflow/experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`,
  );
  const query = { experiment_ids: [found.experiment.experiment_id] };
  return (await ask<{ runs: Remote[] }>(url, "mlflow/runs/search", query)).runs;
}

/** A server in the place of MLflow's. */

/** A server that answers as it is told to, and what it was asked. */
export async function withServer(
  answer: (path: string, body: string) => Response | Promise<Response>,
  use: (url: string, asked: [path: string, body: string][]) => Promise<void>,
): Promise<void> {
  const asked: [string, string][] = [];
  const controller = new AbortController();
  const { signal } = controller;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal, onListen: () => {} },
    async (request) => {
      const path = new URL(request.url).pathname.replace("/api/2.0/mlflow", "");
      const body = await request.text();
      asked.push([path, body]);
      return await answer(path, body);
    },
  );
  try {
    await use(`http://127.0.0.1:${server.addr.port}`, asked);
  } finally {
    controller.abort();
    await server.finished.catch(() => {});
  }
}

/** Answers of a server that takes everything. */
export function agreeable(path: string): Response {
  const run = { info: { run_id: "r1", artifact_uri: "mlflow-artifacts:/1/r1/artifacts" } };
  const answers: Record<string, unknown> = {
    "/experiments/get-by-name": { experiment: { experiment_id: "1" } },
    "/runs/create": { run },
  };
  return Response.json(answers[path] ?? {});
}

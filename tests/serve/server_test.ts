/**
 * Over real sockets: batching of what arrives together, and a clean stop, in the process and of the
 * program.
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { startServer } from "../../lib/serve/server.ts";
import { tinyRun } from "../jobs/recommend/tiny_run.ts";
import { serviceOf } from "./service.ts";

function ask(port: number, body: unknown): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(`http://127.0.0.1:${port}/recommend`, {
    method: "POST",
    body: JSON.stringify(body),
    headers,
  });
}

Deno.test("concurrent requests share calls; a stop answers what is in flight", async () => {
  const { handler } = serviceOf(async (asks) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return asks.map(({ session }) => [{ course: String(session[0]), score: 0 }]);
  }, { maxBatch: 100, maxPending: 100 });
  const server = await startServer(handler, "127.0.0.1", 0);
  const courses = ["algebra", "biology", "chemistry", "dance"];
  const answers = await Promise.all(Array.from({ length: 20 }, async (_, i) => {
    const { recommendations } =
      await (await ask(server.port, { courses: [courses[i % 4]], top: 1 })).json();
    return Number(recommendations[0].course) === i % 4;
  }));
  assert(answers.every(Boolean));
  const calls = handler.queues.get("gru_global")!.calls();
  assert(calls <= 4, `${calls} calls for 20 requests that arrived together`);

  const inFlight = ask(server.port, { courses: ["dance"], top: 1 });
  while (handler.queues.get("gru_global")!.pending() === 0) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert(await server.stop(5));
  const response = await inFlight;
  assertEquals([response.status, (await response.json()).recommendations], [200, [{
    course: "3",
    score: 0,
  }]]);
  await assertRejects(() => ask(server.port, {}), TypeError);
});

Deno.test("a stop does not wait for ever", async () => {
  const gate = Promise.withResolvers<void>();
  const { handler } = serviceOf(async (asks) => {
    await gate.promise;
    return asks.map(() => []);
  });
  const server = await startServer(handler, "127.0.0.1", 0);
  const inFlight = ask(server.port, { courses: ["dance"], top: 1 });
  while (handler.queues.get("gru_global")!.pending() === 0) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assertEquals(await server.stop(0.1), false);
  gate.resolve();
  await (await inFlight).body?.cancel();
});

Deno.test("a port that is taken is an error that names it", async () => {
  const { handler } = serviceOf();
  const server = await startServer(handler, "127.0.0.1", 0);
  await assertRejects(
    () => startServer(handler, "127.0.0.1", server.port),
    InputError,
    String(server.port),
  );
  assert(await server.stop(1));
});

Deno.test("what is no address is the user's error; one in brackets is one", async () => {
  const { handler } = serviceOf();
  for (const host of ["::1x", "a b", "http://localhost", "127.0.0.1:80", "", "*"]) {
    await assertRejects(() => startServer(handler, host, 0), InputError, "it is no address");
  }
  const server = await startServer(handler, "[127.0.0.1]", 0);
  assertEquals(server.hostname, "127.0.0.1");
  assert(await server.stop(1));
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`the program answers, and ends cleanly on ${signal}`, async () => {
    const { out, runTag } = await tinyRun();
    const program = new Deno.Command(Deno.execPath(), {
      args: [
        ..."run --no-prompt --allow-read --allow-env --allow-net=127.0.0.1".split(" "),
        ..."scripts/serve.ts --port 0 --device tfjs-cpu --out".split(" "),
        out,
        "--models",
        "gru_global,popularity",
      ],
      cwd: new URL("../../", import.meta.url).pathname,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const reader = program.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    while (!said.includes("Listening")) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`it ended: ${said}${await new Response(program.stderr).text()}`);
      said += value;
    }
    const port = Number(/Listening on http:\/\/127\.0\.0\.1:(\d+)\//.exec(said)![1]);
    const answer = await (await ask(port, { courses: ["course 1", "course 3"], top: 2 })).json();
    assertEquals([answer.run_tag, answer.model, answer.recommendations.length], [
      runTag,
      "gru_global",
      2,
    ]);
    program.kill(signal);
    while (true) {
      const { value, done } = await reader.read();
      if (done) break;
      said += value;
    }
    const [{ code }, errors] = await Promise.all([
      program.status,
      new Response(program.stderr).text(),
    ]);
    assertEquals([code, errors], [0, ""]);
    assertStringIncludes(said, `${signal}: answering what is in flight`);
  });
}

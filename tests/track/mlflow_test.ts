/**
 * What a run sends to MLflow when the server is dead, slow, refusing or leads elsewhere. The real
 * server is in tests/slow/track_test.ts.
 */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { mlflowTracker } from "../../lib/track/mlflow/tracker.ts";
import type { TrackedRun } from "../../lib/track/tracker.ts";
import { checkTrackers, TRACK } from "../../lib/track/trackers.ts";
import { agreeable, withServer } from "./mlflow_server.ts";

const RUN: TrackedRun = {
  id: "0a1b",
  tag: "20260130_075435",
  program: "baselines",
  folder: ".",
  parameters: { epochs: 2 },
  models: { gru_global: { hiddenDim: 64 } },
};

function trackerOf(url: string) {
  const warnings: string[] = [];
  const place = { url, experiment: "mine" };
  return { tracker: mlflowTracker(RUN, place, (text) => warnings.push(text)), warnings };
}

Deno.test("a server that fails for a while is told everything later, in order", async () => {
  let failures = 2;
  const answer = (path: string) =>
    failures-- > 0 ? new Response("starting", { status: 503 }) : agreeable(path);
  await withServer(answer, async (url, asked) => {
    const { tracker, warnings } = trackerOf(url);
    tracker.begin();
    tracker.epoch("gru_global", 1, { loss: 2, "validation/recall@10": 0.5, broken: NaN });
    tracker.epoch("gru_global", 2, { loss: 1 });
    while (failures > -8) await new Promise((resolve) => setTimeout(resolve, 20));
    await tracker.end("finished");
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0], "503 starting; the run goes on, and it is tried again");
    const metrics = asked.filter(([path]) => path === "/runs/log-batch")
      .flatMap(([, body]) => JSON.parse(body).metrics ?? [])
      .map(({ key, value, step }) => [key, value, step]);
    assertEquals(metrics, [
      ["loss", 2, 1],
      ["validation/recall_at_10", 0.5, 1],
      ["loss", 1, 2],
    ]);
    const last = asked.filter(([path]) => path === "/runs/update").map(([, body]) =>
      JSON.parse(body).status
    );
    assertEquals(last, ["FINISHED", "FINISHED"]);
  });
});

Deno.test("a dead server is said and given up at the end, at once", async () => {
  const { tracker, warnings } = trackerOf("http://127.0.0.1:1");
  tracker.begin();
  for (let epoch = 1; epoch <= 3; epoch++) tracker.epoch("gru_global", epoch, { loss: 1 });
  const begin = performance.now();
  await tracker.end("finished");
  assert(performance.now() - begin < 10_000, "far below the time for a server that takes all");
  assertStringIncludes(warnings.at(-1)!, "MLflow at http://127.0.0.1:1: ");
  assertStringIncludes(warnings.at(-1)!, "5 messages are given up");
});

Deno.test("a server that never answers holds a stopped run for seconds only", async () => {
  const never = Promise.withResolvers<Response>();
  await withServer(() => never.promise, async (url) => {
    const { tracker, warnings } = trackerOf(url);
    tracker.begin();
    await tracker.end("stopped");
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0], "not all was taken in 3 s; 2 messages are given up");
    never.resolve(new Response());
  });
});

Deno.test("ten thousand messages wait for a dead server, and not one more", async () => {
  const { tracker, warnings } = trackerOf("http://127.0.0.1:1");
  for (let epoch = 1; epoch <= 10_002; epoch++) tracker.epoch("gru_global", epoch, { loss: 1 });
  assertEquals(warnings.length, 1);
  assertStringIncludes(warnings[0], "it did not take 10000 messages; 10,001 messages are given up");
  await tracker.end("finished");
  assertEquals(warnings.length, 1);
});

Deno.test("what is refused is said once and left out; the rest is sent", async () => {
  const answer = (path: string, body: string) =>
    body.includes('"metrics"')
      ? Response.json({ error_code: "INVALID_PARAMETER_VALUE" }, { status: 400 })
      : agreeable(path);
  await withServer(answer, async (url, asked) => {
    const { tracker, warnings } = trackerOf(url);
    tracker.epoch("gru_global", 1, { loss: 2 });
    tracker.epoch("gru_global", 2, { loss: 2 });
    tracker.artifact("no such file", "gru_global");
    await tracker.end("finished");
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0], "refuses a message: it answered 400");
    assertEquals(asked.at(-1)![0], "/runs/update");
  });
});

Deno.test("a redirection is not followed: no other host is spoken to", async () => {
  const elsewhere: string[] = [];
  await withServer((path) => {
    elsewhere.push(path);
    return agreeable(path);
  }, async (other) => {
    await withServer(() => Response.redirect(`${other}/api/2.0/mlflow/`, 307), async (url) => {
      const { tracker, warnings } = trackerOf(url);
      tracker.begin();
      await tracker.end("finished");
      assertStringIncludes(warnings[0], "it answered 307");
    });
  });
  assertEquals(elsewhere, []);
});

Deno.test("--track refuses what it cannot do before a run begins", async () => {
  const refused = (text: string, ...says: string[]) => {
    const error = assertThrows(() => TRACK.parse(text, "track"), InputError);
    for (const part of says) assertStringIncludes(error.message, part);
    return error.message;
  };
  refused("wandb", "mlflow=http://host:port or tensorboard");
  refused("mlflow", "http://127.0.0.1:5000");
  refused("mlflow=ftp://host", "the address");
  refused("tensorboard=../out", "a new folder's name");
  refused("tensorboard=models", "a new folder's name");
  const message = refused("mlflow=http://ada:secret@host:5000", "MLFLOW_TRACKING_PASSWORD");
  assert(!message.includes("secret"));
  assertEquals(TRACK.parse("tensorboard,mlflow=http://127.0.0.1:5000/x#my runs", "track"), [
    "tensorboard",
    "mlflow=http://127.0.0.1:5000/x#my runs",
  ]);
  // under another name of this machine, which the tests may not speak to
  const { message: said } = assertThrows(
    () => checkTrackers(["mlflow=http://10.1.2.3:5000"]),
    InputError,
  );
  assertStringIncludes(said, 'BASELINES_ALLOW="--allow-net=10.1.2.3:5000" before the command');
  await Promise.resolve(checkTrackers(["mlflow=http://127.0.0.1:5000", "tensorboard"]));
});

/** A newer run taken up while requests come, with services that answer when they are told. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { openLive } from "../../lib/serve/live.ts";
import { serveMetrics } from "../../lib/serve/metrics.ts";
import type { openService, RunService } from "../../lib/serve/service.ts";
import { parseFlags } from "../../lib/cli/flags.ts";
import { SERVE_COMMAND } from "../../lib/serve/config.ts";
import { jobOf } from "../jobs/job.ts";
import { recorder } from "../jobs/recorder.ts";
import { get, post, serviceOf } from "./service.ts";

/** A live service over invented runs: each `open` takes the next one. */
async function liveOf(...runs: (string | Error)[]) {
  const disposed: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const told: string[] = [];
  const metrics = serveMetrics();
  const left = [...runs];
  const open: typeof openService = async () => {
    const runTag = left.shift();
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (runTag === undefined || runTag instanceof Error) {
      throw runTag ?? new Error("no run is left");
    }
    const gate = Promise.withResolvers<void>();
    gates.set(runTag, gate);
    const { handler, catalogue } = serviceOf(
      async (asks) => {
        await gate.promise;
        return asks.map(() => []);
      },
      {},
      { runTag, metrics },
    );
    const service: RunService = {
      runTag,
      origin: { synthetic: false },
      file: "",
      catalogue,
      recommenders: [],
      handler,
      dispose: () => disposed.push(runTag),
    };
    return service;
  };
  const { values } = parseFlags(SERVE_COMMAND, ["--device", "tfjs-cpu"]);
  const job = await jobOf(values, recorder().terminal);
  const live = await openLive(job, { metrics, tell: (text) => told.push(text) }, open);
  const tagOf = async (response: Promise<Response>) => (await (await response).json()).run_tag;
  return { live, disposed, gates, told, metrics, tagOf };
}

Deno.test("a newer run answers what comes after it, the older one what it was asked", async () => {
  const { live, disposed, gates, told, metrics, tagOf } = await liveOf("a", "b");
  const early = live.handle(post({ courses: ["dance"] }));
  const reloading = live.reload();
  const meanwhile = live.handle(post({ courses: ["algebra"] }));
  await reloading;
  const late = live.handle(post({ courses: ["dance"] }));
  assertEquals([disposed, told], [[], ["Run b answers from now on"]]);
  gates.get("b")!.resolve();
  assertEquals(await tagOf(late), "b");
  assertEquals(disposed, [], "the older run still answers");
  gates.get("a")!.resolve();
  assertEquals([await tagOf(early), await tagOf(meanwhile), disposed], ["a", "a", ["a"]]);
  assertStringIncludes(await metrics.text(), 'coldstart_run_info{run_tag="b",version="');
  assertStringIncludes(await metrics.text(), 'coldstart_reloads_total{result="ok"} 1');
  live.dispose();
  assertEquals(disposed, ["a", "b"]);
});

Deno.test("a run that cannot be taken up changes nothing; the next one is", async () => {
  const damaged = new InputError({ doing: "reading x", found: "it was changed" });
  const { live, disposed, metrics, tagOf } = await liveOf("a", damaged, "c");
  await live.reload();
  assertEquals([await tagOf(live.handle(get("/readyz"))), disposed], ["a", []]);
  assertStringIncludes(await metrics.text(), 'coldstart_reloads_total{result="failed"} 1');
  await live.reload();
  assertEquals([await tagOf(live.handle(get("/readyz"))), disposed], ["c", ["a"]]);
});

Deno.test("wishes while a run is taken up are one more, and a stop stays a stop", async () => {
  const { live, disposed } = await liveOf("a", "b", "c");
  const wishes = [live.reload(), live.reload(), live.reload()];
  await Promise.all(wishes);
  assertEquals(disposed, ["a", "b"]);
  assertEquals(live.current().runTag, "c");
  live.stopping();
  assertEquals((await live.handle(get("/healthz"))).status, 503);
});

Deno.test("without a run there is no service", async () => {
  await assertRejects(() => liveOf(new InputError({ doing: "x", found: "no run" })), InputError);
});

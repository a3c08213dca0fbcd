import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Baseline } from "../../../lib/baselines/baseline.ts";
import { BASELINES } from "../../../lib/baselines/registry.ts";
import { estimateLines, sayEstimate } from "../../../lib/jobs/baselines/estimate.ts";
import { readDataset } from "../../../lib/dataset/read_dataset.ts";
import type { StopSignal } from "../../../lib/terminal/signals.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { configOf, jobOf, runJob } from "../job.ts";
import { recorder } from "../recorder.ts";

const MODELS = ["random", "gru_global", "sasrec", "markov", "sasrec_last_item"];

Deno.test("a short training is said, and nothing is to be left out", () => {
  assertEquals(estimateLines(MODELS, []), []);
  const costs = [{ name: "gru_global", seconds: 4 }, { name: "sasrec_last_item", seconds: 7.25 }];
  assertEquals(estimateLines(MODELS, costs), [
    "\nTraining will take about 11 s, by first batches: sasrec_last_item 7.3 s, gru_global 4.0 s",
  ]);
});

Deno.test("of a long one the slowest are left out, until seconds are left", () => {
  const costs = [
    { name: "gru_global", seconds: 5 },
    { name: "sasrec", seconds: 90 },
    { name: "sasrec_last_item", seconds: 8 },
  ];
  const [first, second] = estimateLines(MODELS, costs);
  assert(first.includes("about 1 min 43 s") && first.includes("sasrec 1 min 30 s"), first);
  assertEquals(
    second,
    "In seconds, without sasrec, sasrec_last_item: --models random,gru_global,markov",
  );
  const alone = estimateLines(["sasrec"], [{ name: "sasrec", seconds: 60 }]);
  assertEquals(alone.length, 1, "there is nothing else to run");
});

Deno.test("models that were not measured come on top, and are left out where seconds count", () => {
  const costs = [{ name: "gru_global", seconds: 0.2 }];
  assertEquals(estimateLines(MODELS, costs, ["sasrec", "sasrec_last_item"]), [
    "\nTraining will take more than 0.2 s, by first batches: gru_global 0.2 s; " +
    "not measured: sasrec, sasrec_last_item",
    "In seconds, without sasrec, sasrec_last_item: --models random,gru_global,markov",
  ]);
});

/** What is said of toy models by a clock that only their batches move, and when. */
async function saidBy(
  batchMs: readonly number[],
  { epochs = 10, batches = 6 }: { epochs?: number; batches?: number } = {},
) {
  let now = 0;
  const names = batchMs.map((_, i) => `toy${i}`);
  const toys = names.map((name, i): Baseline => ({
    ...BASELINES.find(({ name }) => name === "gru_global")!,
    name,
    async fit(_data, _config, { watch }) {
      const cursor = { epochLosses: [], batchLosses: [] };
      for (let step = 0; step < epochs * batches; step++) {
        now += batchMs[i] + (step === 0 ? 200 : 0);
        const epoch = Math.floor(step / batches) + 1;
        const event = { cursor, epoch, epochs, batch: step % batches + 1, batches };
        if (await watch!.chunk(event, undefined as never) === "stop") break;
      }
      return { fitted: undefined, finished: false, training: {} };
    },
  }));
  const heard = recorder();
  const config = { ...configOf("--device", "wasm"), models: names, own: {} };
  const job = await jobOf(config, heard.terminal, { baselines: toys });
  const { dataset } = await readDataset(await writeFolder(tinyFolder()), 1, 2);
  await sayEstimate(job, { resumed: false, record: { dataset } }, () => now);
  return { text: heard.text(), at: now };
}

Deno.test("few steps that take long are told too; the first batch only warms up", async () => {
  const few = await saidBy([500]);
  assertStringIncludes(few.text, "about 30 s, by first batches: toy0 30 s");
  assertEquals(few.at, 1200);
  const only = await saidBy([2800], { epochs: 1, batches: 1 });
  assertStringIncludes(only.text, "about 3.0 s");
  const across = await saidBy([100], { epochs: 50, batches: 1 }); // an epoch is one batch
  assertStringIncludes(across.text, "about 5.0 s");
});

Deno.test("a training that is over at once is not worth a line", async () => {
  assertEquals((await saidBy([10])).text, "");
});

Deno.test("the estimate appears within seconds, however many models there are", async () => {
  const { text, at } = await saidBy(Array.from({ length: 20 }, () => 2000));
  assertEquals(at, 3 * 4200, "two batches of the first, six seconds, and who was begun then");
  assertStringIncludes(text, "not measured: toy3, toy4");
  assertEquals(await saidBy([]), { text: "", at: 0 });
});

Deno.test("a run says it before it trains, by batches that it has measured", async () => {
  const data = await writeFolder(tinyFolder());
  const heard = recorder();
  const line = "--k 1 --q 2 --device wasm --threads 1 --models popularity,gru_global " +
    "--epochs 200 --batch-size 1";
  const signal: StopSignal = {
    received: () => heard.text().includes("Training will") ? "SIGINT" : undefined,
    stop: () => {},
  };
  const config = configOf("--out", await Deno.makeTempDir(), ...line.split(" "));
  await runJob(config, data, heard.terminal, signal);
  assertMatch(heard.text(), /Training will take about \d.* s, by first batches: gru_global \d.* s/);
});

import { assert, assertEquals, assertMatch } from "@std/assert";
import { estimateLines } from "../../../lib/jobs/baselines/estimate.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { configOf, runJob } from "../job.ts";
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

Deno.test("a run says it before it trains, by batches that it has measured", async () => {
  const data = await writeFolder(tinyFolder());
  const train = async (...flags: string[]) => {
    const out = await Deno.makeTempDir();
    const heard = recorder();
    const line = [
      "--out",
      out,
      "--k",
      "1",
      "--q",
      "2",
      "--device",
      "wasm",
      "--threads",
      "1",
      ...flags,
    ];
    await runJob(configOf(...line, "--models", "popularity,gru_global"), data, heard.terminal);
    return heard.text();
  };
  const long = await train("--epochs", "2", "--batch-size", "1"); // 144 steps
  assertMatch(long, /Training will take about \d.* s, by first batches: gru_global \d.* s\n/);
  assert(long.indexOf("Training will") < long.indexOf("Fit popularity"));
  assert(!(await train("--epochs", "2", "--batch-size", "16")).includes("Training will"));
});

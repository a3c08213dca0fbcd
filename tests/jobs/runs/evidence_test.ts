/** What decides a model of finished runs: runs that differ in other things show the same model. */
import { assert, assertEquals } from "@std/assert";
import { BASELINES } from "../../../lib/baselines/registry.ts";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { EXPORT_COMMAND } from "../../../lib/jobs/runs/config.ts";
import { collect } from "../../../lib/jobs/runs/job.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { configOf, runJob } from "../job.ts";
import { recorder } from "../recorder.ts";

Deno.test("batching parts the models that go by it, and no others", async () => {
  const data = await writeFolder(tinyFolder());
  const out = await Deno.makeTempDir();
  const small = ["--k", "1", "--q", "2", "--epochs", "1", "--device", "wasm", "--threads", "1"];
  const models = ["--models", "gru_global,sasrec", "--gru_global.hidden-dim", "8"];
  const sizes = ["--sasrec.hidden-dim", "8", "--sasrec.num-heads", "1", "--sasrec.num-blocks", "1"];
  try {
    for (const line of [["--seed", "1"], ["--seed", "2", "--batching", "sessions"]]) {
      const args = [...small, ...models, ...sizes, ...line, "--data", data, "--out", out];
      const end = await runJob(configOf(...args), data, recorder().terminal);
      assert("finished" in end);
    }
    const { shown: [shown] } = await collect(
      parseFlags(EXPORT_COMMAND, ["--runs", out]).values,
      BASELINES,
    );
    const seeds = shown.contestants.map(({ model, trainings }) => [
      model,
      trainings.map(({ seed }) => seed),
    ]);
    assertEquals(seeds.sort(), [["gru_global", ["1"]], ["gru_global", ["2"]], [
      "sasrec",
      ["1", "2"],
    ]]);
  } finally {
    await Deno.remove(data, { recursive: true });
    await Deno.remove(out, { recursive: true });
  }
});

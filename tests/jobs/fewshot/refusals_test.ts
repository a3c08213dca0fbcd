/** What the few-shot job refuses, before anything is written. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { FEWSHOT_COMMAND } from "../../../lib/jobs/fewshot/config.ts";
import { runFewshot } from "../../../lib/jobs/fewshot/run.ts";
import { readRunLog } from "../../../lib/runs/run_log.ts";
import { jobOf } from "../job.ts";
import { recorder } from "../recorder.ts";
import { makeTinyRun } from "../recommend/tiny_run.ts";
import { fewshot, QUICK, SMALL, untrained } from "./small_run.ts";

Deno.test("a base model that no memory holds is refused before anything is written", async () => {
  const { out, line } = await untrained(...QUICK);
  const { values } = parseFlags(FEWSHOT_COMMAND, [...SMALL, ...line]);
  const job = await jobOf(values, recorder().terminal);
  const measure = () => Promise.resolve({ bytes: 2 ** 41, limit: 2 ** 31, place: "this machine" });
  const { message } = await assertRejects(
    () => runFewshot({ ...job, device: { ...job.device, measure } }),
    InputError,
  );
  assertStringIncludes(message, "measuring gru_global before it is trained");
  assertStringIncludes(message, "deno task baselines --data");
  assertEquals([...Deno.readDirSync(out)], []);
});

Deno.test("a base that a method cannot adapt is refused before anything is written", async () => {
  for (
    const [base, found] of [
      ["sasrec_last_item", "a model read once a window"],
      ["sasrec", "a model read once a window"],
      ["gru_tied", "a model with one table for items and output"],
    ]
  ) {
    for (const method of ["fine_tune_bias", "maml"]) {
      const { out, line } = await untrained("--base", base, "--methods", `unseen,${method}`);
      const { message } = await assertRejects(() => fewshot(line), InputError);
      assertStringIncludes(message, found);
      assertStringIncludes(message, "--methods untrained");
      assertEquals([...Deno.readDirSync(out)], []);
    }
  }
  // that of a run is looked at, whatever the defaults are
  const { out, runTag } = await makeTinyRun(
    "--models",
    "gru_global",
    "--gru_global.tied",
    "--gru_global.embedding-dim",
    "8",
    "--gru_global.hidden-dim",
    "8",
  );
  const runs = async () => (await readRunLog(out)).runs.length;
  const before = await runs();
  await assertRejects(
    () => fewshot(["--out", out, "--run", runTag, "--methods", "fine_tune_bias"]),
    InputError,
    "a model with one table",
  );
  assertEquals(await runs(), before);
});

Deno.test("a base that is no network is refused, and so is a run that lacks it", async () => {
  const without = await makeTinyRun("--models", "popularity");
  await assertRejects(
    () => fewshot(["--out", without.out, "--base", "popularity"]),
    InputError,
    '"popularity", which is no network. Expected: one of gru_global',
  );
  await assertRejects(
    () => fewshot(["--out", without.out, "--run", without.runTag]),
    InputError,
    'it has no "gru_global"',
  );
});

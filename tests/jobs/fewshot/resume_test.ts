/** Few-shot runs that are stopped, or break, and go on. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { takeUp } from "../../../lib/jobs/baselines/resume.ts";
import { FEWSHOT_COMMAND } from "../../../lib/jobs/fewshot/config.ts";
import { runFewshot } from "../../../lib/jobs/fewshot/run.ts";
import { readRunLog } from "../../../lib/runs/run_log.ts";
import { FEWSHOT } from "../../../lib/runs/run_folder.ts";
import { entriesBelow } from "../../process/outputs.ts";
import { jobOf } from "../job.ts";
import { recorder } from "../recorder.ts";
import {
  baseRun,
  fewshot,
  finished,
  json,
  QUICK,
  signalAfter,
  SMALL,
  timesHeeded,
  untrained,
} from "./small_run.ts";

Deno.test("meta-training goes on bit for bit, wherever it was stopped", async () => {
  const { out } = await baseRun();
  const place = ["--out", out, "--run", "latest"];
  const asked = [...place, "--methods", "unseen,maml,meta_sgd", "--tasks", "episodes"];
  const before = await timesHeeded([...place, "--methods", "unseen"]);
  const whole = await finished(asked);
  let { end, said } = await fewshot(asked, signalAfter(1));
  let stops = 0;
  const steps = new Set<string>();
  while ("stopped" in end) {
    assert(++stops < 40, "the run never ends");
    for (const part of ["", "/models", "/checkpoints"]) { // as a kill leaves them
      const folder = `${out}/reports/${FEWSHOT}/${end.runTag}${part}`;
      await Deno.writeTextFile(`${folder}/a.json.${crypto.randomUUID()}.tmp`, "{");
    }
    const unfinished = await takeUp(out, end.runTag, undefined, FEWSHOT);
    const line = [...asked, "--resume", end.runTag];
    // at the second look of meta-training, later further on
    const after = before + (stops < 5 ? 0 : 2 ** stops);
    ({ end, said } = await fewshot(line, signalAfter(after), unfinished));
    for (const [, step] of said.matchAll(/going on from step (\d+)/g)) steps.add(step);
  }
  assert(steps.size > 2, `${stops} stops, training went on from the steps ${[...steps]}`);
  const { outDir } = end.finished;
  const entries = await entriesBelow(`${out}/${outDir}`);
  assertEquals(entries, await entriesBelow(`${out}/${whole.outDir}`));
  assert(!entries.includes("checkpoints/"), `${entries}`);
  for (const file of ["maml_warm", "meta_sgd_warm"]) {
    assertEquals(
      await Deno.readFile(`${out}/${outDir}/models/${file}.safetensors`),
      await Deno.readFile(`${out}/${whole.outDir}/models/${file}.safetensors`),
    );
  }
  const selection = async (of: string) => (await json(`${out}/${of}/selection.json`)).methods;
  assertEquals(await selection(outDir), await selection(whole.outDir));
});

Deno.test("a base model that is trained here is kept, and not trained again", async () => {
  const whole = await untrained(...QUICK);
  const { outDir, results } = await finished(whole.line);
  assertEquals(results.base, { model: "gru_global", run_tag: null });
  const base = (out: string, dir: string) =>
    Deno.readFile(`${out}/${dir}/models/gru_global.safetensors`);
  const trained = await base(whole.out, outDir);
  // stopped after the first of two epochs, then between two methods
  const { out, line } = await untrained(...QUICK);
  let { end, said } = await fewshot(line, signalAfter(0));
  const heard: string[] = [];
  for (const after of [2, Infinity]) {
    assert("stopped" in end, said);
    const unfinished = await takeUp(out, end.runTag, undefined, FEWSHOT);
    ({ end, said } = await fewshot(
      [...line, "--resume", end.runTag],
      signalAfter(after),
      unfinished,
    ));
    heard.push(said);
  }
  assert("finished" in end);
  assertStringIncludes(heard[0], "going on from step");
  assertStringIncludes(heard[1], "fitted before");
  assertEquals(await base(out, end.finished.outDir), trained);
  assertEquals(end.finished.results.zero_shot, results.zero_shot);
});

Deno.test("after an error a run says how it goes on", async () => {
  const { out, line } = await untrained("--methods", "support_rules");
  const { values } = parseFlags(FEWSHOT_COMMAND, [...SMALL, ...line]);
  const { terminal, text } = recorder();
  const job = await jobOf(values, terminal);
  const create = () => Promise.reject(new Error("the engine is broken"));
  await assertRejects(
    () => runFewshot({ ...job, device: { ...job.device, create } }),
    Error,
    "the engine is broken",
  );
  const [{ run_tag: tag }] = (await readRunLog(out)).runs.slice(-1);
  assertStringIncludes(
    text(),
    `the run ${tag} is unfinished; after fixing the cause, go on with: ` +
      `deno task fewshot --resume ${tag} --out ${out}`,
  );
});

Deno.test("a wish to stop is heard before a method is done", async () => {
  const { out, runTag } = await baseRun();
  const line = ["--out", out, "--run", runTag, "--methods", "support_counts"];
  const calls = await timesHeeded(line);
  // in the zero-shot answers, on the validation episodes, on the test episodes
  for (const after of [1, Math.floor(calls / 2), calls - 3]) {
    const { end, said } = await fewshot(line, signalAfter(after));
    assert("stopped" in end, said);
    assert(!said.includes("support_counts  "), `its line is said when it is done: ${said}`);
  }
});

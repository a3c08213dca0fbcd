/** The few-shot job on a GPU: it adapts there, and goes on there bit for bit. */
import { assert, assertEquals } from "@std/assert";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { takeUp, type Unfinished } from "../../../lib/jobs/baselines/resume.ts";
import { FEWSHOT_COMMAND } from "../../../lib/jobs/fewshot/config.ts";
import { type FewshotEnd, runFewshot } from "../../../lib/jobs/fewshot/run.ts";
import { NEVER } from "../../../lib/jobs/job.ts";
import { FEWSHOT } from "../../../lib/runs/run_folder.ts";
import type { StopSignal } from "../../../lib/terminal/signals.ts";
import { gpuTest } from "../../engine/webgpu/cases.ts";
import { jobOf } from "../job.ts";
import { recorder } from "../recorder.ts";
import { makeTinyRun } from "../recommend/tiny_run.ts";
import { json, signalAfter } from "./small_run.ts";

async function fewshot(
  line: readonly string[],
  signal: StopSignal = NEVER,
  unfinished?: Unfinished,
): Promise<FewshotEnd> {
  const { values } = parseFlags(FEWSHOT_COMMAND, [...line]);
  return await runFewshot(await jobOf(values, recorder().terminal, { signal }), unfinished);
}

gpuTest("adaptation runs where the device says, chooses as the CPU does, and goes on", async () => {
  const small = ["--gru_global.embedding-dim", "5", "--gru_global.hidden-dim", "7"];
  const { out } = await makeTinyRun("--models", "gru_global", ...small);
  const line = (device: string, methods = "fine_tune_bias,maml") => [
    ...["--out", out, "--device", device, "--inner-steps", "2", "--methods", methods],
    ...["--meta-steps", "4", "--meta-batch", "2", "--validate-every", "2", "--run", "latest"],
  ];
  const finished = async (device: string) => {
    const end = await fewshot(line(device));
    assert("finished" in end);
    return end.finished;
  };
  const selection = async (of: string) => (await json(`${out}/${of}/selection.json`)).methods;
  const model = (of: string) => Deno.readFile(`${out}/${of}/models/maml_warm.safetensors`);
  const cpu = await finished("wasm");
  const gpu = await finished("webgpu");
  assertEquals((await json(`${out}/${cpu.outDir}/config.json`)).adaptation, "wasm");
  assertEquals((await json(`${out}/${gpu.outDir}/config.json`)).adaptation, "webgpu");
  // equal networks rank alike: the metrics of every cell are the same, losses nearly so
  const values = async (of: string) =>
    Object.entries(await selection(of)).map(([name, cells]) => [
      name,
      (cells as { value: number }[]).map(({ value }) => value),
    ]);
  assertEquals(await values(gpu.outDir), await values(cpu.outDir));

  // at the first look of meta-training, then at a later one
  let before = 0;
  const counting = { received: () => void before++, stop: () => {} };
  await fewshot(line("wasm", "fine_tune_bias"), counting);
  let end = await fewshot(line("webgpu"), signalAfter(before));
  for (const after of [before + 1, Infinity]) {
    assert("stopped" in end);
    const unfinished = await takeUp(out, end.runTag, undefined, FEWSHOT);
    end = await fewshot(
      [...line("webgpu"), "--resume", end.runTag],
      signalAfter(after),
      unfinished,
    );
  }
  assert("finished" in end);
  assertEquals(await model(end.finished.outDir), await model(gpu.outDir));
  assertEquals(await selection(end.finished.outDir), await selection(gpu.outDir));
});

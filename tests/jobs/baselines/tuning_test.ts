import { assertEquals, assertStringIncludes } from "@std/assert";
import { requestGpu } from "../../../lib/engine/webgpu/device.ts";
import { describeTuned } from "../../../lib/engine/webgpu/variants.ts";
import { parseTuning, TUNING_CACHE } from "../../../lib/runs/tuning_file.ts";
import { VERSION } from "../../../lib/terminal/terminal.ts";
import type { StopSignal } from "../../../lib/terminal/signals.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { configOf, resumedConfig, runJob } from "../job.ts";
import { recorder } from "../recorder.ts";

const FLAGS = "--tune --k 1 --q 2 --epochs 2 --batch-size 16 --device webgpu --models gru_global " +
  "--gru_global.hidden-dim 16 --gru_global.embedding-dim 8 --checkpoint-every 0.001";
const MODEL = "models/baselines/gru_global.safetensors";

const gpu = await requestGpu({ allowSoftware: true });
const hasClock = gpu?.device.features.has("timestamp-query") === true;
gpu?.device.destroy();

/** Asked after every chunk: stops the run in its first epochs. */
const soon = (): StopSignal => {
  let looks = 1;
  return { received: () => looks-- <= 0 ? "SIGTERM" : undefined, stop: () => {} };
};

Deno.test({
  name: `tuned runs: remembered, and resumed by their own choice${
    hasClock ? "" : ": skipped, there is no adapter with timestamps"
  }`,
  ignore: !hasClock,
  async fn() {
    const data = await writeFolder(tinyFolder());
    const configured = (out: string) => configOf(...FLAGS.split(" "), "--out", out);
    const whole = await Deno.makeTempDir();
    const first = recorder();
    const end = await runJob(configured(whole), data, first.terminal);
    assertStringIncludes(first.text(), "tuned: at most");
    if (!("finished" in end)) throw new Error("it was not stopped");
    const report = JSON.parse(
      await Deno.readTextFile(`${whole}/${end.finished.outDir}/report.json`),
    );
    const { tuned, device } = report.training.gru_global;
    assertStringIncludes(device, "tuned: at most");
    const cache = await Deno.readTextFile(`${whole}/${TUNING_CACHE}`);
    assertEquals(Object.values(JSON.parse(cache).choices), [tuned]);
    const wanted = await Deno.readFile(`${whole}/${MODEL}`);

    const out = await Deno.makeTempDir();
    await Deno.mkdir(`${out}/reports/gpu`, { recursive: true });
    await Deno.writeTextFile(`${out}/${TUNING_CACHE}`, cache);
    const stopped = recorder();
    const part = await runJob(configured(out), data, stopped.terminal, soon());
    assertEquals("stopped" in part, true);
    assertStringIncludes(stopped.text(), "remembered: at most");
    // by then the project's cache may hold another choice
    const [key] = Object.keys(JSON.parse(cache).choices);
    const chosen = { ...tuned.chosen, stepsASubmit: tuned.chosen.stepsASubmit === 8 ? 32 : 8 };
    const other = { version: VERSION, choices: { [key]: { ...tuned, chosen } } };
    await Deno.writeTextFile(`${out}/${TUNING_CACHE}`, JSON.stringify(other));
    const resumed = recorder();
    await runJob(await resumedConfig("--resume", "--out", out), data, resumed.terminal);
    assertStringIncludes(resumed.text(), "as this run began: at most");
    assertStringIncludes(resumed.text(), describeTuned(tuned));
    assertEquals(await Deno.readFile(`${out}/${MODEL}`), wanted);

    // stopped while variants are timed, it begins with the first step
    const halted = await Deno.makeTempDir();
    const timing = recorder();
    const isTiming = () => timing.text().includes("none is begun after 20 s");
    const part2 = await runJob(configured(halted), data, timing.terminal, {
      received: () => isTiming() ? "SIGINT" : undefined,
      stop: () => {},
    });
    assertEquals(["stopped" in part2, timing.text().includes("tuned: ")], [true, false]);
    await Deno.mkdir(`${halted}/reports/gpu`, { recursive: true });
    await Deno.writeTextFile(`${halted}/${TUNING_CACHE}`, cache);
    await runJob(await resumedConfig("--resume", "--out", halted), data, recorder().terminal);
    assertEquals(await Deno.readFile(`${halted}/${MODEL}`), wanted);

    // a damaged file is told, timed anew and replaced
    await Deno.writeTextFile(`${out}/${TUNING_CACHE}`, "{");
    const again = recorder();
    await runJob(configured(out), data, again.terminal);
    assertStringIncludes(again.text(), "tuning.json is damaged");
    const replaced = await Deno.readFile(`${out}/${TUNING_CACHE}`);
    assertEquals(Object.keys(parseTuning(replaced, VERSION).choices).length, 1);
    assertEquals(parseTuning(replaced, "another").choices, {});
  },
});

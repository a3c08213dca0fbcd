import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BASELINES_COMMAND, type BaselinesConfig } from "../../lib/jobs/baselines/config.ts";
import { resumedConfig } from "../../lib/jobs/baselines/resumed_config.ts";
import { runBaselines } from "../../lib/jobs/baselines/run_baselines.ts";
import { parseFlags } from "../../lib/cli/flags.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import { recorder } from "../jobs/baselines/recorder.ts";
import { tinyFolder, writeFolder } from "../dataset/tiny.ts";
import { assertWhole, resultOf, runsWith } from "./outputs.ts";

const BUILT = await Deno.stat(new URL("../../lib/engine/webgpu/engine.ts", import.meta.url)).then(
  () => true,
  () => false,
);
const ADAPTER = BUILT && await navigator.gpu?.requestAdapter() !== null;
if (!ADAPTER) {
  console.warn(
    `!! ${BUILT ? "no WebGPU adapter" : "no engine webgpu"}: the test of a lost device is skipped`,
  );
}

const configOf = (out: string): BaselinesConfig =>
  parseFlags(
    BASELINES_COMMAND,
    [
      "--k",
      "1",
      "--q",
      "2",
      "--epochs",
      "4",
      "--batch-size",
      "16",
      "--models",
      "gru_global",
      "--device",
      "webgpu",
      "--out",
      out,
    ],
  ).values;

Deno.test({
  name:
    "a device that is lost in the second epoch: a clear error, and a run that goes on with another device to the same bytes",
  ignore: !ADAPTER,
  async fn() {
    const data = await writeFolder(tinyFolder());
    const [whole, out] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
    const devices: GPUDevice[] = [];
    const requestDevice = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      const device = await requestDevice.call(this, descriptor);
      devices.push(device);
      return device;
    };
    try {
      await runBaselines(configOf(whole), data, recorder().terminal);
      const { terminal, text } = recorder();
      const breaking = {
        ...terminal,
        line(said?: string) {
          terminal.line(said);
          if (said?.includes("epoch 1/")) devices.at(-1)!.destroy();
        },
      };
      const { message } = await assertRejects(
        () => runBaselines(configOf(out), data, breaking),
        InputError,
      );
      assert(/lost|destroyed/.test(message), message);
      assertStringIncludes(text(), "--resume");
      await assertWhole(out);
      const line = ["--resume", "--out", out];
      const end = await runBaselines(
        await resumedConfig(parseFlags(BASELINES_COMMAND, line), line),
        data,
        recorder().terminal,
      );
      assert("finished" in end);
      const result = async (folder: string) => {
        const { data_fingerprints: _, ...rest } = await resultOf(
          folder,
          (await runsWith(folder, "manifest.json"))[0],
        );
        return rest;
      };
      assertEquals(await result(out), await result(whole));
    } finally {
      GPUAdapter.prototype.requestDevice = requestDevice;
    }
  },
});

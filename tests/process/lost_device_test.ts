import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { configOf as configOfFlags, resumedConfig, runJob } from "../jobs/job.ts";
import { recorder } from "../jobs/recorder.ts";
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

const configOf = (out: string) =>
  configOfFlags(
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
  );

Deno.test({
  name: "a device lost in the second epoch: a clear error, and a resume to the same bytes",
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
      await runJob(configOf(whole), data, recorder().terminal);
      const { terminal, text } = recorder();
      const breaking = {
        ...terminal,
        line(said?: string) {
          terminal.line(said);
          if (said?.includes("epoch 1/")) devices.at(-1)!.destroy();
        },
      };
      const { message } = await assertRejects(
        () => runJob(configOf(out), data, breaking),
        InputError,
      );
      assert(/lost|destroyed/.test(message), message);
      assertStringIncludes(text(), "--resume");
      await assertWhole(out);
      const line = ["--resume", "--out", out];
      const end = await runJob(
        await resumedConfig(...line),
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

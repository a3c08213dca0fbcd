import { createWebGpuEngine } from "../../lib/engine/webgpu_engine.ts";
import { requestGpu } from "../../lib/engine/webgpu_device.ts";
import { testParity } from "./parity.ts";

const gpu = await requestGpu({ allowSoftware: true });
gpu?.device.destroy();

if (gpu) testParity("webgpu", createWebGpuEngine);
else Deno.test({ name: "webgpu: skipped, there is no WebGPU adapter", ignore: true, fn: () => {} });

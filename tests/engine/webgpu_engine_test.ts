import { createWebGpuEngine } from "../../lib/engine/webgpu_engine.ts";
import type { EngineOptions } from "../../lib/engine/engine.ts";
import { requestGpu } from "../../lib/engine/webgpu_device.ts";
import { testParity } from "./parity.ts";

const gpu = await requestGpu({ allowSoftware: true });
gpu?.device.destroy();

if (gpu) {
  testParity("webgpu", createWebGpuEngine);
  testParity("webgpu, the catalogue in shards of 8", (o: EngineOptions) => createWebGpuEngine(o, { allowSoftware: true, shardItems: 8 }), [
    "gru_small.json",
    "gru_changing_batches.json",
    "sasrec_small.last_column.json",
    "sasrec_changing_batches.json",
  ]);
} else Deno.test({ name: "webgpu: skipped, there is no WebGPU adapter", ignore: true, fn: () => {} });

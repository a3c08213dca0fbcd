/** Chooses and registers tfjs's backends on Deno. */
import * as tf from "@tensorflow/tfjs";
import { anotherDevice, InputError } from "../../errors/input_error.ts";

tf.enableProdMode(); // no advertisement for tfjs-node on stderr

/** The backends this project uses of tfjs. */
export type TfjsBackend = "cpu" | "wasm" | "webgpu";

/**
 * Makes `backend` the current one and returns its description. @throws InputError when it is not to
 * be had here.
 */
export async function useBackend(backend: TfjsBackend): Promise<string> {
  if (tf.getBackend() === backend) return describe(backend);
  if (backend === "wasm" && tf.findBackendFactory("wasm") === null) {
    const wasm = await import("@tensorflow/tfjs-backend-wasm");
    wasm.setWasmPaths(new URL(".", import.meta.resolve("@tensorflow/tfjs-backend-wasm")).pathname);
  }
  if (backend === "webgpu" && tf.findBackendFactory("webgpu") === null) await registerWebGpu();
  if (!(await tf.setBackend(backend))) {
    throw new InputError({
      doing: "starting tfjs",
      found: `its backend ${backend} does not start`,
      wanted: "cpu, wasm or webgpu",
      next: "the wasm backend reads its binaries in Deno's cache: allow that " +
        "(BASELINES_ALLOW=--allow-read=<DENO_DIR of deno info>), or " + anotherDevice(),
    });
  }
  return describe(backend);
}

let webGpuName = "";

function describe(backend: TfjsBackend): string {
  return backend === "webgpu" ? `webgpu, ${webGpuName}` : backend;
}

/**
 * tfjs's own registration looks for `window` and does nothing on Deno: make the device here and
 * hand it over.
 */
async function registerWebGpu(): Promise<void> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw new InputError({
      doing: "starting tfjs on WebGPU",
      found: "there is no WebGPU adapter",
      wanted: "a GPU with a Vulkan, Metal or DirectX 12 driver",
      next: anotherDevice(),
    });
  }
  const { limits } = adapter;
  const device = await adapter.requestDevice({
    requiredLimits: {
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxBufferSize: limits.maxBufferSize,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    },
  });
  const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu");
  webGpuName = adapter.info.description || adapter.info.device || adapter.info.vendor ||
    "unnamed adapter";
  tf.registerBackend("webgpu", () => new WebGPUBackend(device, adapter.info));
}

/**
 * Which engine computes: what the user asked for, or the best there is. Engines are loaded only
 * when chosen.
 */
import type { CreateEngine } from "./engine.ts";

/** The devices one may ask for. `tfjs` runs on its wasm backend; the other two name theirs. */
export const DEVICES = ["auto", "webgpu", "wasm", "tfjs", "tfjs-cpu", "tfjs-webgpu"] as const;
/** One of the devices. */
export type Device = typeof DEVICES[number];

/** An engine's maker and why it was picked. */
export interface Choice {
  readonly device: Exclude<Device, "auto">;
  readonly create: CreateEngine;
  /** For people: printed and kept in config.json. */
  readonly why: string;
}

/**
 * Picks the engine. `auto` takes a hardware GPU where there is one, else the CPU engine; never a
 * software adapter.
 */
export async function chooseEngine(device: Device): Promise<Choice> {
  if (device !== "auto") {
    return { device, create: await loaderOf(device), why: `--device ${device}` };
  }
  const { requestGpu, describeGpu } = await import("./webgpu/device.ts");
  const gpu = await requestGpu({ allowSoftware: false });
  if (gpu === undefined) {
    return { device: "wasm", create: await loaderOf("wasm"), why: "no hardware GPU" };
  }
  const name = describeGpu(gpu);
  gpu.device.destroy(); // each engine asks for a device of its own
  return {
    device: "webgpu",
    create: await loaderOf("webgpu"),
    why: `there is a hardware GPU: ${name}`,
  };
}

/** tfjs's backend behind each of its devices. */
const TFJS_BACKENDS = { tfjs: "wasm", "tfjs-cpu": "cpu", "tfjs-webgpu": "webgpu" } as const;

async function loaderOf(device: Exclude<Device, "auto">): Promise<CreateEngine> {
  switch (device) {
    case "tfjs":
    case "tfjs-cpu":
    case "tfjs-webgpu": {
      const { createTfjsEngine } = await import("./tfjs/engine.ts");
      return (options) => createTfjsEngine(options, TFJS_BACKENDS[device]);
    }
    case "wasm":
      return (await import("./wasm/engine.ts")).createWasmEngine;
    case "webgpu": {
      const { createWebGpuEngine } = await import("./webgpu/engine.ts");
      // asked for by name, or picked because it is hardware
      return (options) => createWebGpuEngine(options, { allowSoftware: true });
    }
  }
}

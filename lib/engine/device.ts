/**
 * Which engine computes: what the user asked for, or the best there is. Engines are loaded only
 * when chosen.
 */
import type { NeuralModel } from "../models/neural.ts";
import type { Adaptation, CreateAdaptation } from "./adaptation.ts";
import type { CreateEngine } from "./engine.ts";
import type { MeasureMemory } from "./memory_use.ts";

/** The devices one may ask for. `tfjs` runs on its wasm backend; the other two name theirs. */
export const DEVICES = ["auto", "webgpu", "wasm", "tfjs", "tfjs-cpu", "tfjs-webgpu"] as const;
/** One of the devices. */
export type Device = typeof DEVICES[number];

/** An engine's maker and why it was picked. */
export interface Choice {
  readonly device: Exclude<Device, "auto">;
  readonly create: CreateEngine;
  /** What training would take of its memory. */
  readonly measure: MeasureMemory;
  /** For people: printed and kept in config.json. */
  readonly why: string;
}

/**
 * Picks the engine. `auto` takes a hardware GPU where there is one, else the CPU engine; never a
 * software adapter.
 */
export async function chooseEngine(device: Device): Promise<Choice> {
  if (device !== "auto") {
    return { device, ...await load(device), why: `--device ${device}` };
  }
  const { requestGpu, describeGpu } = await import("./webgpu/device.ts");
  const gpu = await requestGpu({ allowSoftware: false });
  if (gpu === undefined) {
    return { device: "wasm", ...await load("wasm"), why: "no hardware GPU" };
  }
  const name = describeGpu(gpu);
  gpu.device.destroy(); // each engine asks for a device of its own
  return {
    device: "webgpu",
    ...await load("webgpu"),
    why: `there is a hardware GPU: ${name}`,
  };
}

/** What adapts a model to few-shot tasks. */
export interface AdaptationChoice {
  readonly name: Adaptation["name"];
  readonly create: CreateAdaptation;
}

/**
 * What adapts a model where `device` computes: the GPU, where it has kernels for the model's tasks;
 * else the CPU, which says what it does not adapt.
 */
export async function chooseAdaptation(
  device: Choice["device"],
  model: NeuralModel,
): Promise<AdaptationChoice> {
  if (device === "webgpu") {
    const { isAdaptable } = await import("./webgpu/tasks/adaptable.ts");
    const { createWebGpuAdaptation } = await import("./webgpu/tasks/adaptation.ts");
    // asked for by name, or picked because it is hardware
    const create: CreateAdaptation = (options) =>
      createWebGpuAdaptation(options, { allowSoftware: true });
    if (isAdaptable(model)) return { name: "webgpu", create };
  }
  const { createWasmAdaptation: create } = await import("./wasm/tasks/adaptation.ts");
  return { name: "wasm", create };
}

/** tfjs's backend behind each of its devices. */
const TFJS_BACKENDS = { tfjs: "wasm", "tfjs-cpu": "cpu", "tfjs-webgpu": "webgpu" } as const;

async function load(
  device: Exclude<Device, "auto">,
): Promise<Pick<Choice, "create" | "measure">> {
  switch (device) {
    case "tfjs":
    case "tfjs-cpu":
    case "tfjs-webgpu": {
      const { createTfjsEngine, measureTfjs: measure } = await import("./tfjs/engine.ts");
      return { create: (options) => createTfjsEngine(options, TFJS_BACKENDS[device]), measure };
    }
    case "wasm": {
      const { createWasmEngine: create } = await import("./wasm/engine.ts");
      const { measureWasm: measure } = await import("./wasm/measure.ts");
      return { create, measure };
    }
    case "webgpu": {
      const { createWebGpuEngine } = await import("./webgpu/engine.ts");
      const { webGpuMeasure } = await import("./webgpu/measure.ts");
      // asked for by name, or picked because it is hardware
      const request = { allowSoftware: true };
      return {
        create: (options) => createWebGpuEngine(options, request),
        measure: webGpuMeasure(request),
      };
    }
  }
}

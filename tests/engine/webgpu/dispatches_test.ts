import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { programOf } from "../../../lib/engine/webgpu/architectures.ts";
import type { Gpu } from "../../../lib/engine/webgpu/device.ts";
import { checkDispatches } from "../../../lib/engine/webgpu/dispatches.ts";
import { createWebGpuEngine } from "../../../lib/engine/webgpu/engine.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { gruModel } from "../../../lib/models/gru.ts";
import { sasRecModel } from "../../../lib/models/sasrec.ts";
import { shuffledPlan } from "../../../lib/samplers/pair_sequences.ts";
import { gpuTest, optionsOf, randomWindows, using } from "./cases.ts";

/** A device with WebGPU's least limits. */
const LEAST = {
  info: { vendor: "", architecture: "", device: "", description: "the least device" },
  software: true,
  limits: {
    maxComputeInvocationsPerWorkgroup: 256,
    maxComputeWorkgroupSizeX: 256,
    maxComputeWorkgroupStorageSize: 16384,
    maxComputeWorkgroupsPerDimension: 65535,
    maxStorageBufferBindingSize: 2 ** 27,
    maxStorageBuffersPerShaderStage: 8,
    maxBufferSize: 2 ** 28,
  },
} as unknown as Gpu;

/** Sizes of a batch of windows with a target at each of `length` items. */
const batchOf = (windows: number, length = 1) => ({
  windows,
  tokens: windows * length,
  distinct: 300,
  targets: windows * length,
  longest: length,
  stretches: 0,
  furtherStretches: 0,
});

for (
  const [name, model, most, kernel] of [
    ["SASRec", sasRecModel(343), 65535, "sasRecForward"],
    ["the GRU, two windows a workgroup", gruModel(343), 2 * 65535, "gruForward"],
  ] as const
) {
  Deno.test(`a batch of more workgroups than a device takes is refused by name: ${name}`, () => {
    const { stores, differentiate } = programOf({ model })(LEAST);
    checkDispatches(LEAST, stores, differentiate, batchOf(most));
    assertThrows(
      () => checkDispatches(LEAST, stores, differentiate, batchOf(most + 1)),
      InputError,
      `dispatching the kernel ${kernel} over a batch of ${most + 1} windows on the least device`,
    );
  });
}

Deno.test("a catalogue of many distinct items is split over two dimensions", () => {
  const { stores, differentiate } = programOf({ model: gruModel(400_000) })(LEAST);
  const large = { ...batchOf(1000, 400), distinct: 400_000, targets: 1000 };
  checkDispatches(
    LEAST,
    stores,
    differentiate.filter(({ kernel: { name } }) => name === "weightGradients"),
    large,
  );
});

gpuTest("the engine refuses such a batch before it trains, and takes smaller ones", async () => {
  const options = optionsOf(gruModel(20, { hiddenDim: 16 }), randomWindows(20, 400, 4, 1));
  const engine = await createWebGpuEngine(options, {
    allowSoftware: true,
    limits: { maxComputeWorkgroupsPerDimension: 150 },
  });
  await using(engine, async (engine) => {
    const before = await engine.export();
    await assertRejects(
      () => engine.train(shuffledPlan(400, 400, 1, "m", 1), 0, 1),
      InputError,
      "needs 200, and the device's maxComputeWorkgroupsPerDimension is 150",
    );
    assertEquals(await engine.export(), before);
    await engine.train(shuffledPlan(400, 8, 1, "m", 1), 0, 1);
  });
});

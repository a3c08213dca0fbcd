import { assertEquals } from "@std/assert";
import { describeGpu, isSoftware, requestGpu } from "../../../lib/engine/webgpu/device.ts";

const named = (description: string, vendor = "", device = "0") => ({
  vendor,
  architecture: "",
  device,
  description,
});

Deno.test("rasterisers are recognised by name, also where the adapter does not say so", () => {
  for (
    const name of [
      "llvmpipe (LLVM 15.0.6, 256 bits)",
      "SwiftShader Device (Subzero)",
      "Microsoft Basic Render Driver",
      "lavapipe",
      "WARP",
    ]
  ) {
    assertEquals(isSoftware(named(name)), true, name);
  }
  for (
    const name of [
      "NVIDIA H200",
      "AMD Radeon RX 7900 XTX (RADV NAVI31)",
      "Intel(R) Arc(tm) A770",
      "Apple M3",
    ]
  ) {
    assertEquals(isSoftware(named(name)), false, name);
  }
  assertEquals(isSoftware({ ...named("anything"), isFallbackAdapter: true }), true);
});

Deno.test("a device is named once, with its vendor", () => {
  assertEquals(describeGpu({ info: named("NVIDIA H200", "4318"), software: false }), "NVIDIA H200");
  assertEquals(
    describeGpu({ info: named("Radeon Pro", "4098"), software: false }),
    "AMD Radeon Pro",
  );
  assertEquals(
    describeGpu({ info: named("llvmpipe", "65541"), software: true }),
    "llvmpipe, software",
  );
  assertEquals(describeGpu({ info: named("", "", ""), software: false }), "unnamed adapter");
});

const gpu = await requestGpu({ allowSoftware: true });
const there = gpu !== undefined;
gpu?.device.destroy();

Deno.test({
  name: there
    ? "a device has its adapter's limits, or lower ones on request"
    : "device limits: skipped, there is no WebGPU adapter",
  ignore: !there,
  fn: async () => {
    const full = (await requestGpu({ allowSoftware: true }))!;
    assertEquals(
      full.device.limits.maxStorageBufferBindingSize,
      full.adapter.limits.maxStorageBufferBindingSize,
    );
    assertEquals(
      full.device.limits.maxComputeWorkgroupStorageSize,
      full.adapter.limits.maxComputeWorkgroupStorageSize,
    );
    full.device.destroy();
    const small = (await requestGpu({
      allowSoftware: true,
      limits: { maxComputeWorkgroupStorageSize: 16384 },
    }))!;
    assertEquals(small.limits.maxComputeWorkgroupStorageSize, 16384);
    small.device.destroy();
  },
});

Deno.test({
  name: gpu?.software
    ? "a software adapter is refused unless allowed"
    : "refusing a software adapter: skipped, there is none",
  ignore: !gpu?.software,
  fn: async () => assertEquals(await requestGpu({ allowSoftware: false }), undefined),
});

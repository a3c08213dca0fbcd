import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import type { Variant } from "../../../lib/engine/tuning.ts";
import { programOf } from "../../../lib/engine/webgpu/architectures.ts";
import type { Gpu } from "../../../lib/engine/webgpu/device.ts";
import {
  describeTuned,
  distinctVariants,
  fastest,
  isVariant,
  kernelVariants,
  median,
  submitVariants,
  tuningKey,
} from "../../../lib/engine/webgpu/variants.ts";
import type { BinaryLoss } from "../../../lib/models/loss.ts";
import { gruModel } from "../../../lib/models/gru.ts";
import { sasRecModel } from "../../../lib/models/sasrec.ts";

const limitsOf = (threads: number): Gpu["limits"] => ({
  maxComputeInvocationsPerWorkgroup: threads,
  maxComputeWorkgroupSizeX: threads,
  maxComputeWorkgroupStorageSize: 32768,
  maxComputeWorkgroupsPerDimension: 65535,
  maxStorageBufferBindingSize: 2 ** 30,
  maxStorageBuffersPerShaderStage: 8,
  maxBufferSize: 2 ** 30,
});
const info = { vendor: "4318", architecture: "", device: "9", description: "a card, driver 1" };
const BCE: BinaryLoss = { name: "bce", negatives: 2, calibration: 0 };
const OWN: Variant = { threads: 1024, registers: true, stepsASubmit: 128 };

Deno.test("the candidates of a device begin with the engine's own choice", () => {
  const threads = (most: number) => kernelVariants(most).map((one) => one.threads);
  assertEquals(kernelVariants(1024)[0], OWN);
  assertEquals(threads(1024), [1024, 512, 256, 128, 64, 1024]);
  assertEquals(threads(256), [256, 128, 64, 256]);
  assertEquals(kernelVariants(256).at(-1)!.registers, false);
});

Deno.test("no candidate makes the same kernels as another", () => {
  const distinct = (model: Parameters<typeof programOf>[0]["model"]) =>
    distinctVariants(
      kernelVariants(1024),
      (variant) => programOf({ model })({ limits: limitsOf(1024) }, variant),
    ).map(({ threads, registers }) => `${threads}${registers ? "" : " streamed"}`);
  // SASRec has no recurrence; below 256 threads tiles are smaller, below 128 the head, too
  assertEquals(distinct(sasRecModel(343)), ["1024", "128", "64"]);
  // 384 threads hold its matrix; with fewer it is streamed, as without registers
  assertEquals(distinct(gruModel(343)), ["1024", "256", "128", "64"]);
  // 96 threads suffice
  const small = gruModel(343, { embeddingDim: 64, hiddenDim: 64 });
  assertEquals(distinct(small), ["1024", "128", "64", "1024 streamed"]);
});

Deno.test("steps a submit are tried as far as there are batches", () => {
  const steps = (batches: number) => submitVariants(OWN, batches).map((one) => one.stepsASubmit);
  assertEquals([steps(128), steps(20), steps(8)], [[128, 32, 8], [128, 8], [128]]);
});

Deno.test("the fastest median is chosen, of equals the first", () => {
  assertEquals(median([5, 1, 3]), 3);
  assertEquals(median([4, 1, 3, 2]), 2.5);
  const slow = { ...OWN, ms: 2 };
  const failed = { ...OWN, threads: 64, error: "too large" };
  const quick = { ...OWN, threads: 128, ms: 1 };
  const chosen = { ...OWN, threads: 128 };
  assertEquals(fastest([slow, failed, quick, { ...OWN, threads: 256, ms: 1 }]), chosen);
  assertThrows(() => fastest([failed]), TypeError, "no variant has a time");
  assertEquals(
    describeTuned({ adapter: "a card", chosen, times: [slow, failed, quick] }),
    "at most 128 threads a workgroup, 128 steps a submit (1.000 ms a step, 2.000 by default; " +
      "2 timed)",
  );
});

Deno.test("only what a device can have is taken from a file", () => {
  assert(isVariant({ ...OWN, threads: 256, stepsASubmit: 8 }, 1024));
  assert(isVariant({ ...OWN, registers: false }, 1024));
  for (const wrong of [{ threads: 2048 }, { threads: 100 }, { stepsASubmit: 7 }]) {
    assert(!isVariant({ ...OWN, ...wrong }, 1024), JSON.stringify(wrong));
  }
  assert(!isVariant({ ...OWN, threads: 256, registers: false }, 1024));
});

Deno.test("the key changes with driver, limits, network, loss and batch", () => {
  const model = gruModel(343);
  const gpu = { info, limits: limitsOf(1024) };
  const plan = { order: Int32Array.of(0, 1, 2), offsets: Int32Array.of(0, 2, 3) };
  const key = tuningKey(gpu, { model }, plan);
  assertEquals(tuningKey(gpu, { model, loss: { name: "cross_entropy" } }, { ...plan }), key);
  for (
    const other of [
      tuningKey({ ...gpu, info: { ...info, description: "a card, driver 2" } }, { model }, plan),
      tuningKey({ ...gpu, limits: limitsOf(256) }, { model }, plan),
      tuningKey(gpu, { model: gruModel(344) }, plan),
      tuningKey(gpu, { model, loss: BCE }, plan),
      tuningKey(gpu, { model }, { ...plan, offsets: Int32Array.of(0, 1, 3) }),
    ]
  ) assertNotEquals(other, key);
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { programOf } from "../../../lib/engine/webgpu/architectures.ts";
import { planEpoch } from "../../../lib/engine/webgpu/plan.ts";
import { gruModel } from "../../../lib/models/gru.ts";
import { parameterSpecs } from "../../../lib/models/neural.ts";
import { countParameters } from "../../../lib/models/parameters.ts";
import { sasRecModel } from "../../../lib/models/sasrec.ts";
import { pairSequences, shuffledPlan } from "../../../lib/samplers/pair_sequences.ts";
import { notebookPairs } from "../../../scripts/bench/notebook_lengths.ts";
import { workOf } from "../../../scripts/bench/webgpu_work.ts";

const LIMITS = {
  maxComputeInvocationsPerWorkgroup: 1024,
  maxComputeWorkgroupSizeX: 1024,
  maxComputeWorkgroupStorageSize: 49152,
  maxComputeWorkgroupsPerDimension: 65535,
  maxStorageBufferBindingSize: 2 ** 31,
  maxStorageBuffersPerShaderStage: 8,
  maxBufferSize: 2 ** 32,
};
const pairs = notebookPairs(600);
const sequences = pairSequences(pairs, 50);

for (const model of [gruModel(343), sasRecModel(343, { readout: "last_item" })]) {
  /** Operations of a step's stages by the kernels' names, with the catalogue whole or in shards. */
  const flopsOf = (shardItems?: number) => {
    const { shape, stores, differentiate, update } = programOf({ model })(
      { limits: LIMITS },
      { shardItems },
    );
    const plan = shuffledPlan(pairs.count, 256, 1, "work", 1);
    const [step] = planEpoch(sequences, plan, shape).steps;
    const lengths = plan.order.subarray(0, 256).map((window) => sequences.length[window]);
    const flops: Record<string, number> = {};
    for (const { kernel: { name }, store } of [...differentiate, ...update]) {
      flops[name] ??= 0;
      flops[name] += workOf({ model, stores, step, lengths }, name, store).flops;
    }
    return { flops, count: stores.length };
  };

  Deno.test(`a catalogue in shards is as much work as a whole one: ${model.architecture}`, () => {
    const { flops: whole } = flopsOf();
    const { flops: sharded, count } = flopsOf(64);
    assertEquals(count, 1 + 2 * 6);
    const adam = 12 * countParameters(parameterSpecs(model));
    assertEquals(whole.adam, adam);
    const inShards = sharded.adam + sharded.adamOfShard;
    assert(inShards >= adam && inShards < 1.02 * adam, "padding of the shards aside");
    assert(sharded.adam < 0.9 * adam, "the tables are no part of store 0");
    assertEquals(sharded.weightGradients + sharded.shardHeadGradients, whole.weightGradients);
    assertEquals(sharded.logits + sharded.hiddenGradient, whole.softmaxHead);
  });
}

Deno.test("a kernel whose work nobody counted is an error", () => {
  const model = gruModel(343);
  const { shape, stores } = programOf({ model })({ limits: LIMITS });
  const plan = shuffledPlan(pairs.count, 256, 1, "work", 1);
  const [step] = planEpoch(sequences, plan, shape).steps;
  const lengths = new Int32Array(256);
  assertThrows(
    () => workOf({ model, stores, step, lengths }, "toy", 0),
    TypeError,
    "no work is counted for toy",
  );
});

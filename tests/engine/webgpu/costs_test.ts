/**
 * Costs, counted at the API: what makes a small model fast on a large card is what it does not do.
 */
import { assert, assertEquals } from "@std/assert";
import { programOf } from "../../../lib/engine/webgpu/architectures.ts";
import { createWebGpuEngine } from "../../../lib/engine/webgpu/engine.ts";
import { planEpoch } from "../../../lib/engine/webgpu/plan.ts";
import { STRETCH_TOKENS } from "../../../lib/kernels/webgpu/plan_records.ts";
import type { Constants } from "../../../lib/kernels/webgpu/template.ts";
import { readStep } from "../../../lib/kernels/webgpu/step_uniform.ts";
import { gruModel } from "../../../lib/models/gru.ts";
import type { DrawingLoss, Loss } from "../../../lib/models/loss.ts";
import type { NeuralModel } from "../../../lib/models/neural.ts";
import { sasRecModel } from "../../../lib/models/sasrec.ts";
import { pairSequences, shuffledPlan } from "../../../lib/samplers/pair_sequences.ts";
import { notebookPairs } from "../../../scripts/bench/notebook_lengths.ts";
import { counting, gpuTest, optionsOf, randomWindows } from "./cases.ts";

/** A large card's. */
const LARGE = {
  maxComputeInvocationsPerWorkgroup: 1024,
  maxComputeWorkgroupSizeX: 1024,
  maxComputeWorkgroupStorageSize: 49152,
  maxComputeWorkgroupsPerDimension: 65535,
  maxStorageBufferBindingSize: 2 ** 31,
  maxStorageBuffersPerShaderStage: 8,
  maxBufferSize: 2 ** 32,
};
const STEPS = 16;
const BATCH = 3;
const GBCE: DrawingLoss = { name: "gbce", negatives: 64, calibration: 0.75 };
const COSTS: readonly (readonly [string, NeuralModel, number, Loss?])[] = [
  ["a GRU step", gruModel(343), 6],
  ["a SASRec step", sasRecModel(343), 5],
  ["a SASRec step, last_item", sasRecModel(343, { readout: "last_item" }), 5],
  ["a SASRec step, all_positions", sasRecModel(343, { readout: "all_positions" }), 5],
  ["a GRU step with dropout", gruModel(343, { embeddingDropout: 0.2 }), 8],
  ["a tied GRU step", gruModel(343, { embeddingDim: 64, hiddenDim: 64, tied: true }), 6],
  [
    "a SASRec step, tied, gbce",
    sasRecModel(343, { readout: "last_item", tied: true }),
    5,
    GBCE,
  ],
];
for (const [name, model, most, loss] of COSTS) {
  gpuTest(
    `${name} at the notebook's sizes costs at most ${most} dispatches; ` +
      "nothing is made, uploaded or read inside an epoch",
    async () => {
      await counting(async (counts) => {
        const several = name.endsWith("all_positions");
        const windows = randomWindows(343, STEPS * BATCH, 6, 1, several);
        const plan = shuffledPlan(STEPS * BATCH, BATCH, 1, name, 1);
        // the second epoch has the same batches, so that none is larger than all before
        const plans = [plan, { ...plan, order: plan.order.toReversed() }];
        const engine = await createWebGpuEngine({ ...optionsOf(model, windows), loss });
        const made = counts.pipelines;
        assert(made > 0, "the API is wrapped");
        for (const [epoch, plan] of plans.entries()) {
          counts.reset();
          await engine.train(plan, 0, STEPS);
          assert(
            counts.dispatches <= most * STEPS && counts.dispatches >= 5 * STEPS,
            `${counts.dispatches / STEPS} dispatches a step`,
          );
          assertEquals(counts.submits, 2, "one submit of all steps, one for the losses");
          assertEquals(
            [counts.maps, counts.writes, counts.pipelines],
            [1, 2, 0],
            "one read of losses, one upload of words and one of numbers",
          );
          if (epoch > 0) assertEquals(counts.buffers, 0);
        }
        // an epoch in pieces: its plan is already there
        counts.reset();
        await engine.train(plans[0], 0, 8);
        assertEquals(counts.writes, 2);
        counts.reset();
        await engine.train(plans[0], 8, STEPS);
        assertEquals([counts.writes, counts.maps, counts.buffers, counts.pipelines], [0, 1, 0, 0]);
        assert(counts.held > 0);
        engine.dispose();
        assertEquals(counts.held, 0);
      });
    },
  );
}

gpuTest("an epoch's plan costs little: bytes a step", async () => {
  await counting(async (counts) => {
    const windows = randomWindows(343, 256, 9, 1);
    const engine = await createWebGpuEngine(optionsOf(gruModel(343, { hiddenDim: 16 }), windows));
    const tokens = windows.items.length;
    counts.reset();
    await engine.train(
      { order: Int32Array.from({ length: 256 }, (_, i) => i), offsets: Int32Array.of(0, 256) },
      0,
      1,
    );
    // windows, targets, tokens twice, distinct items twice, the step's numbers
    const most = 4 * (256 * (8 + 4) + 2 * tokens + 2 * 344) + 256;
    assert(counts.writtenBytes <= most, `${counts.writtenBytes} bytes, expected at most ${most}`);
    engine.dispose();
  });
});

for (const [model, parts] of [[gruModel(343), 2], [sasRecModel(343), 16]] as const) {
  Deno.test(
    `${model.architecture} at the notebook's sizes: no thread adds up more than ` +
      `${STRETCH_TOKENS / parts} tokens of a popular course, in no dispatch of its own`,
    () => {
      const pairs = notebookPairs(20_000);
      const { shape, differentiate } = programOf({ model })({ limits: LARGE });
      const sequences = pairSequences(pairs, 50);
      const { words, numbers, most } = planEpoch(
        sequences,
        shuffledPlan(pairs.count, 256, 1, "costs", 1),
        shape,
      );
      const { segmentsAt, distinct } = readStep(numbers, 0);
      const segments = [...words.subarray(segmentsAt, segmentsAt + distinct + 1)]
        .map((end, slot, ends) => end - (ends[slot - 1] ?? 0));
      assert(Math.max(...segments) > 150, "courses are as popular as real ones");
      assert(most.stretches > 10);
      assertEquals(most.furtherStretches, 0);
      const stages = differentiate.filter(({ kernel: { name } }) => name === "weightGradients");
      const partsOf = ({ SIZE, SUM_QUADS, MOST_PARTS }: Constants) =>
        Math.min(Math.floor(SIZE / SUM_QUADS), MOST_PARTS);
      assertEquals(stages.map(({ kernel: { key } }) => partsOf(key)), [parts]);
    },
  );
}

gpuTest("the next plan is asked for between the submits and the wait for the losses", async () => {
  await counting(async (counts) => {
    const windows = randomWindows(20, 8, 4, 1);
    const engine = await createWebGpuEngine(optionsOf(gruModel(20, { hiddenDim: 16 }), windows));
    const plan = shuffledPlan(8, 4, 1, "m", 1);
    const asked: number[][] = [];
    counts.reset();
    await engine.train(plan, 0, 2, () => {
      asked.push([counts.submits, counts.maps]);
      return { ...plan };
    });
    assertEquals(asked, [[1, 0]]);
    engine.dispose();
  });
});

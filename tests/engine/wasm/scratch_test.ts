/** The dry run: what it counts is what a step and scoring take, to the byte. */
import { BLOCK_BYTES } from "../../../lib/kernels/wasm/fields.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { ADAM } from "../../../lib/engine/engine.ts";
import { startingState } from "../../../lib/engine/training_state.ts";
import { BARRIER_WORDS } from "../../../lib/engine/wasm/barrier.ts";
import { measureBatches, reserveExchange } from "../../../lib/engine/wasm/batch_memory.ts";
import { layoutOf, writeTensor } from "../../../lib/engine/wasm/layout.ts";
import { sharedMemory } from "../../../lib/engine/wasm/memory.ts";
import { partsOf } from "../../../lib/engine/wasm/parts.ts";
import { scoreWindows } from "../../../lib/engine/wasm/score.ts";
import { batchScratch, countScratch } from "../../../lib/engine/wasm/scratch.ts";
import { trainStep } from "../../../lib/engine/wasm/step.ts";
import { makeThread } from "../../../lib/engine/wasm/thread.ts";
import { KERNELS } from "../../../lib/kernels/wasm/binary.ts";
import { instantiateKernels } from "../../../lib/kernels/wasm/kernels.ts";
import { gruModel } from "../../../lib/models/gru.ts";
import { CROSS_ENTROPY, type DrawingLoss, type Loss } from "../../../lib/models/loss.ts";
import { architectureOf, type NeuralModel } from "../../../lib/models/neural.ts";
import { sasRecModel } from "../../../lib/models/sasrec.ts";
import { randomSequences } from "./random_sequences.ts";

Deno.test("a stack holds what a counter has counted, and not a float more", () => {
  const sizes = [0, 1, 16, 17, 1000];
  const counter = countScratch();
  const offsets = sizes.map((floats) => counter.take(floats));
  const stack = batchScratch(4096, 4096 + counter.bytes());
  assertEquals(sizes.map((floats) => stack.take(floats)), offsets.map((at) => 4096 + at));
  assertThrows(() => stack.take(1), RangeError, "the dry run measured");
  stack.reset();
  assertEquals(stack.take(1), 4096);
});

const BPR_MAX: DrawingLoss = { name: "bpr_max", negatives: 7, regularisation: 1 };
const ALL = { hiddenDim: 8, maxLen: 9, readout: "all_positions" } as const;
const MODELS: readonly (readonly [string, NeuralModel, Loss?])[] = [
  ["gru", gruModel(11, { embeddingDim: 6, hiddenDim: 9 })],
  ["gru of 5,001 courses", gruModel(5001, { embeddingDim: 3, hiddenDim: 5 })],
  ["sasrec, last column", sasRecModel(11, { hiddenDim: 8, maxLen: 9 })],
  ["sasrec, last item", sasRecModel(11, { hiddenDim: 8, maxLen: 9, readout: "last_item" })],
  [
    "sasrec of heads of 5 and three blocks",
    sasRecModel(11, { hiddenDim: 15, numHeads: 3, numBlocks: 3, maxLen: 9, feedForwardDim: 7 }),
  ],
  ["sasrec of one block", sasRecModel(11, { hiddenDim: 8, numBlocks: 1, maxLen: 9 })],
  ["a tied sasrec", sasRecModel(11, { hiddenDim: 8, maxLen: 9, tied: true })],
  [
    "a tied gru with negatives",
    gruModel(11, { embeddingDim: 6, hiddenDim: 6, tied: true }),
    BPR_MAX,
  ],
  [
    "gru with dropout",
    gruModel(11, { embeddingDim: 6, hiddenDim: 9, maxLen: 9, embeddingDropout: 0.2 }),
  ],
  ["sasrec, all positions", sasRecModel(11, { ...ALL, hiddenDim: 15, numHeads: 3 })],
  ["sasrec of one block, all positions", sasRecModel(11, { ...ALL, numBlocks: 1 })],
];

for (const [name, model, loss = CROSS_ENTROPY] of MODELS) {
  for (const training of [true, false]) {
    const what = training ? "a step" : "scoring";
    Deno.test(`${what} of ${name} takes what its dry run counts, to the byte`, () => {
      const { run, measured } = oneThread(model, loss, training);
      run(measured);
      assertThrows(() => run(measured - 64), RangeError, "the dry run measured");
    });
  }
}

/** One batch of one thread, on this thread, with a scratch of so many bytes. */
function oneThread(model: NeuralModel, loss: Loss, training: boolean) {
  const windows = randomSequences(model.nItems, 30, 9, 3);
  const plan = {
    order: Int32Array.from({ length: 30 }, (_, i) => i),
    offsets: Int32Array.of(0, 30),
  };
  const padded = training && architectureOf(model).readsLastColumn(model);
  const parts = partsOf(model, loss);
  const layout = layoutOf(model);
  const shared = sharedMemory();
  const { memory, reserve, put, floats } = shared;
  const region = () => reserve(4 * layout.size);
  const addresses = {
    control: reserve(4 * BARRIER_WORDS),
    parameters: region(),
    first: region(),
    second: region(),
    gradients: region(),
    items: put(windows.items),
    start: put(windows.start),
    length: put(windows.length),
    targetOffsets: put(windows.targetOffsets),
    targetPosition: put(windows.targetPosition),
    targetLabel: put(windows.targetLabel),
  };
  const { parameters } = startingState(model, 1);
  for (const tensor of layout.tensors) {
    writeTensor(
      floats(addresses.parameters, layout.size),
      tensor,
      parameters[tensor.name].data,
    );
  }
  const batches = { windows, plan, from: 0, to: 1, training, padded };
  const most = measureBatches(parts, model, batches, 1);
  const exchange = reserveExchange(shared, parts, model, layout, most, 1);
  const out = reserve(4 * 30 * model.nItems);
  const scratch = reserve(most.scratch);
  const kernels = instantiateKernels(
    new WebAssembly.Module(KERNELS),
    memory,
    reserve(BLOCK_BYTES),
  );
  const slotOf = new Int32Array(layout.itemTable.rows).fill(-1);
  const run = (bytes: number) => {
    const bounds = [scratch, scratch + bytes] as const;
    const thread = makeThread(
      { model, loss, optimizer: ADAM, seed: 1, index: 0, threads: 1 },
      { memory, kernels, layout, slotOf },
      { shared: addresses, exchange },
      batchScratch(...bounds),
    );
    const { order } = plan;
    if (training) trainStep(thread, parts, { order, step: 1, padded, update: true });
    else scoreWindows(thread, parts.architecture, { order, out, firstRow: 0 });
  };
  return { run, measured: most.scratch };
}

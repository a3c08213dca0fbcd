import { assert, assertEquals } from "@std/assert";
import type { Engine, EngineOptions } from "../../../lib/engine/engine.ts";
import { createTfjsEngine } from "../../../lib/engine/tfjs/engine.ts";
import { createWasmEngine } from "../../../lib/engine/wasm/engine.ts";
import { requestGpu } from "../../../lib/engine/webgpu/device.ts";
import { programOf } from "../../../lib/engine/webgpu/architectures.ts";
import { createWebGpuEngine } from "../../../lib/engine/webgpu/engine.ts";
import { gruModel } from "../../../lib/models/gru.ts";
import type { NeuralModel } from "../../../lib/models/neural.ts";
import { sasRecModel } from "../../../lib/models/sasrec.ts";
import type { Plan } from "../../../lib/samplers/sequences.ts";
import { assertClose } from "../../close.ts";
import { testParity } from "../parity.ts";
import { adapterThere, gpuTest, optionsOf, randomWindows, using } from "./cases.ts";

const inShards = (shardItems: number) => (options: EngineOptions) =>
  createWebGpuEngine(options, { allowSoftware: true, shardItems });

if (adapterThere) {
  testParity("webgpu", createWebGpuEngine);
  testParity("webgpu, the catalogue in shards of 8", inShards(8), [
    "gru_small.json",
    "gru_changing_batches.json",
    "sasrec_small.last_column.json",
    "sasrec_changing_batches.json",
    "gru_own_padding.json",
    "gru_dropout.json",
    "sasrec_own_padding.json",
    "sasrec_all_positions.json",
    "gru_tied.json",
    "sasrec_tied.json",
    "gru_bce.json",
    "gru_bpr_max.json",
    "gru_tied_bpr_max.json",
    "sasrec_tied_gbce.json",
  ]);
} else {Deno.test({
    name: "webgpu's parity: skipped, there is no WebGPU adapter",
    ignore: true,
    fn: () => {},
  });}

/** Five batches of different sizes, one of a single window. */
const RAGGED: Plan = {
  order: Int32Array.from({ length: 40 }, (_, i) => (i * 17) % 40),
  offsets: Int32Array.of(0, 13, 14, 26, 35, 40),
};

/** Small sizes, so that the software adapter compiles few programs. */
const small = { hiddenDim: 16, feedForwardDim: 20, maxLen: 9 };
const MODELS: readonly (readonly [
  string,
  NeuralModel,
  boolean,
  ((options: EngineOptions) => Promise<Engine>)?,
])[] = [
  ["gru of odd sizes", gruModel(33, { embeddingDim: 6, hiddenDim: 7, maxLen: 9 }), false],
  [
    "gru, several targets a window",
    gruModel(33, { embeddingDim: 8, hiddenDim: 12, maxLen: 9 }),
    true,
  ],
  [
    "gru in shards, several targets",
    gruModel(33, { embeddingDim: 6, hiddenDim: 7, maxLen: 9 }),
    true,
    inShards(12),
  ],
  ["sasrec last_column", sasRecModel(33, small), false],
  [
    "sasrec last_item, several targets",
    sasRecModel(33, { ...small, readout: "last_item" }),
    true,
  ],
  [
    "sasrec of one block in shards",
    sasRecModel(33, { ...small, numBlocks: 1, readout: "last_item" }),
    true,
    inShards(16),
  ],
  [
    "sasrec all_positions, padding of its own",
    sasRecModel(33, { ...small, readout: "all_positions", ownPadding: true }),
    true,
  ],
  [
    "gru of odd sizes with dropout, in shards, several targets",
    gruModel(33, {
      embeddingDim: 6,
      hiddenDim: 7,
      maxLen: 9,
      embeddingDropout: 0.3,
      ownPadding: true,
    }),
    true,
    inShards(12),
  ],
  [
    "gru with dropout",
    gruModel(33, { embeddingDim: 8, hiddenDim: 12, maxLen: 9, embeddingDropout: 0.2 }),
    false,
  ],
];

for (const [name, model, several, create = createWebGpuEngine] of MODELS) {
  gpuTest(`five ragged batches as on another engine, dropout masks included: ${name}`, async () => {
    const options = optionsOf(model, randomWindows(33, 40, 9, 4, several));
    const run = (engine: Engine) =>
      using(engine, async () => {
        const steps = [];
        for (let b = 0; b < 5; b++) {
          const { loss, gradients } = await engine.gradients(RAGGED, b);
          steps.push({ loss, gradients, trained: (await engine.train(RAGGED, b, b + 1))[0] });
        }
        return { steps, scores: await engine.score(options.sequences) };
      });
    // where the wasm engine reads SASRec out once a window, tfjs is the yardstick
    const wasm = !several || model.architecture === "gru" || name.includes("all_positions");
    const wanted = await run(
      await (wasm
        ? createWasmEngine({ ...options, threads: 1 })
        : createTfjsEngine(options, "cpu")),
    );
    const got = await run(await create(options));
    wanted.steps.forEach(({ loss, gradients }, b) => {
      assertClose([got.steps[b].loss, got.steps[b].trained], [loss, loss], `loss of step ${b + 1}`);
      // gradients near zero move a parameter by their sign, so later steps may differ a little more
      for (const [key, { data }] of Object.entries(gradients)) {
        assertClose(
          got.steps[b].gradients[key].data,
          data,
          `step ${b + 1}, ${key}`,
          b === 0 ? 1e-5 : 3e-5,
          b === 0 ? 1e-4 : 1e-3,
        );
      }
    });
    assertClose(got.scores, wanted.scores, "scores after five steps", 1e-4, 1e-3);
  });

  gpuTest(
    `two runs give the same bits, restarted or not: ${name}`,
    async () => {
      const options = optionsOf(model, randomWindows(33, 40, 9, 4, several));
      const whole = await using(
        await create(options),
        async (engine) => {
          const again = { ...RAGGED }; // a plan made ahead is the plan
          const losses = await engine.train(RAGGED, 0, 2, () => again);
          return {
            losses: [...losses, ...await engine.train(again, 2, 5)],
            state: await engine.export(),
          };
        },
      );
      const half = await using(await create(options), async (engine) => {
        const losses = [...await engine.train(RAGGED, 0, 1), ...await engine.train(RAGGED, 1, 2)];
        // neither looking at gradients nor scoring moves anything
        await engine.gradients(RAGGED, 4);
        return {
          losses: [...losses, ...await engine.train(RAGGED, 2, 3)],
          state: await engine.export(),
          looked: await engine.gradients(RAGGED, 0), // by the masks of step 4, not of step 1
        };
      });
      const rest = await using(await create({ ...options, state: half.state }), async (engine) => {
        await engine.score(options.sequences);
        const looked = await engine.gradients(RAGGED, 0);
        // one that is not trained then changes nothing
        const reversed = { order: RAGGED.order.toReversed(), offsets: RAGGED.offsets };
        const losses = await engine.train(RAGGED, 3, 4, () => reversed);
        return {
          looked,
          losses: [...losses, ...await engine.train({ ...RAGGED }, 4, 5)],
          state: await engine.export(),
        };
      });
      assertEquals([...half.losses, ...rest.losses], whole.losses);
      assertEquals(rest.state, whole.state);
      assertEquals(rest.looked, half.looked);
    },
  );
}

for (const [name, model, , create = createWebGpuEngine] of MODELS.slice(1, 4)) {
  gpuTest(`ranks are those of the scores: ${name}`, async () => {
    const windows = randomWindows(33, 300, 9, 8);
    const labels = windows.targetLabel;
    const options = optionsOf(model, windows);
    // every score is its bias, and many are equal
    options.state.parameters["fc.weight"].data.fill(0);
    options.state.parameters["fc.bias"].data.forEach((_, v, bias) => bias[v] = v % 5);
    for (const engine of [await create(options), await create(optionsOf(model, windows))]) {
      await using(engine, async () => {
        const scores = await engine.score(windows);
        const ranks = await engine.rank!(windows, labels);
        for (let i = 0; i < 300; i++) {
          const row = scores.subarray(i * 33, (i + 1) * 33);
          const own = row[labels[i]];
          assertEquals(
            ranks[i],
            1 + row.filter((x, v) => x > own || (x === own && v < labels[i])).length,
            `window ${i}`,
          );
        }
      });
    }
  });
}

gpuTest(
  "5,000 courses on a device whose bindings hold 1 MiB: six shards of the output layer",
  async () => {
    const model = gruModel(5000, { embeddingDim: 8, hiddenDim: 16, maxLen: 9 });
    const options = optionsOf(model, randomWindows(5000, 12, 9, 6));
    const plan = {
      order: Int32Array.from({ length: 12 }, (_, i) => i),
      offsets: Int32Array.of(0, 7, 12),
    };
    const labels = options.sequences.targetLabel;
    const limited = await createWebGpuEngine(options, {
      allowSoftware: true,
      limits: { maxStorageBufferBindingSize: 2 ** 20 },
    });
    const gpu = (await requestGpu({
      allowSoftware: true,
      limits: { maxStorageBufferBindingSize: 2 ** 20 },
    }))!;
    gpu.device.destroy();
    const { stores } = programOf({ model })(gpu);
    assertEquals(stores.filter(({ logits }) => logits > 0).length, 6);
    const run = (engine: Engine) =>
      using(engine, async () => ({
        first: await engine.gradients(plan, 0),
        losses: await engine.train(plan, 0, 2),
        scores: await engine.score(options.sequences),
        ranks: await engine.rank?.(options.sequences, labels),
      }));
    const got = await run(limited);
    const wanted = await run(await createWasmEngine({ ...options, threads: 1 }));
    assertClose(got.losses, wanted.losses, "losses");
    for (const [key, { data }] of Object.entries(wanted.first.gradients)) {
      assertClose(
        got.first.gradients[key].data,
        data,
        key,
      );
    }
    assertClose(got.scores, wanted.scores, "scores after two steps", 1e-4, 1e-3);
    labels.forEach((label, i) => {
      const row = got.scores.subarray(i * 5000, (i + 1) * 5000);
      assertEquals(
        got.ranks![i],
        1 + row.filter((x, v) => x > row[label] || (x === row[label] && v < label)).length,
      );
    });
  },
);

gpuTest("a repeating pattern is learnt", async () => {
  const model = gruModel(6, { embeddingDim: 8, hiddenDim: 16, maxLen: 9 });
  const windows = randomWindows(6, 32, 9, 2);
  const cyclic = { ...windows, items: windows.items.map((_, i) => i % 6) };
  const targetLabel = cyclic.start.map((at, i) =>
    (cyclic.items[at + cyclic.length[i] - 1] + 1) % 6
  );
  const plan = {
    order: Int32Array.from({ length: 32 * 60 }, (_, i) => i % 32),
    offsets: Int32Array.from({ length: 61 }, (_, b) => b * 32),
  };
  await using(
    await createWebGpuEngine({
      ...optionsOf(model, { ...cyclic, targetLabel }),
      optimizer: { learningRate: 0.02, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    }),
    async (engine) => {
      const losses = await engine.train(plan, 0, 60);
      assert(losses[0] > 1.5 && losses[59] < 0.1, `from ${losses[0]} to ${losses[59]}`);
    },
  );
});

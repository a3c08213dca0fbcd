/** Batches in which one course is nearly everywhere, as popular ones are in large batches. */
import { assertEquals } from "@std/assert";
import { createWasmEngine } from "../../../lib/engine/wasm/engine.ts";
import { createWebGpuEngine } from "../../../lib/engine/webgpu/engine.ts";
import { LONG, STRETCH_TOKENS } from "../../../lib/kernels/webgpu/plan_records.ts";
import { gruModel } from "../../../lib/models/gru.ts";
import type { NeuralModel } from "../../../lib/models/neural.ts";
import { assertClose } from "../../close.ts";
import { counting, gpuTest, optionsOf, randomWindows, using } from "./cases.ts";

const ITEMS = 33;
const WINDOWS = 150;
const random = randomWindows(ITEMS, WINDOWS, 9, 4);
/** Nine tokens in ten are of course 4; course 7 is popular enough to be long. */
const POPULAR = {
  ...random,
  items: random.items.map((item, i) => {
    if (i % 10 < 9) return 4;
    return i % 20 < 10 ? 7 : item;
  }),
};
const PLAN = {
  order: Int32Array.from({ length: WINDOWS }, (_, i) => i),
  offsets: Int32Array.of(0, WINDOWS - 2, WINDOWS),
};

const MODELS: readonly (readonly [string, NeuralModel, number?])[] = [
  ["a GRU", gruModel(ITEMS, { embeddingDim: 6, hiddenDim: 7, maxLen: 9 })],
  [
    "a GRU with dropout, in shards",
    gruModel(ITEMS, { embeddingDim: 8, hiddenDim: 12, maxLen: 9, embeddingDropout: 0.2 }),
    12,
  ],
  ["a tied GRU", gruModel(ITEMS, { embeddingDim: 8, hiddenDim: 8, maxLen: 9, tied: true })],
];

for (const [name, model, shardItems] of MODELS) {
  gpuTest(`a popular course's gradient is as on another engine: ${name}`, async () => {
    const options = optionsOf(model, POPULAR);
    const open = () => createWebGpuEngine(options, { allowSoftware: true, shardItems });
    const wasm = await createWasmEngine({ ...options, threads: 1 });
    const wanted = await using(wasm, (engine) => engine.gradients(PLAN, 0));
    await counting(async (counts) => {
      const trained = await using(await open(), async (engine) => {
        const got = await engine.gradients(PLAN, 0);
        for (const [key, { data }] of Object.entries(wanted.gradients)) {
          assertClose(got.gradients[key].data, data, key);
        }
        const dispatches = [];
        for (const batch of [0, 1]) {
          counts.reset();
          await engine.train(PLAN, batch, batch + 1);
          dispatches.push(counts.dispatches);
        }
        const [large, small] = dispatches;
        assertEquals(large, small + 1, "stretches are added up where there are several");
        return await engine.export();
      });
      const again = await using(await open(), async (engine) => {
        await engine.train(PLAN, 0, 2);
        return await engine.export();
      });
      assertEquals(again, trained, "two runs give the same bits");
    });
  });
}

Deno.test("the popular courses of these tests are long, and one has several stretches", () => {
  const tokens = (item: number) =>
    POPULAR.items.subarray(0, POPULAR.start[WINDOWS - 2]).filter((other) => other === item).length;
  assertEquals([tokens(4) > STRETCH_TOKENS, tokens(7) > LONG], [true, true]);
});

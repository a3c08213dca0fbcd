import { assert, assertEquals } from "@std/assert";
import { ADAM } from "../../../lib/engine/engine.ts";
import { startingState } from "../../../lib/engine/training_state.ts";
import { createWasmEngine } from "../../../lib/engine/wasm/engine.ts";
import { measureWasm } from "../../../lib/engine/wasm/measure.ts";
import { gruModel } from "../../../lib/models/gru.ts";
import type { NeuralModel } from "../../../lib/models/neural.ts";
import { sasRecModel } from "../../../lib/models/sasrec.ts";
import { shuffledPlan } from "../../../lib/samplers/pair_sequences.ts";
import { batchCount } from "../../../lib/samplers/sequences.ts";
import { randomSequences } from "./random_sequences.ts";

/** Runs while the last shared memory that is made is remembered. */
async function withMemory(run: () => Promise<void>): Promise<WebAssembly.Memory> {
  const { Memory } = WebAssembly;
  let made: WebAssembly.Memory | undefined;
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      made = this;
    }
  };
  try {
    await run();
  } finally {
    WebAssembly.Memory = Memory;
  }
  return made!;
}

const SEQUENCES = randomSequences(500, 300, 20, 1);
const PLAN = shuffledPlan(300, 64, 1, "m", 1);
const MODELS: Readonly<Record<string, NeuralModel>> = {
  gru: gruModel(500, { embeddingDim: 30, hiddenDim: 70 }),
  "sasrec, last column": sasRecModel(500, { hiddenDim: 34, numBlocks: 3, maxLen: 20 }),
  "sasrec, last item": sasRecModel(500, { maxLen: 20, readout: "last_item" }),
};

for (const [name, model] of Object.entries(MODELS)) {
  for (const threads of [1, 3]) {
    Deno.test(`what is measured is what training takes: ${name}, ${threads} threads`, async () => {
      const { byteLength } = (await withMemory(async () => {
        const engine = await createWasmEngine({
          model,
          state: startingState(model, 1),
          sequences: SEQUENCES,
          optimizer: ADAM,
          seed: 1,
          threads,
        });
        await engine.train(PLAN, 0, batchCount(PLAN));
        engine.dispose();
      })).buffer;
      const { bytes } = measureWasm({
        model,
        threads,
        batches: { sequences: SEQUENCES, plan: PLAN },
      });
      // the memory grows by pages of 64 KiB, keeps its first page, and rounds each region up
      assert(bytes <= byteLength && byteLength - bytes < 3 * 65536, `${bytes} of ${byteLength}`);
    });
  }
}

Deno.test("without batches the four records of the parameters are measured", () => {
  const model = gruModel(5, { embeddingDim: 4, hiddenDim: 8 });
  // embedding 5×4, gates 3×8×(4 + 8 + 1 + 1), output 5×8 and 5 padded to 8
  assertEquals(measureWasm({ model }).bytes, 16 * (20 + 24 * 14 + 40 + 8));
});

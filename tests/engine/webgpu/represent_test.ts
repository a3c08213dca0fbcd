/** Hidden states read back from the device: those that the output layer makes tfjs's logits of. */
import { assertEquals } from "@std/assert";
import type { Engine, EngineOptions } from "../../../lib/engine/engine.ts";
import { createTfjsEngine } from "../../../lib/engine/tfjs/engine.ts";
import { createWebGpuEngine } from "../../../lib/engine/webgpu/engine.ts";
import { gruModel } from "../../../lib/models/gru.ts";
import type { NeuralModel } from "../../../lib/models/neural.ts";
import type { Parameters } from "../../../lib/models/parameters.ts";
import { sasRecModel } from "../../../lib/models/sasrec.ts";
import { assertClose } from "../../close.ts";
import { gpuTest, optionsOf, randomWindows, using } from "./cases.ts";

const ITEMS = 33;
const WINDOWS = 300; // more than one portion
const inShards = (options: EngineOptions) =>
  createWebGpuEngine(options, { allowSoftware: true, shardItems: 12 });

/** Few distinct sizes, so that the software adapter compiles few programs. */
const oddGru = gruModel(ITEMS, { embeddingDim: 6, hiddenDim: 7, maxLen: 9 });
const sasRec = sasRecModel(ITEMS, { hiddenDim: 16, feedForwardDim: 20, maxLen: 9 });
const MODELS: readonly (readonly [
  string,
  NeuralModel,
  (options: EngineOptions) => Promise<Engine>,
])[] = [
  ["gru of odd widths", oddGru, createWebGpuEngine],
  ["gru of odd widths, in shards", oddGru, inShards],
  ["sasrec, whose scoring drops nothing out", sasRec, createWebGpuEngine],
  ["sasrec in shards", sasRec, inShards],
];

for (const [name, model, create] of MODELS) {
  gpuTest(`states times the output layer are tfjs's logits: ${name}`, async () => {
    const windows = randomWindows(ITEMS, WINDOWS, 9, 8);
    const options = optionsOf(model, windows);
    const { parameters } = options.state;
    const logits = await using(
      await createTfjsEngine(options, "cpu"),
      (engine) => engine.score(windows),
    );
    await using(await create(options), async (engine) => {
      const states = await engine.represent(windows);
      assertEquals(states.length, WINDOWS * model.hiddenDim);
      assertClose(outputLayer(states, parameters, model), logits, "states · Wᵀ + b");
      // a state depends on its own window only, and scoring between changes nothing
      await engine.score(windows);
      assertEquals(await engine.represent(windows), states);
      const few = {
        ...windows,
        start: windows.start.slice(40, 43),
        length: windows.length.slice(40, 43),
      };
      assertEquals(
        await engine.represent(few),
        states.slice(40 * model.hiddenDim, 43 * model.hiddenDim),
      );
    });
  });
}

/** Logits [windows × items] of states [windows × hidden] in float64. */
function outputLayer(
  states: Float32Array,
  parameters: Parameters,
  { nItems, hiddenDim }: NeuralModel,
): Float64Array {
  const weight = parameters["fc.weight"].data;
  const bias = parameters["fc.bias"].data;
  return Float64Array.from({ length: states.length / hiddenDim * nItems }, (_, i) => {
    const window = Math.floor(i / nItems);
    const item = i % nItems;
    let sum = bias[item];
    for (let k = 0; k < hiddenDim; k++) {
      sum += states[window * hiddenDim + k] * weight[item * hiddenDim + k];
    }
    return sum;
  });
}

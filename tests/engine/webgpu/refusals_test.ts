/** What the engine lacks is refused by its name, before a device is asked for. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../../lib/errors/input_error.ts";
import type { EngineOptions } from "../../../lib/engine/engine.ts";
import { startingState } from "../../../lib/engine/training_state.ts";
import { ARCHITECTURES } from "../../../lib/engine/webgpu/architectures.ts";
import { createWebGpuEngine } from "../../../lib/engine/webgpu/engine.ts";
import { HEADS } from "../../../lib/engine/webgpu/heads.ts";
import { ADAM } from "../../../lib/engine/engine.ts";
import { gruModel } from "../../../lib/models/gru.ts";

const MODEL = gruModel(10, { embeddingDim: 4, hiddenDim: 4 });
const OPTIONS: EngineOptions = {
  model: MODEL,
  state: startingState(MODEL, 1),
  optimizer: ADAM,
  seed: 1,
};

/** The error of an engine with these options, which must not have asked for a device. */
async function refusal(options: EngineOptions): Promise<string> {
  let asked = 0;
  const request = {
    get allowSoftware() {
      asked++;
      return true;
    },
  };
  const error = await assertRejects(() => createWebGpuEngine(options, request), InputError);
  assertEquals(asked, 0, "no device is asked for");
  return error.message;
}

Deno.test("a third architecture is refused by name, with those there are", async () => {
  const model = { ...MODEL, architecture: "narm" };
  const message = await refusal({ ...OPTIONS, model });
  assertStringIncludes(message, "webgpu engine");
  assertStringIncludes(message, '"narm"');
  for (const { name } of ARCHITECTURES) assertStringIncludes(message, name);
});

Deno.test("an unknown loss is refused by name, with those there are", async () => {
  const message = await refusal({ ...OPTIONS, loss: { name: "bpr" } });
  assertStringIncludes(message, "webgpu engine");
  assertStringIncludes(message, '"bpr"');
  for (const { name } of HEADS) assertStringIncludes(message, name);
});

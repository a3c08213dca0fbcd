/**
 * Saved models in PyTorch's hands, and PyTorch's in ours. Needs a Python with torch and
 * safetensors, named by TORCH_PYTHON or on PATH.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { readInitialWeights } from "../../lib/jobs/baselines/initial_weights.ts";
import { BASELINES } from "../../lib/baselines/registry.ts";
import { GRU_GLOBAL } from "../../lib/baselines/gru_global.ts";
import { ADAM } from "../../lib/engine/engine.ts";
import { createTfjsEngine } from "../../lib/engine/tfjs/engine.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { gruModel } from "../../lib/models/gru.ts";
import { parameterSpecs } from "../../lib/models/neural.ts";
import { initialise } from "../../lib/models/parameters.ts";
import { sasRecModel } from "../../lib/models/sasrec.ts";
import { configOf } from "../jobs/job.ts";

const python = Deno.env.get("TORCH_PYTHON") ?? "python3";
const fixtures = new URL("../fixtures/", import.meta.url).pathname;

async function run(...args: string[]) {
  try {
    const command = new Deno.Command(python, {
      args,
      cwd: fixtures,
      env: { PYTHONDONTWRITEBYTECODE: "1" },
    });
    const { code, stdout, stderr } = await command.output();
    return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
  } catch {
    return { code: -1, text: `${python} cannot be started` };
  }
}

const ready = (await run("-c", "import torch, numpy, safetensors.torch")).code === 0;

Deno.test({
  name: ready
    ? "a saved model loads into PyTorch and computes the same, and PyTorch's file starts ours"
    : "models in PyTorch: skipped, no Python with torch and safetensors (TORCH_PYTHON names one)",
  ignore: !ready,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const nItems = 31;
    const sequences = [[3], [0, 5, 0, 30], Array.from({ length: 50 }, (_, i) => (7 * i) % nItems)];
    const models = {
      gru_global: gruModel(nItems),
      sasrec: sasRecModel(nItems),
      sasrec_last_item: sasRecModel(nItems, { readout: "last_item" }),
      gru_own_padding: gruModel(nItems, { ownPadding: true }),
      sasrec_all_positions: sasRecModel(nItems, { readout: "all_positions", ownPadding: true }),
      gru_tied: gruModel(nItems, { embeddingDim: 128, tied: true }),
      sasrec_tied: sasRecModel(nItems, { readout: "all_positions", tied: true }),
    };
    const cases = [];
    for (const [name, model] of Object.entries(models)) {
      const parameters = initialise(parameterSpecs(model), 7);
      const file = `${name}.safetensors`;
      await Deno.writeFile(`${folder}/${file}`, GRU_GLOBAL.encode({ model, parameters }));
      const engine = await createTfjsEngine({
        model,
        state: startingState(model, 0, parameters),
        optimizer: ADAM,
        seed: 0,
      }, "cpu");
      const logits: number[][] = [];
      for (const items of sequences) {
        logits.push([
          ...await engine.score({
            items: Int32Array.from(items),
            start: Int32Array.of(0),
            length: Int32Array.of(items.length),
          }),
        ]);
      }
      engine.dispose();
      cases.push({ file, logits });
    }
    await Deno.writeTextFile(`${folder}/cases.json`, JSON.stringify({ sequences, models: cases }));
    const { code, text } = await run("check_safetensors.py", folder);
    assertEquals(code, 0, text);
    for (const { file } of cases) assertStringIncludes(text, `${file}: 3 sequences agree`);

    const init = Object.keys(models).map((name) => `${name}=${folder}/pytorch_${name}.safetensors`)
      .join(",");
    const line = ["--models", Object.keys(models).join(","), "--init", init];
    const { parameters } = await readInitialWeights(
      configOf(...line),
      BASELINES,
      nItems,
    );
    for (const [name, model] of Object.entries(models)) {
      for (const [key, { data }] of Object.entries(initialise(parameterSpecs(model), 7))) {
        assertEquals(
          parameters[name as keyof typeof models]![key].data,
          data.map((x) => Math.fround(1.5 * x)),
          `${name}, ${key}`,
        );
      }
    }

    cases[0].logits[1][4] += 0.001; // the check can fail
    await Deno.writeTextFile(`${folder}/cases.json`, JSON.stringify({ sequences, models: cases }));
    assertStringIncludes(
      (await run("check_safetensors.py", folder)).text,
      "times the tolerance away",
    );
  },
});

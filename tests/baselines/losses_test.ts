import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { GRU_GLOBAL } from "../../lib/baselines/gru_global.ts";
import { GRU_TIED } from "../../lib/baselines/gru_tied.ts";
import { LOSS, lossOf } from "../../lib/baselines/losses.ts";
import { BASELINES } from "../../lib/baselines/registry.ts";
import { SASREC_TIED } from "../../lib/baselines/sasrec_tied.ts";
import { type Baseline, NOTEBOOK_TRAINING } from "../../lib/baselines/baseline.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import type { CreateEngine, EngineOptions } from "../../lib/engine/engine.ts";
import { createWasmEngine } from "../../lib/engine/wasm/engine.ts";
import { CROSS_ENTROPY } from "../../lib/models/loss.ts";
import { defaultsOf } from "../../lib/settings/settings.ts";
import { configOf } from "../jobs/job.ts";
import { madeUpLog } from "./made_up_log.ts";

const LOG = madeUpLog(6, 40);

/** Fits with some settings; the options of the engine that was made. */
async function optionsOf(baseline: Baseline, settings: object): Promise<EngineOptions> {
  let made: EngineOptions | undefined;
  const create: CreateEngine = (options) => createWasmEngine(made = { ...options, threads: 1 });
  const values = { ...defaultsOf(baseline.config), epochs: 1, ...settings };
  await baseline.fit(LOG, values, { create, seed: 1, training: NOTEBOOK_TRAINING });
  return made!;
}

Deno.test("the losses of settings: the whole catalogue, or what each needs", () => {
  const own = defaultsOf(LOSS);
  assertEquals(lossOf(own), CROSS_ENTROPY);
  const of = (settings: object) => lossOf({ ...own, negatives: 9, ...settings });
  assertEquals<unknown>(of({ loss: "bce", calibration: 1 }), {
    name: "bce",
    negatives: 9,
    calibration: 0,
  });
  assertEquals<unknown>(of({ loss: "gbce" }), { name: "gbce", negatives: 9, calibration: 0.75 });
  const bprMax = { name: "bpr_max", negatives: 9, regularisation: 2 };
  assertEquals(of({ loss: "bpr_max", regularisation: 2 }), bprMax);
});

Deno.test("every neural baseline has the losses and the tie, and trains with them", async () => {
  const neural = BASELINES.filter(({ family }) => family === "neural");
  for (const { name, config } of neural) {
    const keys = [...Object.keys(LOSS), ...name.endsWith("_tied") ? [] : ["tied"]];
    assertEquals(keys.filter((key) => !Object.hasOwn(config, key)), [], name);
  }
  const args = ["--gru_global.loss", "gbce", "--gru_global.negatives", "7", "--gru_global.tied"];
  const { own } = configOf(...args, "--gru_global.embedding-dim", "128");
  const options = await optionsOf(GRU_GLOBAL as unknown as Baseline, own.gru_global);
  assertEquals<unknown>(options.loss, { name: "gbce", negatives: 7, calibration: 0.75 });
  assertEquals(Object.keys(options.state.parameters).includes("fc.weight"), false);
});

Deno.test("tied baselines are tied, untied ones as they were", async () => {
  const tied = { tied: true, ownPadding: true } as const;
  const sasrec = (await optionsOf(SASREC_TIED as unknown as Baseline, { maxSeqLen: 4 })).model;
  assertEquals<unknown>(sasrec, { ...sasrec, ...tied, initialDeviation: 0.02 });
  const gru = (await optionsOf(GRU_TIED as unknown as Baseline, {})).model;
  assertEquals<unknown>(gru, { ...gru, ...tied, embeddingDim: 128, hiddenDim: 128 });
  const { model } = await optionsOf(GRU_GLOBAL as unknown as Baseline, {});
  assertEquals(Object.keys(model), [
    "architecture",
    "nItems",
    "embeddingDim",
    "hiddenDim",
    "maxLen",
  ]);
});

Deno.test("refused: two widths of one table, negatives of a single course", async () => {
  const gru = GRU_GLOBAL as unknown as Baseline;
  const { message } = await assertRejects(() => optionsOf(gru, { tied: true }), InputError);
  assertStringIncludes(message, "embeddings of 64 and states of 128");
  assertStringIncludes(message, "embedding-dim");
  const pairs = { ...LOG.pairs, items: LOG.pairs.items.map(() => 0) };
  const one = { nItems: 1, pairs: { ...pairs, label: pairs.label.map(() => 0) } };
  const values = { ...defaultsOf(gru.config), loss: "bce", epochs: 1 };
  const context = {
    create: createWasmEngine,
    seed: 1,
    training: NOTEBOOK_TRAINING,
  };
  await assertRejects(
    async () => await gru.fit(one, values, context),
    InputError,
    "a catalogue of one course",
  );
});

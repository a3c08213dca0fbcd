import { assert } from "@std/assert";
import process from "node:process";
import { SASREC } from "../../../lib/baselines/sasrec.ts";
import { ADAM } from "../../../lib/engine/engine.ts";
import { startingState } from "../../../lib/engine/training_state.ts";
import { createWasmEngine } from "../../../lib/engine/wasm/engine.ts";
import { shuffledPlan } from "../../../lib/samplers/pair_sequences.ts";
import { defaultsOf } from "../../../lib/settings/settings.ts";
import { NOTEBOOK_TRAINING } from "../../../lib/baselines/baseline.ts";
import { randomSequences } from "./random_sequences.ts";

const COURSES = 60;
const WINDOWS = 640;

/** Milliseconds of work that a batch of SASRec takes once training has run away, if it does. */
async function workOf(learningRate: number): Promise<number> {
  const model = SASREC.network!(COURSES, defaultsOf(SASREC.config), NOTEBOOK_TRAINING);
  const engine = await createWasmEngine({
    model,
    state: startingState(model, 1),
    sequences: randomSequences(COURSES, WINDOWS, 50, 1),
    optimizer: { ...ADAM, learningRate },
    seed: 1,
    threads: 1,
  });
  const plan = shuffledPlan(WINDOWS, 32, 1, "sasrec", 1);
  await engine.train(plan, 0, 12);
  const begin = process.cpuUsage(); // other programs' time does not count
  await engine.train(plan, 12, 20);
  const { user } = process.cpuUsage(begin);
  engine.dispose();
  return user / 1000 / 8;
}

Deno.test("a learning rate that drives attention apart makes no batch slower", async () => {
  const usual = await workOf(1e-3);
  for (const learningRate of [0.1, 1]) {
    const work = await workOf(learningRate);
    assert(
      work < 3 * usual + 5,
      `${work.toFixed(1)} ms at ${learningRate}, ${usual.toFixed(1)} ms at 0.001`,
    );
  }
});

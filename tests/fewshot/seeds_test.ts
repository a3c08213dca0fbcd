/** How far the seed moves what meta-training reaches, as docs/fewshot.md says. */
import { assert, assertEquals } from "@std/assert";
import { synthesize } from "../../lib/dataset/synthetic/synthesize.ts";
import type { InnerLoop } from "../../lib/engine/adaptation.ts";
import { ADAM } from "../../lib/engine/engine.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { createWasmAdaptation } from "../../lib/engine/wasm/tasks/adaptation.ts";
import { taskDraws } from "../../lib/fewshot/meta_tasks.ts";
import { adaptedMethod, metaTrain } from "../../lib/fewshot/meta_train.ts";
import { ranksOfCells } from "../../lib/fewshot/ranks.ts";
import { tasksOf } from "../../lib/fewshot/task.ts";
import { computeMetrics } from "../../lib/metrics/metrics.ts";
import { gruModel } from "../../lib/models/gru.ts";

const INNER: InnerLoop = { optimizer: "sgd", moves: "all", rate: 0.1, steps: 3 };
const OPTIMIZER = { ...ADAM, learningRate: 5e-3 };

/** MRR on the test episodes of FOMAML from random weights: 200 steps of 8 tasks. */
async function mrrOf(seed: number): Promise<number> {
  const sizes = { users: 900, courses: 40, topics: 4 };
  const { courses, splits } = synthesize("habits", 5, 10, undefined, sizes);
  const model = gruModel(courses.length, { embeddingDim: 16, hiddenDim: 32 });
  const open = async (state: ReturnType<typeof startingState>) =>
    await createWasmAdaptation({ model, state, optimizer: OPTIMIZER, threads: 1 });
  const training = await open(startingState(model, seed));
  const { best } = await metaTrain(
    training,
    {
      inner: INNER,
      outer: { method: "first_order", learnsRates: false, clipNorm: 10 },
      steps: 200,
      validateEvery: 50,
      metric: "mrr",
      maxLen: model.maxLen,
    },
    taskDraws(splits.train, "users", 8, seed),
    tasksOf(splits.val),
  );
  training.dispose();
  const kept = await open(best);
  const method = adaptedMethod(kept, INNER, model.maxLen);
  const [ranks] = await ranksOfCells(method, tasksOf(splits.test), [{}]);
  kept.dispose();
  return computeMetrics(ranks).mrr;
}

Deno.test("seeds move meta-training's result by what docs/fewshot.md says", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/fewshot.md", import.meta.url));
  const said = /seeds 1 to 4\s+reach ([\d., and]+) on \d+ test episodes/.exec(page);
  assert(said !== null, "the page says what seeds reach");
  const values = said[1].match(/\.\d{3}/g)!.map(Number);
  assertEquals(values.length, 4);
  for (const [i, value] of values.entries()) {
    const found = await mrrOf(i + 1);
    assert(Math.abs(found - value) < 0.001, `seed ${i + 1}: ${found}, the page says ${value}`);
  }
  // the same seed is the same result, to the bit
  assertEquals(await mrrOf(2), await mrrOf(2));
});

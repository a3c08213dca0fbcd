/**
 * A family of tasks where only adaptation can work: each learner goes from every course to another
 * one by a permutation of their own. Nothing of it is in the prefix, all of it in the support.
 */
import { assert } from "@std/assert";
import { ADAM } from "../../lib/engine/engine.ts";
import type { InnerLoop } from "../../lib/engine/adaptation.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { createWasmAdaptation } from "../../lib/engine/wasm/tasks/adaptation.ts";
import { metaMethods } from "../../lib/fewshot/meta_methods.ts";
import { adaptedMethod, metaTrain } from "../../lib/fewshot/meta_train.ts";
import { ranksOfCells } from "../../lib/fewshot/ranks.ts";
import { askedOf, supportOf, type Tasks, withPlacebo } from "../../lib/fewshot/task.ts";
import { computeMetrics } from "../../lib/metrics/metrics.ts";
import { gruModel } from "../../lib/models/gru.ts";
import { permutation, streamKey } from "../../lib/random/threefry.ts";

const COURSES = 10;
const prefixes = Array.from({ length: COURSES }, (_, course) => Int32Array.of(course));

/** Every course and what learner `name` takes after it. */
function pairsOf(name: string) {
  const after = permutation(5, streamKey(name), COURSES);
  return prefixes.map((prefix, course) => ({ prefix, label: after[course] }));
}

/** Learners whose whole permutation is in the support, asked after every course. */
function tasksOf(split: string, learners: number): Tasks {
  const pairs = Array.from({ length: learners }, (_, i) => pairsOf(`${split}/${i}`));
  return {
    tasks: pairs.map((own) => {
      const support = supportOf(own);
      return { support, queries: prefixes.map((prefix) => askedOf(support, prefix)) };
    }),
    asked: {
      queries: pairs.flatMap(() => prefixes.map((prefix) => ({ prefix }))),
      labels: Int32Array.from(pairs.flat(), ({ label }) => label),
      episodeOffsets: Int32Array.from({ length: learners + 1 }, (_, i) => i * COURSES),
      users: Int32Array.from(pairs.flatMap((own, i) => own.map(() => i))),
    },
  };
}

for (const method of metaMethods(1)) {
  Deno.test(`${method.name} learns to learn a permutation that no prefix tells`, async () => {
    const model = gruModel(COURSES, { embeddingDim: 16, hiddenDim: 32, maxLen: 4 });
    const inner: InnerLoop = { optimizer: "sgd", moves: method.moves, rate: 0.3, steps: 3 };
    const each = (value: number) =>
      Object.keys(startingState(model, 1).parameters).map(() => value);
    const rates = { values: each(inner.rate), firstMoments: each(0), secondMoments: each(0) };
    const state = { ...startingState(model, 1), ...method.outer.learnsRates && { rates } };
    const optimizer = { ...ADAM, learningRate: 5e-3 };
    const train = await createWasmAdaptation({ model, state, optimizer, threads: 1 });
    const test = tasksOf("test", 20);
    try {
      const { best, checked } = await metaTrain(
        train,
        {
          inner,
          outer: { ...method.outer, clipNorm: 10 },
          steps: 300,
          validateEvery: 50,
          metric: "accuracy@1",
          maxLen: model.maxLen,
        },
        {
          draw: (step) => Int32Array.from({ length: 4 }, (_, i) => 4 * step + i),
          pairs: (episode) => {
            const own = pairsOf(`train/${episode}`);
            return { support: own, queries: own };
          },
        },
        tasksOf("val", 10),
      );
      const kept = await createWasmAdaptation({ model, state: best, optimizer, threads: 1 });
      try {
        const accuracy = async (tasks: Tasks, steps: number) => {
          const adapted = adaptedMethod(kept, { ...inner, steps }, model.maxLen);
          return computeMetrics((await ranksOfCells(adapted, tasks, [{}]))[0])["accuracy@1"];
        };
        const fewShot = await accuracy(test, inner.steps);
        const zeroShot = await accuracy(test, 0);
        const placebo = await accuracy(withPlacebo(test), inner.steps);
        const [{ value: untrained }] = checked;
        assert(untrained < 0.5, `inner steps alone reach ${untrained}`);
        assert(fewShot >= 0.8, `few-shot ${fewShot}`);
        // 200 queries at a chance of 1 in 10: 4.5 standard deviations are .095
        assert(zeroShot <= 0.2, `zero-shot ${zeroShot}`);
        assert(placebo <= 0.2, `placebo ${placebo}`);
      } finally {
        kept.dispose();
      }
    } finally {
      train.dispose();
    }
  });
}

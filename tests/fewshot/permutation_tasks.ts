/**
 * A family of tasks where only adaptation can work: each learner goes from every course to another
 * one by a permutation of their own. Nothing of it is in the prefix, all of it in the support.
 */
import { assert } from "@std/assert";
import type { CreateAdaptation, InnerLoop } from "../../lib/engine/adaptation.ts";
import { ADAM } from "../../lib/engine/engine.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import type { MetaMethod } from "../../lib/fewshot/meta_methods.ts";
import { adaptedMethod, metaTrain } from "../../lib/fewshot/meta_train.ts";
import { ranksOfCells } from "../../lib/fewshot/ranks.ts";
import { askedOf, supportOf, type Tasks, withPlacebo } from "../../lib/fewshot/task.ts";
import { computeMetrics } from "../../lib/metrics/metrics.ts";
import { gruModel } from "../../lib/models/gru.ts";
import { permutation, streamKey } from "../../lib/random/threefry.ts";

/** Every course and what learner `name` takes after it. */
function pairsOf(name: string, courses: number) {
  const after = permutation(5, streamKey(name), courses);
  return Array.from(after, (label, course) => ({ prefix: Int32Array.of(course), label }));
}

/** Learners whose whole permutation is in the support, asked after every course. */
function tasksOf(split: string, learners: number, courses: number): Tasks {
  const pairs = Array.from({ length: learners }, (_, i) => pairsOf(`${split}/${i}`, courses));
  return {
    tasks: pairs.map((own) => {
      const support = supportOf(own);
      return { support, queries: own.map(({ prefix }) => askedOf(support, prefix)) };
    }),
    asked: {
      queries: pairs.flatMap((own) => own.map(({ prefix }) => ({ prefix }))),
      labels: Int32Array.from(pairs.flat(), ({ label }) => label),
      episodeOffsets: Int32Array.from({ length: learners + 1 }, (_, i) => i * courses),
      users: Int32Array.from(pairs.flatMap((own, i) => own.map(() => i))),
    },
  };
}

/** How large and how long. */
export interface Learning {
  readonly courses: number;
  readonly embeddingDim: number;
  readonly hiddenDim: number;
  /** Outer steps of four learners each, and between two looks at validation. */
  readonly steps: number;
  readonly validateEvery: number;
  readonly outerRate: number;
  readonly innerRate: number;
  readonly innerSteps: number;
}

/**
 * Meta-trains from random weights. Fails where few-shot answers are below .8 on 20 new learners, or
 * those without their own support above chance: by 4.5 standard deviations over 200 queries.
 */
export async function learnsPermutations(
  method: MetaMethod,
  create: CreateAdaptation,
  size: Learning,
): Promise<void> {
  const { courses, embeddingDim, hiddenDim, steps, validateEvery } = size;
  const model = gruModel(courses, { embeddingDim, hiddenDim, maxLen: 4 });
  const inner: InnerLoop = {
    optimizer: "sgd",
    moves: method.moves,
    rate: size.innerRate,
    steps: size.innerSteps,
  };
  const each = (value: number) => Object.keys(startingState(model, 1).parameters).map(() => value);
  const rates = { values: each(inner.rate), firstMoments: each(0), secondMoments: each(0) };
  const state = { ...startingState(model, 1), ...method.outer.learnsRates && { rates } };
  const optimizer = { ...ADAM, learningRate: size.outerRate };
  const train = await create({ model, state, optimizer, threads: 1 });
  const learners = 200 / courses;
  const test = tasksOf("test", learners, courses);
  try {
    const { best, checked } = await metaTrain(
      train,
      {
        inner,
        outer: { ...method.outer, clipNorm: 10 },
        steps,
        validateEvery,
        metric: "accuracy@1",
        maxLen: model.maxLen,
      },
      {
        draw: (step) => Int32Array.from({ length: 4 }, (_, i) => 4 * step + i),
        pairs: (episode) => {
          const own = pairsOf(`train/${episode}`, courses);
          return { support: own, queries: own };
        },
      },
      tasksOf("val", 10, courses),
    );
    const kept = await create({ model, state: best, optimizer, threads: 1 });
    try {
      const accuracy = async (tasks: Tasks, steps: number) => {
        const adapted = adaptedMethod(kept, { ...inner, steps }, model.maxLen);
        return computeMetrics((await ranksOfCells(adapted, tasks, [{}]))[0])["accuracy@1"];
      };
      const fewShot = await accuracy(test, inner.steps);
      const zeroShot = await accuracy(test, 0);
      const placebo = await accuracy(withPlacebo(test), inner.steps);
      const [{ value: untrained }] = checked;
      const chance = 1 / courses;
      const limit = chance + 4.5 * Math.sqrt(chance * (1 - chance) / (learners * courses));
      assert(untrained < 0.5, `inner steps alone reach ${untrained}`);
      assert(fewShot >= 0.8, `few-shot ${fewShot}`);
      assert(zeroShot <= limit, `zero-shot ${zeroShot}, chance ${chance}`);
      assert(placebo <= limit, `placebo ${placebo}, chance ${chance}`);
    } finally {
      kept.dispose();
    }
  } finally {
    train.dispose();
  }
}

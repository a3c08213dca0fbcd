/** Methods that train on the support: what they see, and that cells share trainings rightly. */
import { assert, assertEquals } from "@std/assert";
import { ADAM } from "../../lib/engine/engine.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { createWasmAdaptation } from "../../lib/engine/wasm/tasks/adaptation.ts";
import { fineTuningMethods } from "../../lib/fewshot/fine_tune.ts";
import { adaptedMethod } from "../../lib/fewshot/meta_train.ts";
import type { Knobs, Method } from "../../lib/fewshot/method.ts";
import { type Task, tasksOf, withPlacebo } from "../../lib/fewshot/task.ts";
import { gruModel } from "../../lib/models/gru.ts";
import { N_ITEMS, SESSIONS, tinySplit, tinyTasks } from "./tiny_tasks.ts";

const model = gruModel(N_ITEMS, { embeddingDim: 8, hiddenDim: 8, maxLen: 4 });

/** The fine-tuning methods, and the inner loop of meta-trained ones. */
async function withMethods(
  use: (methods: readonly (Pick<Method, "answer" | "grid"> & { name: string })[]) => Promise<void>,
): Promise<void> {
  const state = startingState(model, 3);
  const adaptation = await createWasmAdaptation({ model, state, optimizer: ADAM, threads: 1 });
  const inner = { optimizer: "sgd", moves: "all", rate: 0.1, steps: 3 } as const;
  const metaTrained = adaptedMethod(adaptation, inner, model.maxLen);
  try {
    await use([
      ...fineTuningMethods(adaptation, model.maxLen),
      { name: "meta-trained", grid: [{}], ...metaTrained },
    ]);
  } finally {
    adaptation.dispose();
  }
}

/** [tasks][cells] scores. */
async function scoresOf(
  { answer }: Pick<Method, "answer">,
  tasks: readonly Task[],
  cells: readonly Knobs[],
): Promise<number[][][]> {
  const found: number[][][] = tasks.map(() => []);
  await answer(tasks, cells, (cell, task, scores) => found[task][cell] = [...scores]);
  return found;
}

Deno.test("labels of queries reach no adaptation", async () => {
  const split = tinySplit(SESSIONS, 3);
  const label = split.pairs.label.slice();
  for (const row of split.episodes.queryRows) label[row] = (label[row] + 1) % N_ITEMS;
  const poisoned = tasksOf({ ...split, pairs: { ...split.pairs, label } });
  const clean = tinyTasks();
  assert(poisoned.asked.labels.join() !== clean.asked.labels.join());
  await withMethods(async (methods) => {
    for (const method of methods) {
      assertEquals(
        await scoresOf(method, poisoned.tasks, method.grid),
        await scoresOf(method, clean.tasks, method.grid),
        method.name,
      );
    }
  });
});

Deno.test("a learner is answered alike alone, among others, and with fewer questions", async () => {
  const { tasks } = tinyTasks();
  await withMethods(async (methods) => {
    for (const method of methods) {
      const together = await scoresOf(method, tasks, method.grid);
      for (const [t, { support, queries }] of tasks.entries()) {
        const [alone] = await scoresOf(
          method,
          [{ support, queries: queries.slice(0, 1) }],
          method.grid,
        );
        alone.forEach((scores, cell) =>
          assertEquals(scores, together[t][cell].slice(0, N_ITEMS), method.name)
        );
      }
    }
  });
});

Deno.test("cells that share a training answer as each by itself", async () => {
  const { tasks } = tinyTasks();
  await withMethods(async (methods) => {
    for (const method of methods) {
      const together = await scoresOf(method, tasks, method.grid);
      for (const [c, cell] of method.grid.entries()) {
        const alone = await scoresOf(method, tasks, [cell]);
        assertEquals(
          alone.map(([scores]) => scores),
          together.map((cells) => cells[c]),
          method.name,
        );
      }
      const distinct = new Set(together[0].map((scores) => scores.join()));
      assertEquals(distinct.size, method.grid.length, `${method.name}: every cell is another one`);
    }
  });
});

Deno.test("another learner's support is another answer", async () => {
  const own = tinyTasks();
  await withMethods(async (methods) => {
    for (const method of methods) {
      const answered = await scoresOf(method, own.tasks, method.grid.slice(-1));
      const placebo = await scoresOf(method, withPlacebo(own).tasks, method.grid.slice(-1));
      assert(JSON.stringify(answered) !== JSON.stringify(placebo), method.name);
    }
  });
});

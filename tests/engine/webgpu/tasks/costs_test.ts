/** What adaptation costs, counted at the API: dispatches a step, uploads, read-backs, buffers. */
import { assert, assertEquals } from "@std/assert";
import type { Adaptation, InnerLoop, OuterLoop } from "../../../../lib/engine/adaptation.ts";
import { ADAM } from "../../../../lib/engine/engine.ts";
import { createWebGpuAdaptation } from "../../../../lib/engine/webgpu/tasks/adaptation.ts";
import { gruModel } from "../../../../lib/models/gru.ts";
import { taskWindows } from "../../../../lib/samplers/task_windows.ts";
import { movedState } from "../../moved_state.ts";
import { counting, type Counts, gpuTest } from "../cases.ts";
import { randomTasks } from "./random_tasks.ts";

/** The reference's sizes, whose kernels the driver has compiled for its tests already. */
const MODEL = gruModel(11, { embeddingDim: 5, hiddenDim: 7 });
const STEPS = 4;
const TASKS = 3;
const INNER: InnerLoop = { optimizer: "sgd", moves: "all", rate: 0.1, steps: 5 };
const tasks = randomTasks(11, STEPS * TASKS, 4);
const shared = taskWindows(tasks, MODEL.maxLen, "shared");
const apart = taskWindows(tasks, MODEL.maxLen, "apart");
const offsets = Int32Array.from({ length: STEPS + 1 }, (_, s) => s * TASKS);

/** Forwards, head, backwards, gradients. */
const GRADIENT = 4;
const FIRST_ORDER = 1 + INNER.steps * GRADIENT + GRADIENT + 2;
const OUTER: readonly (readonly [string, OuterLoop["method"], number])[] = [
  ["FOMAML: begin, inner steps, queries, sum, update", "first_order", FIRST_ORDER],
  ["Reptile: the same without the queries", "reptile", FIRST_ORDER - GRADIENT],
  [
    "MAML: for each inner step two gradients more, and four dispatches between them",
    "second_order",
    FIRST_ORDER + INNER.steps * (2 * GRADIENT + 4),
  ],
];

async function counted(run: (adaptation: Adaptation, counts: Counts) => Promise<void>) {
  await counting(async (counts) => {
    const options = { model: MODEL, state: movedState(MODEL), optimizer: ADAM };
    const adaptation = await createWebGpuAdaptation(options);
    await run(adaptation, counts);
    assert(counts.held > 0, "the API is wrapped");
    adaptation.dispose();
    assertEquals(counts.held, 0, "all memory is given back");
  });
}

gpuTest(
  `an outer step of 5 inner ones costs the dispatches that it says, however many tasks`,
  () =>
    counted(async (adaptation, counts) => {
      for (const [what, method, dispatches] of OUTER) {
        const outer: OuterLoop = { method, learnsRates: false, clipNorm: 10 };
        for (const time of ["first", "second"]) {
          counts.reset();
          await adaptation.trainOuter(shared, offsets, INNER, outer);
          assertEquals(counts.dispatches, STEPS * dispatches, what);
          assertEquals([counts.maps, counts.writes], [1, 3], "plan, rates, numbers; losses");
          const submits = Math.ceil(counts.dispatches / 256) + 1;
          assertEquals(counts.submits, submits, "the last one for the losses");
          if (time === "second") assertEquals([counts.buffers, counts.pipelines], [0, 0], what);
        }
      }
    }),
);

gpuTest(
  "fine-tuning passes the network once where only the output layer moves",
  () =>
    counted(async (adaptation, counts) => {
      const costs = { bias: 2, head: 2, all: GRADIENT } as const;
      for (const [moves, dispatches] of Object.entries(costs)) {
        const inner = { ...INNER, moves: moves as keyof typeof costs };
        counts.reset();
        await adaptation.answer(apart, inner, [1, 5]);
        const passes = moves === "all" ? 2 : 1 + 1; // of queries twice; of support and queries once
        const answers = 2;
        assertEquals(counts.dispatches, 1 + 5 * dispatches + passes + answers, moves);
        assertEquals([counts.maps, counts.writes], [1, 3], "plan, rates, numbers; answers");
      }
    }),
);

gpuTest(
  "an outer step's upload is small: its plan's words and numbers, no parameters",
  () =>
    counted(async (adaptation, counts) => {
      const outer: OuterLoop = { method: "first_order", learnsRates: false, clipNorm: 10 };
      counts.reset();
      await adaptation.trainOuter(shared, offsets, INNER, outer);
      const { windows } = shared;
      const tokens = windows.items.length;
      // parts; windows and targets; a token's row, twice; rows, their segments and their tasks
      const words = 2 * 12 * tasks.length +
        4 * (windows.length.length + windows.targetLabel.length) +
        2 * tokens + 5 * tokens + STEPS * (MODEL.nItems + 1);
      const passes = 256 * STEPS * (INNER.steps + 4);
      const most = 4 * words + passes + 64;
      assert(counts.writtenBytes <= most, `${counts.writtenBytes} bytes, expected at most ${most}`);
    }),
);

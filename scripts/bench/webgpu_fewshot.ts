/**
 * Few-shot on a GPU: outer steps of meta-training on preset xuetangx, next to the CPU engine, which
 * takes the same steps from the same start. On a software adapter it shows that it works.
 */
import type { Adaptation, Moves, OuterLoop } from "../../lib/engine/adaptation.ts";
import { ADAM } from "../../lib/engine/engine.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { createWasmAdaptation } from "../../lib/engine/wasm/tasks/adaptation.ts";
import { createWebGpuAdaptation } from "../../lib/engine/webgpu/tasks/adaptation.ts";
import { synthesize } from "../../lib/dataset/synthetic/synthesize.ts";
import { taskDraws } from "../../lib/fewshot/meta_tasks.ts";
import { gruModel } from "../../lib/models/gru.ts";
import { taskWindows } from "../../lib/samplers/task_windows.ts";
import { type BenchTable, median } from "./bench.ts";
import { openGpu } from "./webgpu.ts";

const METHODS: Readonly<Record<string, readonly [OuterLoop["method"], Moves]>> = {
  "FOMAML": ["first_order", "all"],
  "MAML, second order": ["second_order", "all"],
  "ANIL": ["second_order", "head"],
  "Reptile": ["reptile", "all"],
};

/** Outer steps a call of the engine, as meta-training makes them. */
const STEPS_AT_ONCE = 10;

/** Milliseconds a step: the median of calls, each of several steps, after the first one. */
export async function benchWebGpuFewshot(quick: boolean): Promise<BenchTable> {
  const gpu = await openGpu();
  gpu.device.destroy();
  const tasks = gpu.software ? 2 : 32;
  const atOnce = gpu.software ? 1 : STEPS_AT_ONCE;
  const calls = gpu.software || quick ? 3 : 11;
  const { courses, splits } = synthesize("xuetangx", 5, 10);
  const model = gruModel(courses.length);
  const draws = taskDraws(splits.train, "users", tasks, 1);
  const windows = Array.from({ length: calls }, (_, call) => {
    const steps = Array.from({ length: atOnce }, (_, i) => draws.draw(call * atOnce + i + 1));
    return taskWindows(
      steps.flatMap((drawn) => [...drawn].map(draws.pairs)),
      model.maxLen,
      "shared",
    );
  });
  const offsets = Int32Array.from({ length: atOnce + 1 }, (_, i) => i * tasks);

  /** @returns milliseconds a step, and every step's loss. */
  async function timeSteps(adaptation: Adaptation, [method, moves]: readonly [
    OuterLoop["method"],
    Moves,
  ]) {
    const inner = { optimizer: "sgd", moves, rate: 0.01, steps: 5 } as const;
    const outer = { method, learnsRates: false, clipNorm: 10 };
    const times: number[] = [];
    const losses: number[] = [];
    for (const one of windows) {
      const begin = performance.now();
      losses.push(...await adaptation.trainOuter(one, offsets, inner, outer));
      times.push((performance.now() - begin) / atOnce);
    }
    adaptation.dispose();
    return { ms: median(times.slice(1)), losses };
  }

  const rows: string[][] = [];
  let device = "";
  for (const [name, method] of Object.entries(METHODS)) {
    const options = { model, state: startingState(model, 1), optimizer: ADAM };
    const onGpu = await createWebGpuAdaptation(options);
    device = onGpu.device;
    const ours = await timeSteps(onGpu, method);
    const cpu = await timeSteps(await createWasmAdaptation(options), method);
    const apart = Math.max(...ours.losses.map((loss, step) => Math.abs(loss - cpu.losses[step])));
    if (!(apart < 1e-3)) throw new Error(`${name}: the engines' losses are ${apart} apart`);
    const cells = [ours.ms.toFixed(2), cpu.ms.toFixed(1), (cpu.ms / ours.ms).toFixed(1)];
    rows.push([name, ...cells, apart.toExponential(1)]);
  }
  return {
    title: `An outer step of meta-training on a GPU, ${tasks} tasks, 5 inner steps`,
    columns: ["method", "webgpu ms", "wasm ms", "times as fast", "losses apart at most"],
    rows,
    notes: [
      `${device}; preset xuetangx, K=5, Q=10; medians of ${calls - 1} calls of ${atOnce} steps`,
      ...gpu.software ? ["a software adapter: no time here says anything about a GPU"] : [],
    ],
  };
}

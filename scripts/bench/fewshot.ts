/**
 * Few-shot on preset xuetangx: outer steps of meta-training (32 tasks, 5 inner steps, K=5, Q=10),
 * which PyTorch takes from the same start right after, and the grid of fine-tuning.
 */
import { cpuUsage, resourceUsage } from "node:process";
import type { Split } from "../../lib/dataset/dataset.ts";
import { synthesize } from "../../lib/dataset/synthetic/synthesize.ts";
import { ADAM } from "../../lib/engine/engine.ts";
import type { Moves, OuterLoop } from "../../lib/engine/adaptation.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { createWasmAdaptation } from "../../lib/engine/wasm/tasks/adaptation.ts";
import { fineTuningMethods } from "../../lib/fewshot/fine_tune.ts";
import { taskDraws } from "../../lib/fewshot/meta_tasks.ts";
import { ranksOfCells } from "../../lib/fewshot/ranks.ts";
import { tasksOf, withPlacebo } from "../../lib/fewshot/task.ts";
import { type GruModel, gruModel } from "../../lib/models/gru.ts";
import { type TaskPairs, taskWindows } from "../../lib/samplers/task_windows.ts";
import { type BenchTable, median } from "./bench.ts";
import { type PeerStep, torchSteps } from "./torch_fewshot.ts";

const TASKS = 32;
const METHODS: Readonly<Record<string, readonly [OuterLoop["method"], Moves]>> = {
  "FOMAML": ["first_order", "all"],
  "MAML, second order": ["second_order", "all"],
  "ANIL": ["second_order", "head"],
};

/** Steps that are not counted: until the code is optimised. */
const WARM_UP = 2;

/** Milliseconds a step, medians. CPU time is that of all threads and does not count waiting. */
interface Timing {
  readonly wall: number;
  readonly cpu: number;
}

/** Medians over outer steps; the grid once. */
export async function benchFewshot(quick: boolean): Promise<BenchTable> {
  const { courses, splits } = synthesize("xuetangx", 5, 10);
  const model = gruModel(courses.length);
  const draws = taskDraws(splits.train, "users", TASKS, 1);
  const steps = Array.from(
    { length: WARM_UP + (quick ? 3 : 20) },
    (_, step) => [...draws.draw(step + 1)].map(draws.pairs),
  );
  const threadCounts = [...new Set([1, navigator.hardwareConcurrency])];
  const rows: string[][] = [];
  const ours: Record<string, Timing> = {};
  let firstLoss = NaN;
  for (const [name, way] of Object.entries(METHODS)) {
    for (const threads of threadCounts) {
      const { loss, ...timing } = await timeSteps(model, steps, way, threads);
      if (name === "FOMAML") firstLoss = loss;
      ours[`${name}, ${threads}`] = timing;
      rows.push([name, `wasm, ${threadsText(threads)}`, ...cells(timing), ""]);
    }
  }
  const best = (name: string) =>
    threadCounts.map((threads) => ours[`${name}, ${threads}`])
      .reduce((a, b) => b.wall < a.wall ? b : a);
  const peer = await torchSteps(steps, startingState(model, 1).parameters);
  for (const [way, step] of Object.entries(peer.results)) {
    checkLoss(step, firstLoss);
    const timing = { wall: step.ms, cpu: step.cpu_ms };
    const one = ours["FOMAML, 1"];
    rows.push([
      "FOMAML",
      `PyTorch ${peer.version}, ${way}`,
      ...cells(timing),
      `${(timing.wall / best("FOMAML").wall).toFixed(1)} times ours, ` +
      `${(timing.cpu / one.cpu).toFixed(1)} in CPU time`,
    ]);
  }
  const ratios = threadCounts.map((threads) => {
    const [first, second] = Object.keys(METHODS).map((name) => ours[`${name}, ${threads}`]);
    return `${(second.cpu / first.cpu).toFixed(1)} times (${threadsText(threads)})`;
  });
  const grid = await timeGrid(model, splits, quick);
  return {
    title: "An outer step of meta-training, 32 tasks, 5 inner steps, preset xuetangx",
    columns: ["method", "engine", "ms a step", "CPU ms", "against our best, and CPU of one thread"],
    rows,
    notes: [
      `medians of ${steps.length - WARM_UP} steps; CPU ms: of all threads or processes`,
      `3,000 steps of FOMAML take ${(3 * best("FOMAML").wall).toFixed(0)} s`,
      `second order takes ${ratios.join(" and ")} the CPU time of FOMAML`,
      grid,
      `most memory of this process, data included: ${
        (resourceUsage().maxRSS / 1024).toFixed(0)
      } MB`,
      ...peer.notes,
    ],
  };
}

const threadsText = (threads: number) => `${threads} ${threads === 1 ? "thread" : "threads"}`;

const cells = ({ wall, cpu }: Timing) => [wall.toFixed(0), cpu.toFixed(0)];

/** A clock that counts both times from when it is made, in milliseconds. */
function clock(): () => Timing {
  const begin = performance.now();
  const before = cpuUsage();
  return () => {
    const { user, system } = cpuUsage(before);
    return { wall: performance.now() - begin, cpu: (user + system) / 1000 };
  };
}

/** Times steps one by one; `loss` is the first step's. */
async function timeSteps(
  model: GruModel,
  steps: readonly (readonly TaskPairs[])[],
  [method, moves]: readonly [OuterLoop["method"], Moves],
  threads: number,
): Promise<Timing & { readonly loss: number }> {
  const state = startingState(model, 1);
  const adaptation = await createWasmAdaptation({ model, state, optimizer: ADAM, threads });
  const inner = { optimizer: "sgd", moves, rate: 0.01, steps: 5 } as const;
  const outer = { method, learnsRates: false, clipNorm: 10 };
  const times: Timing[] = [];
  const losses: number[] = [];
  for (const step of steps) {
    const elapsed = clock();
    const windows = taskWindows(step, model.maxLen, "shared");
    const offsets = Int32Array.of(0, step.length);
    losses.push(...await adaptation.trainOuter(windows, offsets, inner, outer));
    times.push(elapsed());
  }
  adaptation.dispose();
  const counted = times.slice(WARM_UP);
  return {
    wall: median(counted.map(({ wall }) => wall)),
    cpu: median(counted.map(({ cpu }) => cpu)),
    loss: losses[0],
  };
}

/** @throws Error where PyTorch did not take our step. */
function checkLoss({ loss }: PeerStep, ours: number): void {
  if (loss === undefined || Math.abs(loss - ours) < 1e-4) return;
  throw new Error(`PyTorch's loss is ${loss}, ours ${ours}: not the same step`);
}

/** A sentence: how long fine-tuning's grid takes, as `fewshot --methods fine_tuned` runs it. */
async function timeGrid(
  model: GruModel,
  { val, test }: Readonly<Record<"val" | "test", Split>>,
  quick: boolean,
): Promise<string> {
  const few = (split: Split) => {
    const whole = tasksOf(split);
    return quick ? { ...whole, tasks: whole.tasks.slice(0, 20) } : whole;
  };
  const [validation, asked] = [few(val), few(test)];
  const state = startingState(model, 1);
  const adaptation = await createWasmAdaptation({ model, state, optimizer: ADAM });
  const elapsed = clock();
  let gridCells = 0;
  for (const method of fineTuningMethods(adaptation, model.maxLen)) {
    gridCells += method.grid.length;
    await ranksOfCells(method, validation, method.grid);
    for (const tasks of [asked, withPlacebo(asked)]) {
      await ranksOfCells(method, tasks, method.grid.slice(-1));
    }
  }
  const { wall, cpu } = elapsed();
  adaptation.dispose();
  return `fine-tuning's grid, ${gridCells} cells on ${validation.tasks.length} validation ` +
    `episodes and a cell of each method on ${asked.tasks.length} test episodes and their ` +
    `placebo: ` +
    `${(wall / 1000).toFixed(1)} s, ${(cpu / 1000).toFixed(1)} s of CPU time`;
}
